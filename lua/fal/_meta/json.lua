---@meta fal.core.json
-- JSON: what the C module fal.core.json offers. Never loaded; the language
-- server reads it.

---@class fal.core.json
---@field null userdata
local json = {}

---@param value any
---@return string? text
---@return string? message
function json.encode(value) end

---@param text string
---@return any value  nil when it is no JSON
---@return string? message
function json.decode(text) end

--- Marks a table as an array, so that an empty one is sent as [].
---@generic T: table
---@param list? T
---@return T list
function json.array(list) end

--- A number that is sent with exactly these digits.
---@param digits string
---@return fal.number number
function json.number(digits) end

--- Whether a value would be sent as an array.
---@param value any
---@return boolean
function json.is_array(value) end

---@param value any
---@return boolean
function json.is_number(value) end

return json
