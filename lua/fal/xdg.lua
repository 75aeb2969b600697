--- Where a user's files are, by the rules of XDG: a relative folder does not
-- count. Opens nothing.

local M = {}

local places <const> = { cache = "/.cache", data = "/.local/share", state = "/.local/state" }

--- The folder for files of a kind.
---@param kind string  cache, data or state
---@return string|nil path  nil when the environment names no home
function M.folder(kind)
  local folder, home = os.getenv(("XDG_%s_HOME"):format(kind:upper())), os.getenv "HOME"
  if folder and folder:find "^/" then return folder .. "/fal" end
  return home and home ~= "" and home .. places[kind] .. "/fal" or nil
end

return M
