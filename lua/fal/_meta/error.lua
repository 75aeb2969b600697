---@meta fal.core.error
-- Error objects: what the C module fal.core.error offers. Never loaded; the
-- language server reads it.

---@class fal.core.error
local failure = {}

--- Makes an error object of a table, which it becomes.
---@param fields table  with a kind
---@return fal.error err
function failure.new(fields) end

---@param value any
---@return boolean
function failure.is(value) end

return failure
