-- How far files are, in words for a progress line: bytes, rate, time left.
-- Keeps the figures of one command; prints nothing.
local filename = require "fal.filename"
local size = require "fal.size"
local sys = require "fal.core.sys"

local transfer = {}

local window <const> = 3 -- seconds that the rate is taken over
local longest_name <const> = 32 -- bytes; the figures must fit beside it

local function clock(seconds)
  seconds = math.ceil(seconds)
  if seconds >= 3600 then return ("%d:%02d:%02d"):format(seconds // 3600, seconds // 60 % 60, seconds % 60) end
  return ("%d:%02d"):format(seconds // 60, seconds % 60)
end

-- Bytes a second over the latest moments.
local function rate_of(marks)
  local first, last = marks[1], marks[#marks]
  if not first or last.at <= first.at then return nil end
  return (last.bytes - first.bytes) / (last.at - first.at)
end

-- What a path, a URL or ENDPOINT#ID is called in so little room.
local function short(name)
  local safe = name:find "^%a[%w+.-]*:" and filename.of_url or filename.safe
  return filename.shorten(safe(name), longest_name)
end

--- Follows one file after the other.
---@return table meter  told(bytes, total), begin(name), text()
function transfer.meter()
  local self = { marks = {}, name = "" }
  function self.begin(name)
    self.name, self.marks, self.bytes, self.total = short(name), {}, nil, nil
  end
  function self.told(bytes, total)
    local now, marks = sys.monotonic(), self.marks
    self.bytes, self.total = bytes, total
    marks[#marks + 1] = { at = now, bytes = bytes }
    while marks[1].at < now - window do table.remove(marks, 1) end
  end
  function self.text()
    local words = { self.name }
    if self.bytes then words[#words + 1] = size(self.bytes) end
    if self.total then words[#words + 1] = "of " .. size(self.total) end
    local rate = rate_of(self.marks)
    if rate and rate > 0 then
      words[#words + 1] = ("%s/s"):format(size(rate))
      if self.total then words[#words + 1] = clock((self.total - self.bytes) / rate) .. " left" end
    end
    return table.concat(words, "  ")
  end
  return self
end

return transfer
