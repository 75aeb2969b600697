-- From the rows of a catalogue file to schemas: the form in which everybody
-- else sees what an endpoint takes and gives.
--
-- A row is { name, type, description, and by name: required, enum, default,
-- min, max, max_length, min_items, max_items, media, older, ... }. Its type is
-- string, integer, number, boolean, a file (File, Image, VideoFile), list<T>,
-- or the name of a part of the same family, which makes it an object.
local schema = {}

local scalars = { string = true, integer = true, number = true, boolean = true }
local files = { File = true, Image = true, VideoFile = true }

-- What a URL field holds, from its name.
local function media_of(name)
  if name:find "video" then return "video" end
  if name:find "audio" then return "audio" end
  return "image"
end

local build_fields

-- Puts type, and what belongs to the type, into `field`.
local function set_type(field, type, parts)
  local item = type:match "^list<(%w+)>$"
  if item then
    field.type, field.items = "list", {}
    set_type(field.items, item, parts)
  elseif scalars[type] or files[type] then
    field.type = type
  else
    field.type, field.of = "object", type
    field.fields = build_fields(assert(parts[type], type), parts)
  end
end

local function build_field(row, parts, inferred)
  local field = {}
  for key, value in pairs(row) do
    if type(key) == "string" then field[key] = value end
  end
  field.name, field.description = row[1], row[3]
  set_type(field, row[2], parts)
  field.required = row.required or false
  if field.required and inferred then field.inferred = true end
  if field.name:find "_urls?$" and not field.enum then
    local place = field.items or field
    place.format, place.media = "url", media_of(field.name)
  end
  if files[field.items and field.items.type] then field.items.media = field.media end
  return field
end

function build_fields(rows, parts, inferred)
  local list = {}
  for i, row in ipairs(rows) do list[i] = build_field(row, parts, inferred) end
  return list
end

local function build(entry, id, parts, inferred)
  return {
    id = id, title = entry.title or entry.name, category = entry.category, type = entry.name,
    input = build_fields(entry.input, parts, inferred),
    output = build_fields(entry.output or {}, parts, inferred),
    price = entry.price, rules = entry.rules, notes = entry.notes, source = "built in",
  }
end

--- Makes the schemas of one catalogue file.
---@param name string  the family, such as "kling"
---@param family table  what the catalogue file returns
---@return table schemas  by endpoint id, and by "family#Type" for each type
function schema.family(name, family)
  local parts, schemas = {}, {}
  for _, entry in ipairs(family.types) do
    if entry.part then parts[entry.name] = entry.input end
  end
  for _, entry in ipairs(family.endpoints) do
    local inferred = family.required_inferred or entry.required_inferred
    schemas[entry.id] = build(entry, entry.id, parts, inferred)
  end
  for _, entry in ipairs(family.types) do
    local inferred = family.required_inferred or family.types_inferred
    local key = name .. "#" .. entry.name
    schemas[key] = build(entry, key, parts, inferred)
    for _, id in ipairs(entry.endpoints or {}) do
      schemas[id] = schemas[id] or build(entry, id, parts, inferred)
    end
  end
  return schemas
end

return schema
