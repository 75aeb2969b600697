---@meta fal.raise
-- The module in the flavour that raises errors instead of returning them. Never
-- loaded; the language server reads it.

---@class fal.raise : fal
local raise = {}

return raise
