-- Where the history is, if there is one: reads the client's option `history`,
-- which FAL_HISTORY supplies. A word stands for a decision, anything else is a
-- path. Opens nothing.
local xdg = require "fal.xdg"

local place = {}

local off <const> = { off = true, ["false"] = true, no = true, ["0"] = true, [""] = true }
local on <const> = { on = true, ["true"] = true, yes = true, ["1"] = true }

--- The file that is used when no path is given.
---@return string|nil path  nil when the environment names no home
function place.default()
  local folder = xdg.folder "data"
  return folder and folder .. "/history.db"
end

--- Reads the option.
---@param value string|boolean|nil
---@return table? place  `path` (nil when nothing names one), and `private` when texts are kept out;
--- nil when there is no history. Who sets `readonly` in it reads a file that cannot be written.
function place.of(value)
  if not value or off[value] then return nil end
  if on[value] then return { path = place.default(), private = false } end
  if value == "private" then return { path = place.default(), private = true } end
  local path = value:match "^private:(.+)$"
  return { path = path or value, private = path ~= nil }
end

return place
