--- Percent-encoding, as RFC 3986 has it: only unreserved characters stay as they are.

local M = {}

local function encoded(char) return ("%%%02X"):format(char:byte()) end

--- Encodes a part of a URL: a name, a value, a component of a path.
---@param text string
---@return string
function M.component(text) return (text:gsub("[^%w._~-]", encoded)) end

--- Encodes a path, whose slashes stay.
---@param text string
---@return string
function M.path(text) return (text:gsub("[^%w/._~-]", encoded)) end

return M
