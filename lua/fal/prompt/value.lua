-- The prompt as a value: named fields that are checked when it is made and
-- never change afterwards. Owns the field names and their form; the methods
-- are put in by fal.prompt. Prose is made by fal.prompt.prose.
local prose = require "fal.prompt.prose"
local words = require "fal.prompt.words"

local value = {}

-- Every field, in the order in which pairs gives them.
local order = {
  "concept", "subject", "context", "action", "style", "camera", "direction", "pacing", "effects", "composition",
  "lighting", "ambiance", "audio", "dialogue", "negative", "custom",
}
local single = { concept = true, subject = true, context = true, action = true }
local chosen = {}
for _, name in ipairs(words.fields) do chosen[name] = true end
local known = {}
for _, name in ipairs(order) do known[name] = true end

local held = setmetatable({}, { __mode = "k" }) -- prompt -> its fields
local methods = {}
local meta = { __name = "fal.prompt" }

--- Tells whether this is a prompt.
function value.is(any) return getmetatable(any) == meta end

local function custom(text) return { custom = text } end

-- The checks return the normal form, or nil and a message; only the public
-- function that was called knows at which level to raise it.

-- One word of the vocabulary, or custom text.
local function check_word(name, one)
  if type(one) == "table" and type(one.custom) == "string" then return custom(one.custom) end
  if type(one) ~= "string" then
    return nil, ("field %q takes words or prompt.custom(text), not a %s"):format(name, type(one))
  end
  local entry = words.find(name, one)
  if entry then return entry.word end
  return nil, words.unknown(name, one, words.list(name)) .. '; prompt.custom("...") lets any text through'
end

local function check_text(name, one)
  if type(one) == "table" and type(one.custom) == "string" then one = one.custom end
  if type(one) == "string" then return one end
  if math.type(one) then return tostring(one) end
  return nil, ("field %q takes text, not a %s"):format(name, type(one))
end

local function is_none(one) return one == "None" or one == false or type(one) == "string" and not one:find "%S" end

-- Notes a word or a custom text; false when it was there already.
local function is_new(seen, one)
  local key = type(one) == "table" and "custom " .. one.custom or "word " .. one
  if seen[key] then return false end
  seen[key] = true
  return true
end

-- Whether a list has other keys than 1, 2, 3, ...
local function flaw_in(name, list)
  local count = 0
  for key in pairs(list) do
    if math.type(key) ~= "integer" then
      return ("field %q is a list, but has the key %q"):format(name, tostring(key))
    end
    count = count + 1
  end
  for position = 1, count do
    if list[position] == nil then return ("field %q is a list, but has nothing at %d"):format(name, position) end
  end
end

local function check_list(name, list, check)
  local flaw = flaw_in(name, list)
  if flaw then return nil, flaw end
  local made, seen = {}, {}
  for _, one in ipairs(list) do
    if not is_none(one) then
      local normal, message = check(name, one)
      if normal == nil then return nil, message end
      if is_new(seen, normal) then made[#made + 1] = normal end
    end
  end
  if #made < 2 then return made[1] or false end
  return made
end

-- The normal form of a field: a text, a list of at least two, or false for none.
local function check_field(name, given)
  if is_none(given) then return false end
  local check = chosen[name] and check_word or check_text
  if type(given) == "table" and given.custom == nil and not single[name] then
    return check_list(name, given, check)
  end
  return check(name, given)
end

-- The fields of 'given' over those of 'base'.
local function check_fields(base, given)
  local fields = {}
  for name, content in pairs(base) do fields[name] = content end
  for name, content in pairs(given) do
    if not known[name] then return nil, words.unknown("field", tostring(name), order) end
    local normal, message = check_field(name, content)
    if normal == nil then return nil, message end
    fields[name] = normal or nil
  end
  return fields
end

local function new(fields)
  local self = setmetatable({}, meta)
  held[self] = fields
  return self
end

--- Makes a prompt of fields, of a text, or of a prompt.
---@param given table|string
---@return table|nil prompt, string|nil message
function value.make(given)
  if value.is(given) then return given end
  if type(given) == "string" then given = { concept = given } end
  if type(given) ~= "table" then
    return nil, "a prompt is made of a table of fields or of a string, not of a " .. type(given)
  end
  local fields, message = check_fields({}, given)
  if not fields then return nil, message end
  return new(fields)
end

--- A new prompt with the given fields in place of its own.
function value.with(self, given)
  local fields, message = check_fields(held[self], value.is(given) and held[given] or given)
  if not fields then return nil, message end
  return new(fields)
end

-- The same prompt with one more sentence.
local function with_sentence(self, text)
  if not text:find "%S" then return self end
  local own = held[self].custom
  local list = type(own) == "table" and table.move(own, 1, #own, 1, {}) or { own }
  list[#list + 1] = text
  return value.with(self, { custom = list })
end

local function copy(content)
  if type(content) ~= "table" then return content end
  local made = {}
  for key, one in pairs(content) do made[key] = copy(one) end
  return made
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, one in pairs(a) do
    if not same(one, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

--- The names of all fields, in order, fresh.
function value.names() return { table.unpack(order) } end

--- Tells whether this is the name of a field.
function value.knows(name) return known[name] == true end

--- The fields as they are held, for reading only.
function value.fields(self) return held[self] end

--- The fields as a plain table of their own, from which the same prompt can be
--- made again.
---@return table fields
function methods:fields() return copy(held[self]) end

local lengths = { Short = "Short", Medium = "Medium", Long = "Long", short = "Short", medium = "Medium", long = "Long" }

--- The length that was asked for, or nil and a message.
function value.length(options)
  if options ~= nil and type(options) ~= "table" then
    return nil, "the options are a table such as { length = \"Short\" }, not a " .. type(options)
  end
  for name in pairs(options or {}) do
    if name ~= "length" then return nil, words.unknown("option", tostring(name), { "length" }) end
  end
  local asked = options and options.length or "Medium"
  if lengths[asked] then return lengths[asked] end
  return nil, words.unknown("length", tostring(asked), words.list "length")
end

--- Writes the prompt as a paragraph of prose.
---@param options? table  length = "Short", "Medium" (the default) or "Long"
---@return string text
function methods:text(options)
  if not value.is(self) then error("use a colon: p:text()", 2) end
  local length, message = value.length(options)
  if not length then error(message, 2) end
  return prose.text(held[self], length)
end

meta.__index = function(self, name)
  if methods[name] then return methods[name] end
  return copy(held[self][name])
end

meta.__newindex = function(_, name)
  error(("a prompt never changes; write p .. { %s = ... } for a new one"):format(tostring(name)), 2)
end

meta.__tostring = function(self) return prose.text(held[self], "Medium") end

meta.__eq = function(a, b) return value.is(a) and value.is(b) and same(held[a], held[b]) end

meta.__pairs = function(self)
  local position, fields = 0, held[self]
  return function()
    while position < #order do
      position = position + 1
      local name = order[position]
      if fields[name] ~= nil then return name, copy(fields[name]) end
    end
  end
end

-- p .. table and p .. prompt replace fields, p .. text adds a sentence;
-- text .. p is text.
meta.__concat = function(left, right)
  if not value.is(left) then return tostring(left) .. tostring(right) end
  if type(right) == "string" or math.type(right) then return with_sentence(left, tostring(right)) end
  if type(right) ~= "table" then error("a prompt cannot be joined with a " .. type(right), 2) end
  local joined, message = value.with(left, right)
  if not joined then error(message, 2) end
  return joined
end

value.custom = custom
value.methods = methods

return value
