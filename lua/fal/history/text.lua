-- What is written down of inputs, outputs and errors: JSON, in which no string
-- is longer than is of use later. Pure but for JSON.
local copy = require "fal.copy"
local json = require "fal.core.json"
local size = require "fal.size"

local text = {}

local longest <const> = 65536 -- bytes of one string; longer ones are media, which have no place here
local deepest <const> = 100

local function shortened(value, depth)
  if type(value) == "string" and #value > longest then
    return ("%s... (%s)"):format(value:sub(1, value:find("^data:") and 60 or 1000):gsub("[\x80-\xff]+$", ""),
      size(#value))
  end
  if type(value) ~= "table" or depth > deepest or getmetatable(value) and not json.is_array(value) then return value end
  local out = copy(value)
  for key, item in next, out do out[key] = shortened(item, depth + 1) end
  return out
end

-- The encoder escapes every slash, which nobody needs and a search would miss.
local function encode(value)
  local encoded = json.encode(value)
  return encoded and (encoded:gsub("\\/", "/"))
end

--- A value as JSON, its long strings cut short with their size.
---@param value any
---@return string? text  nil when it cannot be JSON, and so cannot have been sent either
function text.of(value)
  local whole = encode(value)
  if whole and #whole <= longest then return whole end
  return encode(shortened(value, 1))
end

--- An error as JSON. What the service or the check says about an input may
--- quote it, and stays out of a private history.
---@param err table
---@param private boolean
---@return string text
function text.of_error(err, private)
  local kept = { kind = err.kind, type = err.type, status = err.status, billed = err.billed }
  if not private then kept.message = tostring(err) end
  return assert(encode(kept))
end

return text
