-- A copy of a table, to be changed in the place of the one that was given. Of
-- the same fields and the same kind, object or list. What another metatable does
-- is not sent either; it may forbid to be read or to have fields set. Pure.
local json = require "fal.core.json"

--- Copies a table, not those in it.
---@param value table
---@return table copy
return function(value)
  local copy = json.is_array(value) and json.array {} or {}
  for key, item in next, value do copy[key] = item end
  return copy
end
