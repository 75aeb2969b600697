--- Raises the caller's mistakes at the caller's line: that of the first function up the stack that is not ours,
-- through however many wrappers the call has come.

local M = {}

local home = debug.getinfo(1, "S").source:match "^(@.*)misuse%.lua$" or "@fal/"

local function level_of_caller()
  local level = 3
  local info = debug.getinfo(level, "S")
  while info and (info.what == "C" or info.source:sub(1, #home) == home) do
    level = level + 1
    info = debug.getinfo(level, "S")
  end
  return level - 1
end

--- Raises an error message at the caller's line.
---@param message string
function M.raise(message) error(message, level_of_caller()) end

--- Raises unless argument `position` of the function `what` has the type.
---@param value any
---@param expected string a type's name
---@param position integer
---@param what string
function M.check(value, expected, position, what)
  if type(value) == expected then return end
  local text = "bad argument #%d to '%s' (%s expected, got %s)"
  error(text:format(position, what, expected, value == nil and "no value" or type(value)), level_of_caller())
end

return M
