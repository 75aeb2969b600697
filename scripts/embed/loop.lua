-- The loop that the app had before fal came: LuaSocket's select, a coroutine for
-- each connection. Knows nothing of fal. A guest is whatever else wants a turn:
-- a descriptor to watch, how long the loop may sleep at most, and a call that
-- does what is ready.
local socket = require "socket"

local loop = {}

local ready = {}                    -- { coroutine, value }: goes on in the next turn
local readers, writers = {}, {}     -- socket -> the coroutine that waits for it
local guest

--- Starts a coroutine; a failure in it is told and ends it alone.
function loop.start(fn)
  ready[#ready + 1] = { coroutine.create(function()
    local ok, message = xpcall(fn, debug.traceback)
    if not ok then io.stderr:write(message, "\n") end
  end) }
end

--- Rests until the waker of this coroutine is called; returns what it was given.
loop.rest = coroutine.yield

--- A function that lets the running coroutine go on after `rest`.
function loop.waker()
  local resting = coroutine.running()
  return function(value) ready[#ready + 1] = { resting, value } end
end

local function wait(set, connection)
  set[connection] = coroutine.running()
  coroutine.yield()
end

function loop.wait_readable(connection) wait(readers, connection) end
function loop.wait_writable(connection) wait(writers, connection) end

--- Takes a guest in.
---@param its table  getfd() for select, timeout() in seconds or nil, step()
function loop.take_in(its) guest = its end

local function resume_ready()
  local now = ready
  ready = {}
  for _, entry in ipairs(now) do coroutine.resume(entry[1], entry[2]) end
end

local function keys(set)
  local list = {}
  for key in pairs(set) do list[#list + 1] = key end
  return list
end

local function wake(set, connections)
  for _, connection in ipairs(connections) do
    local waiting = set[connection]
    set[connection] = nil
    if waiting then ready[#ready + 1] = { waiting } end
  end
end

local function turn()
  resume_ready()
  local reading = keys(readers)
  if guest then reading[#reading + 1] = guest end
  local seconds = ready[1] and 0 or guest and guest.timeout() or nil
  local can_read, can_write = socket.select(reading, keys(writers), seconds)
  wake(readers, can_read)
  wake(writers, can_write)
  if guest then guest.step() end
end

--- Runs for ever.
function loop.run()
  while true do turn() end
end

return loop
