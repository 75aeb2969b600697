-- Is an input right? A schema is compiled once into tables to look things up
-- in; then each value is either accepted as it is, at the cost of a look-up,
-- or settled: converted exactly, or reported. Never changes the caller's
-- tables, and returns them when nothing had to be converted. Pure.
local convert = require "fal.models.convert"
local copy = require "fal.copy"
local faults = require "fal.models.faults"
local json = require "fal.core.json"
local limits = require "fal.models.limits"

local check = {}

local compile_field

local function meta_name(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and meta.__name
end

local function is_file(value) return type(value) == "table" and meta_name(value) == "fal.file" end
local function is_exact_number(value) return meta_name(value) == "fal.number" end

-- 3 and 3.0 are equal to Lua but not to the service.
local function same(a, b) return rawequal(a, b) and math.type(a) == math.type(b) end

local function child(path, key, order)
  local longer = table.move(path, 1, #path, 1, { order = path.order or order })
  longer[#longer + 1] = key
  return longer
end

local kind_of = {
  ["nil"] = "nothing", boolean = "true or false", number = "a number", string = "text", table = "a table",
  ["function"] = "a function", thread = "a coroutine",
}

local function kind(value) return value == json.null and "null" or kind_of[type(value)] or type(value) end

local function wrong_type(list, path, value, type_name, wanted, shown)
  faults.add(list, path, {
    type = type_name, short = "wrong type", text = ("must be %s, not %s"):format(wanted, shown or kind(value)),
  })
  return value
end

-- The kinds of value. Each: accept(node, value) for the quick yes, and
-- settle(node, value, list, path) for the rest, which returns the value to send.
local kinds = {}

kinds.string = {
  accept = function(node, value)
    return type(value) == "string" and (not node.limited or limits.string(node.field, value) == nil)
  end,
  settle = function(node, value, list, path)
    if is_file(value) then return value end
    if type(value) ~= "string" then return wrong_type(list, path, value, "string_type", "text") end
    faults.add(list, path, limits.string(node.field, value))
    return value
  end,
}

kinds.integer = {
  accept = function(node, value)
    return math.type(value) == "integer" and (not node.limited or limits.number(node.field, value) == nil)
  end,
  settle = function(node, value, list, path)
    local sent = value
    if is_exact_number(value) and tostring(value):find "^%-?%d+$" then
      value = tonumber(tostring(value))
    elseif type(value) == "number" then
      value = math.tointeger(value) or value
      sent = value
      if math.type(value) ~= "integer" then
        return wrong_type(list, path, value, "int_from_float", "a whole number", faults.show(value))
      end
    else
      return wrong_type(list, path, value, "int_type", "a whole number")
    end
    local fault = limits.number(node.field, value)
    if fault then faults.add(list, path, fault) end
    return sent
  end,
}

kinds.number = {
  accept = function(node, value)
    return type(value) == "number" and limits.number(node.field, value) == nil
  end,
  settle = function(node, value, list, path)
    local number = value
    if is_exact_number(value) then number = tonumber(tostring(value)) end
    if type(number) ~= "number" then return wrong_type(list, path, value, "float_type", "a number") end
    local fault = limits.number(node.field, number)
    if fault then faults.add(list, path, fault) end
    return value
  end,
}

kinds.boolean = {
  accept = function(_, value) return type(value) == "boolean" end,
  settle = function(_, value, list, path) return wrong_type(list, path, value, "bool_type", "true or false") end,
}

kinds.any = { accept = function() return true end }

-- A value out of a list of valid ones; `older` ones pass with a note.
kinds.enum = {
  accept = function(node, value) return node.set[value] and math.type(value) ~= "float" end,
  settle = function(node, value, list, path)
    local enum = node.field.enum
    local converted = convert.to_enum(value, enum)
    if converted ~= nil then return converted end
    if node.older[value] then
      list.note = ("%s: %s is only on an older page of this endpoint"):format(node.field.name, faults.show(value))
      return value
    end
    faults.not_in(list, path, value, enum)
    return value
  end,
}

-- How many items a list has, or nil when the table is none. Nested values are
-- looked at by settle only.
local function length_of(value)
  local count = 0
  for key in next, value do
    if math.type(key) ~= "integer" or key < 1 then return nil end
    count = count + 1
  end
  return count == #value and count or nil
end

local function settle(node, value, list, path)
  if node.accept(node, value) then return value end
  if value == json.null and node.nullable then return value end
  return node.settle(node, value, list, path)
end

kinds.list = {
  accept = function() return false end,
  settle = function(node, value, list, path)
    local count = type(value) == "table" and not is_file(value) and length_of(value)
    if not count then return wrong_type(list, path, value, "list_type", "a list") end
    local fault = limits.count(node.field, count)
    if fault then faults.add(list, path, fault) end
    local out = count == 0 and getmetatable(value) == nil and json.array {} or value
    for i = 1, count do
      local item = settle(node.item, value[i], list, child(path, i))
      if not same(item, value[i]) then
        if out == value then out = copy(value) end
        out[i] = item
      end
    end
    return out
  end,
}

-- The fields of a table, `node` being a compiled object.
local function walk(node, value, list, path)
  local out = value
  for key, item in next, value do
    local field = node.by_name[key]
    if not field then
      if not node.open then faults.unknown(list, child(path, key), node.names) end
    elseif not field.accept(field, item) then
      local settled = settle(field, item, list, child(path, key, field.order))
      if not same(settled, item) then
        if out == value then out = copy(value) end
        out[key] = settled
      end
    end
  end
  if list.partial then return out end
  for _, field in ipairs(node.required) do
    if rawget(value, field.field.name) == nil then
      faults.add(list, child(path, field.field.name, field.order), {
        type = "missing", short = "missing", text = "missing",
      })
    end
  end
  return out
end

kinds.object = {
  accept = function() return false end,
  settle = function(node, value, list, path)
    if type(value) ~= "table" or is_file(value) or meta_name(value) == "fal.array" then
      return wrong_type(list, path, value, "dict_type", "a table with named fields")
    end
    return walk(node, value, list, path)
  end,
}

-- One of several forms: the first that takes the value without a fault, else
-- the faults of the form that came nearest.
kinds.either = {
  accept = function() return false end,
  settle = function(node, value, list, path)
    local fewest
    for _, form in ipairs(node.forms) do
      local found = { partial = list.partial }
      local sent = settle(form, value, found, path)
      if #found == 0 then return sent end
      local type_only = #found == 1 and found[1].short == "wrong type"
      if not fewest or fewest.type_only and not type_only then
        fewest = found
        fewest.type_only = type_only
      end
    end
    table.move(fewest, 1, #fewest, #list + 1, list)
    return value
  end,
}

local function set_of(values)
  local set = {}
  for _, value in ipairs(values or {}) do set[value] = true end
  return set
end

local function compile_fields(node, fields)
  node.by_name, node.required, node.names = {}, {}, {}
  for i, field in ipairs(fields) do
    local compiled = compile_field(field)
    compiled.order = i
    node.by_name[field.name], node.names[i] = compiled, field.name
    if field.required then node.required[#node.required + 1] = compiled end
  end
  return node
end

function compile_field(field)
  local name = field.enum and "enum" or field.any and "either" or kinds[field.type] and field.type or "any"
  local node = { field = field, accept = kinds[name].accept, settle = kinds[name].settle }
  node.nullable = field.nullable or not field.required and field.default == nil
  node.limited = limits.apply(field)
  if name == "enum" then
    node.set, node.older = set_of(field.enum), set_of(field.older)
  elseif name == "list" then
    node.item = compile_field(field.items)
  elseif name == "either" then
    node.forms = {}
    for i, form in ipairs(field.any) do node.forms[i] = compile_field(form) end
  elseif name == "object" then
    node.open = field.open
    compile_fields(node, field.fields)
  end
  return node
end

local compiled = setmetatable({}, { __mode = "k" })

local function plan_of(schema)
  local plan = compiled[schema]
  if not plan then
    plan = compile_fields({ open = schema.open }, schema.input)
    compiled[schema] = plan
  end
  return plan
end

--- Checks an input against a schema.
---@param schema table
---@param input any
---@param partial? boolean  when true, fields may be missing
---@return table? input  as it will be sent, nil when it is wrong
---@return table|string|nil detail  the error; or a note about an accepted input
function check.run(schema, input, partial)
  local list, path = { partial = partial }, {}
  local out
  if type(input) ~= "table" or meta_name(input) == "fal.array" then
    wrong_type(list, path, input, "dict_type", "a table with named fields")
  else
    out = walk(plan_of(schema), input, list, path)
  end
  if out and schema.rules then limits.rules(schema, out, list) end
  if #list > 0 then return nil, faults.error(list, schema) end
  return out, list.note
end

return check
