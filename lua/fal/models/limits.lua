-- The limits of single values and of values together: ranges, lengths, counts,
-- URLs, and rules such as "1080p videos last 5 seconds". Says what is wrong,
-- or nil; does not convert and does not look into tables. Pure.
local faults = require "fal.models.faults"
local units = require "fal.models.units"

local limits = {}

local string_limits = { "max_length", "min_length", "format", "max_bracketed" }
local number_limits = { "min", "max", "above", "below", "multiple_of" }

--- Whether a field has limits that have to be looked at.
---@param field table
---@return boolean
function limits.apply(field)
  for _, name in ipairs(field.type == "string" and string_limits or number_limits) do
    if field[name] ~= nil then return true end
  end
  return false
end

-- A fault: the form that faults.add wants.
local function fault(type, short, text, ctx) return { type = type, short = short, text = text, ctx = ctx } end

local function length(text) return utf8.len(text) or #text end

-- More camera moves in one pair of brackets than can be combined.
local function crowded(text, most)
  for inside in text:gmatch "%[([^%[%]]*)%]" do
    local _, commas = inside:gsub(",", ",")
    if commas >= most then return true end
  end
  return false
end

--- What is wrong with a text, or nil.
---@param field table
---@param value string
---@return table? fault
function limits.string(field, value)
  if field.format == "url" and not value:find "^%a[%w+.-]*:." then
    return fault("url_parsing", "no URL", faults.show(value)
      .. " is not a URL or data URI (fal.file(path) uploads a local file)")
  end
  local most, least = field.max_length, field.min_length
  if most and #value > most and length(value) > most then
    return fault("string_too_long", "too long", ("has %d characters, at most %d are allowed")
      :format(length(value), most), { max_length = most })
  end
  if least and length(value) < least then
    return fault("string_too_short", "too short", ("has %d characters, at least %d are needed")
      :format(length(value), least), { min_length = least })
  end
  if field.max_bracketed and crowded(value, field.max_bracketed) then
    return fault("value_error", "too many moves", ("combines more than %d camera moves in one pair of brackets")
      :format(field.max_bracketed))
  end
end

-- Whole numbers exactly, others as nearly as a float can tell.
local function is_multiple(value, step)
  if math.type(value) == "integer" and math.type(step) == "integer" then return value % step == 0 end
  local ratio = value / step
  return math.abs(ratio - math.floor(ratio + 0.5)) < 1e-9 * math.max(1, math.abs(ratio))
end

local function text(pattern, limit, value) return pattern:format(limit, faults.show(value)) end

--- What is wrong with a number, or nil.
---@param field table
---@param value number
---@return table? fault
function limits.number(field, value)
  if value ~= value or value == math.huge or value == -math.huge then
    return fault("finite_number", "not finite", "must be a finite number")
  end
  if field.min and value < field.min then
    return fault("greater_than_equal", "too small", text("must be at least %s, not %s", field.min, value),
      { ge = field.min })
  elseif field.above and value <= field.above then
    return fault("greater_than", "too small", text("must be above %s, not %s", field.above, value),
      { gt = field.above })
  elseif field.max and value > field.max then
    return fault("less_than_equal", "too large", text("must be at most %s, not %s", field.max, value),
      { le = field.max })
  elseif field.below and value >= field.below then
    return fault("less_than", "too large", text("must be below %s, not %s", field.below, value),
      { lt = field.below })
  elseif field.multiple_of and not is_multiple(value, field.multiple_of) then
    return fault("multiple_of", "no multiple", text("must be a multiple of %s, not %s", field.multiple_of, value),
      { multiple_of = field.multiple_of })
  end
end

--- What is wrong with the number of items in a list, or nil.
---@param field table
---@param count integer
---@return table? fault
function limits.count(field, count)
  local most, least = field.max_items, field.min_items
  if most and count > most then
    return fault("sequence_too_long", "too many", ("has %d items, at most %d are allowed"):format(count, most),
      { max_length = most })
  elseif least and count < least then
    return fault("sequence_too_short", "too few", ("has %d items, at least %d are needed"):format(count, least),
      { min_length = least })
  end
end

local function among(value, list)
  for _, one in ipairs(list) do
    if one == value then return true end
  end
  return false
end

-- Whether a field was found at fault by itself.
local function at_fault(name, list)
  for _, entry in ipairs(list) do
    if entry.loc[2] == name then return true end
  end
  return false
end

--- Adds the faults of values that are right by themselves but do not go
--- together.
---@param schema table
---@param input table
---@param list table  the faults so far
function limits.rules(schema, input, list)
  for _, rule in ipairs(schema.rules) do
    local condition, value = units.value(schema, input, rule.when), units.value(schema, input, rule.field)
    local wrong = condition == rule.is and value ~= nil and not among(value, rule.only)
    if wrong and not at_fault(rule.field, list) then
      faults.add(list, { rule.field }, {
        type = "value_error", ctx = { expected = rule.only }, allowed = rule.only, short = "does not fit " .. rule.when,
        text = ("%s does not go with %s %s: %s"):format(faults.show(value), rule.when, faults.show(condition),
          rule.message),
        rest = "; valid: " .. table.concat(rule.only, ", "),
      })
    end
  end
end

return limits
