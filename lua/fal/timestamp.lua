--- Moments as services write them, as Unix time. Pure; knows no time zone but
-- the one that is written down.

local M = {}

--- Days from 1970-01-01 to a date in the Gregorian calendar.
---@param year integer
---@param month integer
---@param day integer
---@return integer
function M.days(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1 - 719468
end

local function zone_of(text)
  if text == "Z" or text == "z" then return 0 end
  local sign, hours, minutes = text:match "^([+-])(%d%d):?(%d%d)$"
  if not sign then return nil end
  local seconds = hours * 3600 + minutes * 60
  return sign == "+" and seconds or -seconds
end

--- Reads a time such as 2026-08-24T10:00:00.000000+00:00; Z will do for the zone.
---@param text any
---@return number|nil seconds
function M.of_iso(text)
  if type(text) ~= "string" then return nil end
  local year, month, day, h, m, s, zone = text:match "^(%d%d%d%d)-(%d%d)-(%d%d)[T ](%d%d):(%d%d):(%d%d%.?%d*)(.*)$"
  local offset = year and zone_of(zone)
  if not offset then return nil end
  return M.days(math.tointeger(tonumber(year)), math.tointeger(tonumber(month)), math.tointeger(tonumber(day))) * 86400
    + h * 3600 + m * 60 + s - offset
end

local months <const> = {
  Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10, Nov = 11, Dec = 12,
}

--- Reads a time in a header of HTTP, such as Sun, 06 Nov 1994 08:49:37 GMT.
---@param text string|nil
---@return number|nil seconds
function M.of_http(text)
  local day, month, year, h, m, s = (text or ""):match "^%a+, (%d+) (%a+) (%d+) (%d+):(%d+):(%d+) GMT$"
  if not months[month] then return nil end
  return M.days(math.tointeger(tonumber(year)), months[month], math.tointeger(tonumber(day))) * 86400
    + h * 3600 + m * 60 + s
end

return M
