-- Editor types: LuaCATS definitions for the inputs and outputs of endpoints, so
-- that an editor completes their fields and marks a wrong enum value. Writes
-- text from schemas; what it writes is for editors only and is never run. Pure.
local types = {}

local scalars = { string = "string", integer = "integer", number = "number", boolean = "boolean", any = "any" }

local header <const> = [[
---@meta
-- Written by `falua types`; do not edit.

---@alias fal.url string|table a URL, a data URI, or a file made by fal.file

---@class fal.output_file
---@field url string where the file is
---@field content_type? string media type
---@field file_name? string name
---@field file_size? integer size in bytes
---@field width? integer width in pixels
---@field height? integer height in pixels
]]

local function one_line(text) return (text:gsub("%c+", " ")) end

local function literal(value)
  if type(value) ~= "string" then return tostring(value) end
  return ('"%s"'):format(one_line(value):gsub('[\\"]', "\\%0"))
end

local Writer = {}
Writer.__index = Writer

-- A name that was not given out yet.
function Writer:unique(name)
  local count, free = 1, name
  while self.taken[free] do
    count = count + 1
    free = name .. "_" .. count
  end
  self.taken[free] = true
  return free
end

-- The class of an endpoint's input or output: fal-ai/veo3/fast -> fal.veo3_fast.input
function Writer:class_of(schema, role)
  local names = self.names[schema]
  if not names then
    local base = schema.id:gsub("^fal%-ai/", ""):gsub("[^%w]+", "_"):gsub("^_", ""):gsub("_$", "")
    base = self:unique("fal." .. (base:find "^%a" and base or "x_" .. base))
    names = { input = base .. ".input", output = base .. ".output" }
    self.names[schema] = names
  end
  return names[role]
end

local function enum_type(enum)
  local words = {}
  for i, value in ipairs(enum) do words[i] = literal(value) end
  return table.concat(words, "|")
end

function Writer:either_type(field, path)
  local words, seen = {}, {}
  for i, form in ipairs(field.any) do
    local text = self:type_of(form, ("%s.form%d"):format(path, i))
    if not seen[text] then words[#words + 1], seen[text] = text, true end
  end
  return table.concat(words, "|")
end

-- The type of a field as text. Objects become classes of their own.
function Writer:type_of(field, path)
  if field.enum then return enum_type(field.enum) end
  if field.any then return self:either_type(field, path) end
  if field.type == "list" then
    local item = self:type_of(field.items, path)
    return (item:find("|", 1, true) and "(" .. item .. ")" or item) .. "[]"
  end
  if field.type == "object" then
    local name = self:unique(self.root .. "." .. path:gsub("[^%w_.]", "_"))
    self.pending[#self.pending + 1] = { name = name, fields = field.fields, path = path }
    return name
  end
  if field.format == "url" then return "fal.url" end
  return scalars[field.type] or "fal.output_file"
end

-- What the editor shows beside the field.
local function note_of(field)
  local words = { field.description and one_line(field.description) or nil }
  if field.min or field.max then
    words[#words + 1] = ("%s to %s"):format(field.min or "any", field.max or "any")
  end
  if field.max_length then words[#words + 1] = ("at most %d characters"):format(field.max_length) end
  if field.max_items then words[#words + 1] = ("at most %d"):format(field.max_items) end
  if field.default ~= nil and type(field.default) ~= "table" then
    words[#words + 1] = "default " .. literal(field.default)
  end
  return (table.concat(words, "; "):gsub("^%W+", ""))
end

local function key_of(name)
  if name:find "^[%a_][%w_]*$" then return name end
  return ('["%s"]'):format(one_line(name):gsub('[\\"]', "\\%0"))
end

function Writer:class(name, fields, path, title)
  if title then self.lines[#self.lines + 1] = "--- " .. one_line(title) end
  self.lines[#self.lines + 1] = "---@class " .. name
  for _, field in ipairs(fields) do
    local inner = path and path .. "." .. field.name or field.name
    local line = ("---@field %s%s %s %s"):format(key_of(field.name), field.required and "" or "?",
      self:type_of(field, inner), note_of(field))
    self.lines[#self.lines + 1] = line:gsub("%s+$", "")
  end
  self.lines[#self.lines + 1] = ""
end

-- Writes the class of an input or output and those of the objects in it.
function Writer:classes(schema, role)
  self.root, self.pending = self:class_of(schema, role), {}
  local title = role == "input" and ("%s (%s)"):format(schema.title, schema.id) or nil
  self:class(self.root, schema[role], nil, title)
  while #self.pending > 0 do
    local next_class = table.remove(self.pending, 1)
    self:class(next_class.name, next_class.fields, next_class.path)
  end
end

local calls = {
  { "run", "opts?: table", "OUT, table" }, { "subscribe", "opts?: table", "OUT, table" },
  { "submit", "opts?: table", "table" }, { "validate", nil, "IN?, table|string|nil" },
  { "cost", nil, "number?, number|table, string?" },
}

-- One form of each call for each endpoint: the id is the type of the first argument.
function Writer:calls(schemas)
  local lines = { "---@class fal" }
  for _, call in ipairs(calls) do
    for _, schema in ipairs(schemas) do
      local input, output = self:class_of(schema, "input"), self:class_of(schema, "output")
      local returns = call[3]:gsub("OUT", output):gsub("IN", input)
      lines[#lines + 1] = ("---@field %s fun(endpoint: %s, input: %s%s): %s"):format(call[1], literal(schema.id), input,
        call[2] and ", " .. call[2] or "", returns)
    end
  end
  return lines
end

--- Writes definitions for the inputs and outputs of endpoints.
---@param schemas table  list of schemas
---@return string text  the content of a definition file
function types.write(schemas)
  local writer = setmetatable({ lines = {}, names = {}, taken = {} }, Writer)
  for _, schema in ipairs(schemas) do
    writer:classes(schema, "input")
    writer:classes(schema, "output")
  end
  return header .. "\n" .. table.concat(writer.lines, "\n") .. "\n" .. table.concat(writer:calls(schemas), "\n") .. "\n"
end

return types
