-- The status stream of one request: an event whenever something is new, a
-- comment now and then to keep the connection open.
local json = require "fal.core.json"

local events = require "fal.sandbox.events"

local feed = {}

local keep_alive <const> = 15  -- seconds of the service

-- Sends the status if it says anything new. `told` is what was said before.
local function tell(x, job, now, with_logs, told)
  local lines = with_logs and job:lines(now) or {}
  local status = job:status(now, with_logs and job:entries(lines, job.repeats and 1 or told.lines + 1) or nil)
  local changed = status.status ~= told.status or status.queue_position ~= told.position or #lines > told.lines
  if not changed then return status.status end
  told.status, told.position, told.lines = status.status, status.queue_position, #lines
  events.send(x, assert(json.encode(status)))
  return status.status
end

-- How long nothing will be new.
local function rest_of(job, now, told_at, period)
  local change = job:next_change(now)
  local due = told_at + period
  return math.max(0, math.min(change or due, due) - now)
end

--- Follows a job to its end, or until nobody listens any more.
---@param x table  the exchange
---@param job table
---@param with_logs boolean
function feed.follow(x, job, with_logs)
  local clock = x.sandbox.clock
  local period, told, told_at = clock:span(keep_alive), { lines = 0 }, clock.now()
  while true do
    local now = clock.now()
    local before = x.events
    if tell(x, job, now, with_logs, told) == "COMPLETED" then return events.finish(x) end
    if x.events ~= before then told_at = now end
    if not events.alive(x) then return end
    if now - told_at >= period then
      events.keep_alive(x)
      told_at = now
    end
    job:pause(rest_of(job, now, told_at, period))
    if not events.alive(x) then return end
  end
end

return feed
