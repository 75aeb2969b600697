-- The sandbox's time. What is under way here (waiting in the queue, running)
-- takes the seconds it is given; the service's own long periods, such as the
-- hour for which a result is kept, pass `speed` times faster.
local sys = require "fal.core.sys"

local Clock = {}
Clock.__index = Clock

local clock = {}

--- Makes a clock.
---@param speed number  how many of the service's seconds pass in one second
---@return table clock
function clock.new(speed)
  return setmetatable({ speed = speed, offset = sys.now() - sys.monotonic() }, Clock)
end

--- The time to reckon with, in seconds; never goes back.
Clock.now = sys.monotonic

--- How long one of the service's periods takes here.
---@param seconds number
---@return number seconds
function Clock:span(seconds) return seconds / self.speed end

--- The Unix time of a moment.
---@param moment? number  as of `now`; the present when absent
---@return number seconds
function Clock:unix(moment) return self.offset + (moment or sys.monotonic()) end

--- A moment as the service writes it, in UTC: 2026-03-02T10:11:12.120314
---@param moment? number  as of `now`; the present when absent
---@return string
function Clock:timestamp(moment)
  local seconds = self:unix(moment)
  local whole = math.floor(seconds)
  return os.date("!%Y-%m-%dT%H:%M:%S", whole) .. (".%06d"):format(math.floor((seconds - whole) * 1e6))
end

--- A moment as HTTP headers have it: Mon, 02 Mar 2026 10:11:12 GMT
---@param moment? number
---@return string
function Clock:http_date(moment)
  local date = os.date("!*t", math.floor(self:unix(moment)))
  local day = ({ "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" })[date.wday]
  local month = ({ "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" })[date.month]
  return ("%s, %02d %s %04d %02d:%02d:%02d GMT"):format(day, date.day, month, date.year, date.hour, date.min, date.sec)
end

return clock
