-- The schema part of an OpenAPI document, read into the fields of our schemas:
-- references, ranges, enums, lists, nested objects, forms with null. What comes
-- may be anything: references are followed only within the document, depth and
-- size are bounded, and what is not of the expected kind ends the reading. Pure.
local jsonschema = {}

local deepest <const> = 12   -- objects within objects
local most_nodes <const> = 4000
local longest_text <const> = 300 -- bytes of a description

--- Ends the reading with a message; caught in openapi.reduce alone.
---@param where string  the place in the document
---@param message string
function jsonschema.refuse(where, message)
  error({ refused = ("%s: %s"):format(where, message) }, 0)
end
local refuse = jsonschema.refuse

-- A whole number beyond 64 bits, too: as a limit it would limit nothing.
local function is_null(value) return value == nil or type(value) == "userdata" end

--- The entry of a table when it is of the wanted type, nil when it is missing.
---@param node table
---@param key string
---@param wanted string  the type it must have
---@param where string  the place of the table in the document
---@return any? value
function jsonschema.get(node, key, wanted, where)
  local value = node[key]
  if is_null(value) then return nil end
  if type(value) ~= wanted then
    refuse(where .. "." .. key, ("must be a %s, not a %s"):format(wanted, type(value)))
  end
  return value
end
local get = jsonschema.get

--- A description or title, short and on one line.
---@param text? string
---@return string? text
function jsonschema.clip(text)
  if not text then return nil end
  text = text:gsub("%s+", " "):gsub("^ ", "")
  if #text <= longest_text then return text end
  return text:sub(1, utf8.offset(text, 0, longest_text + 1) - 1)
end
local clip = jsonschema.clip

local Reader = {}
Reader.__index = Reader

-- Follows $ref; `open` holds the names that are being read, so that a schema
-- which contains itself is noticed.
function Reader:resolve(node, where, open)
  local hops = 0
  while not is_null(node["$ref"]) do
    local name = get(node, "$ref", "string", where):match "^#/components/schemas/([^/]+)$"
    if not name then refuse(where, "a reference to elsewhere") end
    if open[name] or hops > deepest then refuse(where, name .. " contains itself") end
    node = get(self.schemas, name, "table", "components.schemas")
    if not node then refuse(where, name .. " is not in the document") end
    open = setmetatable({ [name] = true }, { __index = open })
    hops = hops + 1
  end
  return node, open
end

function Reader:count(where, depth)
  self.nodes = self.nodes + 1
  if self.nodes > most_nodes then refuse(where, "more than a schema can sensibly hold") end
  if depth > deepest then refuse(where, "nested too deeply") end
end

