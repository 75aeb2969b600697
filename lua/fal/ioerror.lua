-- The error of a file that cannot be read or written, before anything was sent.
local failure = require "fal.core.error"

--- Makes it of the system's words, which begin with a path of their own, perhaps that of a temporary file.
---@param why string
---@param path? string  what the user calls the file, in place of that path
---@return table err
return function(why, path)
  local message = path and ("%s: %s"):format(path, why:gsub("^.*: ", "")) or why
  return failure.new { kind = "io", message = message, retryable = false, billed = "no" }
end
