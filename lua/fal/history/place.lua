-- Where the history is, if there is one: reads the client's option `history`,
-- which FAL_HISTORY supplies. A word stands for a decision, anything else is a
-- path. Opens nothing.
local place = {}

local off <const> = { off = true, ["false"] = true, no = true, ["0"] = true, [""] = true }
local on <const> = { on = true, ["true"] = true, yes = true, ["1"] = true }

--- The file that is used when no path is given.
---@return string path
function place.default()
  local folder = os.getenv "XDG_DATA_HOME"
  if not folder or not folder:find "^/" then folder = (os.getenv "HOME" or ".") .. "/.local/share" end
  return folder .. "/fal/history.db"
end

--- Reads the option.
---@param value string|boolean|nil
---@return table? place  `path`, and `private` when texts are kept out; nil when there is no history.
--- Who sets `readonly` in it reads a file that cannot be written.
function place.of(value)
  if not value or off[value] then return nil end
  if on[value] then return { path = place.default(), private = false } end
  if value == "private" then return { path = place.default(), private = true } end
  local path = value:match "^private:(.+)$"
  return { path = path or value, private = path ~= nil }
end

return place
