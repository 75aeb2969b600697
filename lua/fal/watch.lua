--- Follows one request from the queue to its end.
--
-- Prefers the status stream, of which only so many are open at once (each holds
-- a connection); otherwise, or when the stream breaks, it polls, more slowly
-- the longer nothing changes and the more requests are followed. A stream that
-- broke after it had served for a while is opened once more. Yields a status
-- only when something is new, and keeps little of it: thousands may wait at once.

local attempts = require "fal.attempts"
local failure = require "fal.core.error"
local null = require("fal.core.json").null
local reactor = require "fal.core.reactor"
local sys = require "fal.core.sys"
local task = require "fal.task"

local FIRST_INTERVAL, LAST_INTERVAL, GROWTH = 0.1, 5.0, 1.4 -- seconds between polls
local MOST_POLLS = 1000 -- a second, by all watches together, while LAST_INTERVAL allows
local STREAM_SHARE = 4 -- one connection in so many may hold a stream
local WORTH_ANOTHER = LAST_INTERVAL -- seconds a stream must have lasted

local Watch = {}
Watch.__index = Watch

local open_streams = 0
local followed = 0 -- watches that have not ended

-- Log lines -----------------------------------------------------------------

-- A poll shows a moving window of lines and a stream only new ones; a line is
-- known by time and text, and may stand in one window more than once.
local function new_lines(self, logs)
  if type(logs) ~= "table" then return nil end
  local fresh, here = {}, {}
  for _, line in ipairs(logs) do
    local key = type(line) == "table" and ("%s\0%s"):format(line.timestamp, line.message)
    here[key] = (here[key] or 0) + 1
    if key and here[key] > (self.seen_lines[key] or 0) then
      fresh[#fresh + 1] = line
      self.seen_lines[key] = here[key]
    end
  end
  return fresh
end

-- Whether 'status' says anything that the last one did not.
local function is_news(self, status)
  status.logs = new_lines(self, status.logs)
  local news = status.status ~= self.status or status.queue_position ~= self.position
    or (status.logs ~= nil and #status.logs > 0)
  self.status, self.position = status.status, status.queue_position
  if not self.request.status_url then self.status_url = status.status_url end
  return news
end

-- Stream ----------------------------------------------------------------------

local function stream_allowed(self)
  if self.mode == "poll" or self.gave_up_streaming then return false end
  if self.mode == "stream" then return true end
  return open_streams < math.max(1, reactor.most() // STREAM_SHARE)
end

-- Where the stream is; nil before the service has told.
local function stream_url(self)
  local url = self.request.status_url or self.status_url
  if not url then return nil end
  local path, query = url:match "^([^?#]*)(%??[^#]*)"
  if self.logs then query = query .. (query == "" and "?" or "&") .. "logs=1" end
  return path .. "/stream" .. query
end

local function close_stream(self)
  if self.stream then self.stream:close() end
  if self.has_place then open_streams = open_streams - 1 end
  self.stream, self.has_place = nil, false
end

-- The place is taken before we wait for the stream, or all would find one free.
local function open_stream(self)
  self.has_place = true
  open_streams = open_streams + 1
  self.opened = sys.monotonic()
  self.stream = self.client.event_stream(stream_url(self))
  return self.stream
end

local function without_nulls(status)
  for name, value in pairs(status) do
    if value == null then status[name] = nil end
  end
  return status
end

-- The next status of the stream; nil when there is no stream (any more).
local function next_streamed(self)
  local status = (self.stream or open_stream(self)) and self.stream:next()
  if type(status) == "table" and type(status.status) == "string" then return without_nulls(status) end
  close_stream(self)
  self.gave_up_streaming = sys.monotonic() - self.opened < WORTH_ANOTHER
  return nil
end

-- Polling -----------------------------------------------------------------------

-- The first poll is made at once, unless there is a crowd.
local function pause(self)
  local share = math.min(followed / MOST_POLLS, LAST_INTERVAL)
  local seconds = self.interval or math.max(self.pace, share) * (0.9 + 0.2 * attempts.share())
  if self.polled or share > FIRST_INTERVAL then task.sleep(seconds) end
  self.polled = true
  self.pace = math.min(self.pace * GROWTH, LAST_INTERVAL)
end

local function next_polled(self)
  pause(self)
  return attempts.run(self.client, "status", self.poll, self.request, { logs = self.logs })
end

-- Both -----------------------------------------------------------------------------

local function next_status(self)
  if self.stream or stream_url(self) and stream_allowed(self) then
    local status = next_streamed(self)
    if status then return status end
  end
  return next_polled(self)
end

local function stalled(self)
  return failure.new {
    kind = "timeout", limit = "stall", request_id = self.request.id, endpoint = self.request.endpoint,
    message = ("nothing has changed for %g s (stall); the request goes on at the service"):format(self.stall_timeout),
    billed = "unknown", retryable = false, hint = "pick it up later with fal.request(endpoint, id):wait()",
  }
end

local function next_in_time(self)
  if not self.stall_timeout then return next_status(self) end
  local left = self.changed + self.stall_timeout - sys.monotonic()
  if left <= 0 then return nil, stalled(self) end
  local in_time, status, err = task.within(left, next_status, self)
  if not in_time then return nil, stalled(self) end
  return status, err
end

--- Waits for the next news.
---@return table|nil status nil after COMPLETED
---@return table err
function Watch:next()
  while not self.done do
    local status, err = next_in_time(self)
    if not status then return nil, err end
    self.done = status.status == "COMPLETED"
    self.request.metrics = type(status.metrics) == "table" and status.metrics or self.request.metrics
    if is_news(self, status) then
      self.changed = sys.monotonic()
      self.pace = FIRST_INTERVAL
      return status
    end
  end
  self:close()
  return nil
end

--- Ends it; safe to call twice.
function Watch:close()
  self.done = true
  close_stream(self)
  if self.counts then followed = followed - 1 end
  self.counts = false
end

Watch.__close = Watch.close
Watch.__gc = Watch.close

local M = {}

--- Starts to follow a request.
---@param client table
---@param poll function the client's plain status verb
---@param request table
---@param opts table logs, mode, interval, stall_timeout
function M.new(client, poll, request, opts)
  followed = followed + 1
  return setmetatable({
    counts = true,
    client = client,
    poll = poll,
    request = request,
    logs = opts.logs and true or false,
    mode = opts.mode or "auto",
    interval = opts.interval,
    stall_timeout = opts.stall_timeout,
    pace = FIRST_INTERVAL,
    changed = sys.monotonic(),
    seen_lines = {},
    done = false,
  }, Watch)
end

return M
