-- Event streams as the sandbox sends them, with the faults that streams have.
-- A stream is begun with its first event, so that an error before it can still
-- be an ordinary answer.
local task = require "fal.task"

local events = {}

local pause <const> = 0.02  -- seconds between the halves of a character

local function begin(x)
  if x.answered then return end
  local headers = {
    ["content-type"] = "text/event-stream; charset=utf-8", ["cache-control"] = "no-cache",
    ["x-fal-request-id"] = x.id or x.sandbox.chance:uuid(),
  }
  x.answered = true
  x.seen.status = 200
  if x.spoil then
    x.spoil(x, { status = 200, headers = headers, body = "" })
    x.over = true
    return
  end
  x.request:start(200, headers)
end

-- Where to cut a text so that a character of several bytes is broken, or in
-- the middle when it has none.
local function inside_character(text)
  local at = text:find "[\xC2-\xF4][\x80-\xBF]"
  return at or #text // 2
end

--- Faults of streams: what each does with an event. Those that return nothing
--- have sent it.
events.ways = {}
local ways = events.ways

function ways.split_in_character(x, bytes)
  local at = inside_character(bytes)
  x.request:write(bytes:sub(1, at))
  task.sleep(pause)
  return bytes:sub(at + 1)
end

function ways.cut_in_character(x, bytes)
  x.request:write(bytes:sub(1, inside_character(bytes)))
  task.sleep(pause)
  x.over = true
  x.request:abort "close"
end

-- Ends as it should, but before the last event.
function ways.end_early(x, bytes)
  if x.events > 1 then
    x.over = true
    x.request:finish()
    return nil
  end
  return bytes
end

-- Says nothing more, not even that it is still there.
function ways.fall_silent(x, bytes)
  if x.events > 1 then
    x.over = true
    x.sandbox.hanging[x] = true
    return nil
  end
  return bytes
end

function ways.event_nonsense(x, bytes)
  return x.events == 2 and "data: {not json\n\n" or bytes
end

--- Sends an event.
---@param x table  the exchange
---@param text string  one line of JSON
function events.send(x, text)
  begin(x)
  if x.over then return end
  x.events = (x.events or 0) + 1
  local bytes = "data: " .. text .. "\n\n"
  if x.stream_fault then bytes = x.stream_fault(x, bytes) end
  if bytes then x.request:write(bytes) end
end

--- Sends a comment, which keeps the connection open.
---@param x table  the exchange
function events.keep_alive(x)
  if not x.over then x.request:write ": ping\n\n" end
end

--- Ends the stream.
---@param x table  the exchange
function events.finish(x)
  if x.over then return end
  x.over = true
  x.request:finish()
end

--- Whether somebody still listens.
---@param x table  the exchange
---@return boolean
function events.alive(x) return not x.over and x.request:alive() end

return events
