-- The exact conversions of a value to the one enum value that equals it:
-- 5 to "5", 8 to "8s", "8" to 8, "5s" to "5", 720 to "720p". Nothing is
-- rounded, guessed or changed in case. Pure.
local convert = {}

-- The number and the unit in a value, or nil: 5 -> 5, ""; "8s" -> 8, "s".
local function parse(value)
  if type(value) == "number" then return value, "" end
  if type(value) ~= "string" then return nil end
  local digits, unit = value:match "^(%d+%.?%d*)(%a*)$"
  if not digits then return nil end
  return tonumber(digits), unit
end

--- The value of an enum that equals the given one but for its form.
---@param value any
---@param enum table  list of the valid values
---@return any? converted  nil when none or several equal it
function convert.to_enum(value, enum)
  local number, unit = parse(value)
  if not number then return nil end
  local found
  for _, candidate in ipairs(enum) do
    local other, other_unit = parse(candidate)
    if other == number and (unit == other_unit or unit == "" or other_unit == "") then
      if found ~= nil then return nil end
      found = candidate
    end
  end
  return found
end

return convert
