-- What could stand where the cursor is: globals, fields and methods of values
-- that are there, endpoint ids inside strings, fields and values of a model's
-- input inside the table that follows its id, names of options. Asks nobody,
-- calls nothing that the person wrote.
local core = require "fal.core"
local known = require "falua.known"
local queue = require "fal.queue"
local scan = require "falua.repl.scan"

local complete = {}

local keywords <const> = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not",
  "or", "repeat", "return", "then", "true", "until", "while",
}

local takes_endpoint <const> = {
  run = true, submit = true, subscribe = true, stream = true, schema = true, validate = true, cost = true,
  request = true, status = true, result = true, cancel = true,
}
local takes_input <const> = { run = true, submit = true, subscribe = true, stream = true, validate = true, cost = true }

local function names_in(set, list)
  for name in next, set do
    if type(name) == "string" then list[#list + 1] = name end
  end
  return list
end

-- Fields and models ----------------------------------------------------------------

-- The table and its call: frame.up for `f(id, {`; the frame itself for `f {`.
local function call_of(frame)
  local up = frame.up
  if frame.call then return frame.call, 0, nil end
  if up and up.open == "(" then return up.call, up.argument, up.endpoint end
end

local function fields_of(list)
  local names = {}
  for i, field in ipairs(list or {}) do names[i] = field.name end
  return names
end

-- The fields that belong into the table at `frame`, which may lie in another.
local function field_list(frame)
  local call, argument, endpoint = call_of(frame)
  if takes_input[call] and argument == 2 then
    local schema = endpoint and known.schema(endpoint)
    return schema and schema.input
  end
  local up = frame.up
  if up and up.open == "{" and up.key then
    for _, field in ipairs(field_list(up) or {}) do
      if field.name == up.key then return field.fields or field.items and field.items.fields end
    end
  end
end

local function option_names(frame)
  local call, argument = call_of(frame)
  if not call then return {} end
  if call == "config" or call == "new" then return core.option_names() end
  local set = queue.options[call == "stream" and "run" or call]
  local in_place = takes_input[call] and argument == 3 or not takes_input[call] and argument < 3
  return set and in_place and names_in(set, {}) or {}
end

local function names_for(frame)
  local list = field_list(frame)
  return list and fields_of(list) or option_names(frame)
end

-- The values of the field that is being given one.
local function values_for(frame)
  for _, field in ipairs(frame.key and field_list(frame) or {}) do
    if field.name == frame.key then return field.enum or field.type == "boolean" and { true, false } or {} end
  end
  return {}
end

-- Values that are there ----------------------------------------------------------

-- The tables that have the names of a value: itself and those of __index.
local function tables_of(value)
  local list = {}
  for _ = 1, 8 do
    if type(value) == "table" then list[#list + 1] = value end
    local class = getmetatable(value)
    value = type(class) == "table" and rawget(class, "__index")
    if type(value) ~= "table" then break end
  end
  return list
end

local function look_up(value, name)
  for _, set in ipairs(tables_of(value)) do
    local found = rawget(set, name)
    if found ~= nil then return found end
  end
end

-- The value of a chain of names, by raw access only.
local function value_of(chain)
  local value = _G
  for _, name in ipairs(chain) do
    if not name then return nil end
    value = look_up(value, name)
    if value == nil then return nil end
  end
  return value
end

local function members(value)
  local list = {}
  for _, set in ipairs(tables_of(value)) do names_in(set, list) end
  return list
end

-- Candidates -------------------------------------------------------------------------

-- Values as they are written, those that begin with a prefix.
local function literals(values, prefix)
  local list = {}
  for _, value in ipairs(values) do
    local text = type(value) == "string" and ("%q"):format(value) or tostring(value)
    if text:sub(1, #prefix) == prefix then list[#list + 1] = text end
  end
  return list
end

-- The prefix that is there, what may follow, and what closes it.
local function candidates(place)
  local frame = place.frame
  if place.string then
    if frame and frame.open == "{" and frame.key then return place.string, values_for(frame), place.quote or "" end
    local wanted = frame and frame.open == "(" and (takes_endpoint[frame.call] and frame.argument == 1)
    if wanted or #place.string >= 3 then return place.string, known.endpoints(), place.quote or "" end
    return place.string, {}, ""
  end
  if place.chain[1] ~= nil then
    local value = value_of(place.chain)
    return place.word, value ~= nil and members(value) or {}, ""
  end
  if frame and frame.open == "{" and frame.fresh then
    local names = names_for(frame)
    if names[1] then return place.word, names, " = " end
  end
  local values = frame and frame.open == "{" and literals(values_for(frame), place.word) or {}
  if values[1] then return place.word, values, "" end
  return place.word, names_in(_G, table.move(keywords, 1, #keywords, 1, {})), ""
end

local function fitting(prefix, list)
  local found, seen = {}, {}
  for _, word in ipairs(list) do
    word = tostring(word)
    local hidden = word:sub(1, 1) == "_" and prefix == ""
    if word:sub(1, #prefix) == prefix and not seen[word] and not hidden then
      found[#found + 1], seen[word] = word, true
    end
  end
  table.sort(found)
  return found
end

local function common(list)
  local first, last = list[1], list[#list]
  local length = 0
  while length < #first and first:byte(length + 1) == last:byte(length + 1) do length = length + 1 end
  return first:sub(1, length)
end

--- Completes Lua that is being typed.
---@param text string  all of it up to the cursor
---@return string|nil insert  what can be added
---@return string[]|nil choices  when there are several
function complete.lua(text)
  local place = scan.at(text)
  if not place then return nil, nil end
  local prefix, list, tail = candidates(place)
  return complete.word(prefix, list, tail)
end

--- Completes a word from a list.
---@param prefix string
---@param list string[]
---@param tail string  what follows a word that is complete
---@return string|nil insert, string[]|nil choices
function complete.word(prefix, list, tail)
  local found = fitting(prefix, list)
  if not found[1] then return nil, nil end
  if not found[2] then return found[1]:sub(#prefix + 1) .. tail, nil end
  local more = common(found):sub(#prefix + 1)
  if more ~= "" then return more, nil end
  return nil, found
end

return complete