-- The values of an enum that can be compared: texts, numbers and booleans.
local function enum_of(node, where)
  local values = get(node, "enum", "table", where)
  if is_null(values) then
    local const = node.const
    if is_null(const) then return nil end
    values = { const }
  end
  local list = {}
  for i, value in ipairs(values) do
    if type(value) == "table" then refuse(where .. ".enum", "holds a table") end
    if not is_null(value) then list[#list + 1] = value end
    if i > most_nodes then refuse(where .. ".enum", "is too long") end
  end
  return #list > 0 and list or nil
end

local ranges = { min = "minimum", max = "maximum", multiple_of = "multipleOf" }
local sizes = { max_length = "maxLength", min_length = "minLength", min_items = "minItems", max_items = "maxItems" }

-- Ranges, lengths and counts. An exclusive bound is a number of its own, or
-- (before OpenAPI 3.1) a flag beside the bound.
local function set_limits(field, node, where)
  for ours, theirs in pairs(ranges) do field[ours] = get(node, theirs, "number", where) end
  for ours, theirs in pairs(sizes) do
    local size = get(node, theirs, "number", where)
    field[ours] = size and math.tointeger(size)
    if size and not field[ours] then refuse(where .. "." .. theirs, "must be a whole number") end
  end
  for _, case in ipairs { { "exclusiveMinimum", "min", "above" }, { "exclusiveMaximum", "max", "below" } } do
    local bound = node[case[1]]
    if type(bound) == "number" then
      field[case[3]] = bound
    elseif bound == true then
      field[case[3]], field[case[2]] = field[case[2]], nil
    end
  end
  if field.multiple_of and field.multiple_of <= 0 then field.multiple_of = nil end
end

local media_limits = { "min_width", "max_width", "min_height", "max_height", "min_area", "max_area", "max_size" }

-- The type, also where it is written as a list with null.
local function type_of(field, node, where)
  local list = type(node.type) == "table" and node.type
  if not list then return get(node, "type", "string", where) or node.properties and "object" end
  local found
  for _, name in ipairs(list) do
    if name == "null" then field.nullable = true else found = found == nil and name end
  end
  return found
end

-- What fal says about pictures beside the standard: kept, not checked here.
local function set_media(field, node, where)
  local extra = get(node, "x-fal", "table", where)
  for _, name in ipairs(extra and media_limits or {}) do
    local value = extra[name]
    if type(value) == "number" then
      field.media_limits = field.media_limits or {}
      field.media_limits[name] = value
    end
  end
end

-- Copies what the referring node says over what it refers to.
local function overlay(field, node, where)
  field.description = clip(get(node, "description", "string", where)) or field.description
  if not is_null(node.default) then field.default = node.default end
end

-- Whether an object is a file: it has a URL and says what is there.
local function is_file(properties)
  return properties and properties.url and (properties.content_type or properties.file_name) and true
end

local function media_of(name, title)
  local text = (name .. " " .. (title or "")):lower()
  for _, media in ipairs { "video", "audio", "image" } do
    if text:find(media, 1, true) then return media end
  end
end

local readers = {}

-- Splits null off the forms of anyOf/oneOf and reads the others.
function Reader:forms(node, key, name, where, depth, open)
  local field, forms = { name = name }, {}
  for i, form in ipairs(get(node, key, "table", where)) do
    if type(form) ~= "table" then refuse(where .. "." .. key, "holds no schema") end
    if form.type == "null" then
      field.nullable = true
    else
      forms[#forms + 1] = self:field(form, name, ("%s.%s[%d]"):format(where, key, i), depth + 1, open)
    end
  end
  if #forms == 0 then return nil end
  if #forms > 1 then
    field.type, field.any = "any", forms
  else
    forms[1].nullable = field.nullable or forms[1].nullable
    field = forms[1]
  end
  return field
end

function Reader:all_of(node, name, where, depth, open)
  local parts = get(node, "allOf", "table", where)
  if #parts ~= 1 or type(parts[1]) ~= "table" then return { name = name, type = "any" } end
  return self:field(parts[1], name, where .. ".allOf", depth + 1, open)
end

function readers.object(self, field, node, where, depth, open)
  local properties = get(node, "properties", "table", where)
  if not properties then
    field.type = "any"
    return
  end
  local title = get(node, "title", "string", where)
  field.type, field.of = "object", title
  field.fields, field.open = self:fields(node, where, depth + 1, open)
  if self.output and is_file(properties) then
    field.type, field.media = title or "File", media_of(field.name, title)
  end
end

function readers.array(self, field, node, where, depth, open)
  field.type = "list"
  field.items = self:field(get(node, "items", "table", where) or {}, field.name, where .. "[]", depth + 1, open)
end

local scalars = { string = true, integer = true, number = true, boolean = true }

-- Reads the schema of one value.
function Reader:field(node, name, where, depth, open)
  self:count(where, depth)
  local outer = node
  node, open = self:resolve(node, where, open)
  local field
  for _, key in ipairs { "anyOf", "oneOf" } do
    if not field and not is_null(node[key]) then field = self:forms(node, key, name, where, depth, open) end
  end
  if not field and not is_null(node.allOf) then field = self:all_of(node, name, where, depth, open) end
  if not field then
    field = { name = name, enum = enum_of(node, where) }
    local type = type_of(field, node, where)
    set_limits(field, node, where)
    if scalars[type] then
      field.type = type
    elseif readers[type] then
      readers[type](self, field, node, where, depth, open)
    else
      field.type = "any"
    end
  end
  if node.nullable == true then field.nullable = true end
  set_media(field, node, where)
  overlay(field, node, where)
  if outer ~= node then overlay(field, outer, where) end
  return field
end

-- The names of the properties: first in the order that fal gives, then sorted.
local function names_of(node, properties, where)
  local names, seen = {}, {}
  for _, name in ipairs(get(node, "x-fal-order-properties", "table", where) or {}) do
    if properties[name] ~= nil and not seen[name] then
      names[#names + 1], seen[name] = name, true
    end
  end
  local rest = {}
  for name in pairs(properties) do
    if type(name) ~= "string" then refuse(where .. ".properties", "has an entry without a name") end
    if not seen[name] then rest[#rest + 1] = name end
  end
  table.sort(rest)
  return table.move(rest, 1, #rest, #names + 1, names)
end

-- Reads the properties of an object: a list of fields, and whether unknown
-- ones are welcome.
function Reader:fields(node, where, depth, open)
  local properties = get(node, "properties", "table", where) or {}
  local required, fields = {}, {}
  for _, name in ipairs(get(node, "required", "table", where) or {}) do required[name] = true end
  for i, name in ipairs(names_of(node, properties, where)) do
    local place = where .. "." .. name:sub(1, 40)
    if type(properties[name]) ~= "table" then refuse(place, "is no schema") end
    fields[i] = self:field(properties[name], name, place, depth, open)
    fields[i].required = required[name] or false
  end
  return fields, node.additionalProperties == true
end

--- Starts to read.
---@param schemas table  the schemas that references name
---@return table reader  with :resolve and :fields; set `output` when reading results
function jsonschema.reader(schemas) return setmetatable({ nodes = 0, schemas = schemas }, Reader) end

return jsonschema
