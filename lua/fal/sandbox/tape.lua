-- Tapes: what was asked and what was answered, one exchange a line as JSON, in
-- a file that other runs play. A request is known by method, path, query and
-- what it sent; asked again, it gets the next answer it once got, and the last
-- one over and over. Nothing here knows the network.
local digest = require "fal.core.digest"
local ioerror = require "fal.ioerror"
local json = require "fal.core.json"

local Tape = { __name = "fal.sandbox.tape" }
Tape.__index = Tape

local tape = {}

-- The same text for the same value, whatever the order of the fields was.
local function canonical(value)
  if type(value) ~= "table" or json.is_number(value) then return assert(json.encode(value)) end
  local parts = {}
  if json.is_array(value) then
    for i, item in ipairs(value) do parts[i] = canonical(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for name, item in pairs(value) do parts[#parts + 1] = canonical(name) .. ":" .. canonical(item) end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

--- What a request is known by.
---@param method string
---@param address string  path and query
---@param body string  what was sent
---@return string name
function tape.name(method, address, body)
  local value = body ~= "" and json.decode(body)
  local sent = value and canonical(value) or body ~= "" and digest.sha256(body) or ""
  return ("%s %s %s"):format(method, address, sent)
end

--- Makes the file of a new tape. One that is there was paid for and is left alone.
---@param path string
---@return table? tape, table? err
function tape.record(path)
  local there = io.open(path, "rb")
  if there then
    there:close()
    return nil, ioerror("there is a recording already", path)
  end
  local file, why = io.open(path, "wb")
  if not file then return nil, ioerror(why, path) end
  file:setvbuf "line"
  return setmetatable({ file = file }, Tape)
end

--- Writes an exchange down.
---@param name string
---@param answer table  status, headers, body
function Tape:add(name, answer)
  local text = utf8.len(answer.body) and answer.body
  local line = json.encode {
    request = name, status = answer.status, headers = answer.headers, body = text or nil,
    bytes = not text and digest.base64(answer.body) or nil,
  }
  assert(self.file:write(line, "\n"))
  assert(self.file:flush())
end

local function load(self, line)
  local entry = json.decode(line)
  if type(entry) ~= "table" or type(entry.request) ~= "string" or not math.tointeger(entry.status) then return false end
  local list = self.answers[entry.request] or { played = 0 }
  self.answers[entry.request] = list
  list[#list + 1] = {
    status = entry.status, headers = entry.headers or {},
    body = entry.body or entry.bytes and digest.unbase64(entry.bytes) or "",
  }
  return true
end

--- Reads a tape.
---@param path string
---@return table? tape, table? err
function tape.play(path)
  local file, why = io.open(path, "rb")
  if not file then return nil, ioerror(why, path) end
  local self, number = setmetatable({ answers = {} }, Tape), 0
  for line in file:lines() do
    number = number + 1
    if not load(self, line) then
      file:close()
      return nil, ioerror(("line %d is not of a recording"):format(number), path)
    end
  end
  file:close()
  return self
end

--- The next answer to a request; nil when it was never asked.
---@param name string
---@return table? answer  status, headers, body
function Tape:next(name)
  local list = self.answers[name]
  if not list then return nil end
  list.played = math.min(list.played + 1, #list)
  return list[list.played]
end

--- Closes the file.
function Tape:close()
  if self.file then self.file:close() end
  self.file = nil
end

return tape
