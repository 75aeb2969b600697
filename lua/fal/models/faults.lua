-- What is wrong with an input, collected and put into words: one entry for
-- each fault, with what the service's own 422 answer says about it (loc, type,
-- ctx), and one line that names every field at fault. Pure.
local failure = require "fal.core.error"
local json = require "fal.core.json"
local nearest = require "fal.nearest"

local faults = {}

local line_limit <const> = 400  -- bytes of a printed error
local value_limit <const> = 40  -- bytes of a value that are shown
local word_limit <const> = 80   -- bytes of a valid value or a name that are shown
local listed <const> = 10       -- valid values that are listed
local advised <const> = 50      -- faults that come with the nearest valid word; finding it takes a while

-- At most `limit` bytes of a text on one line, no character cut in two.
local function cut(text, limit)
  text = text:gsub("%c", " ")
  if #text <= limit then return text end
  return text:sub(1, utf8.offset(text, 0, limit - 2) - 1) .. "..."
end

--- A value as it may appear in a message: short, on one line.
---@param value any
---@return string text
function faults.show(value)
  if type(value) == "string" then return '"' .. cut(value, value_limit) .. '"' end
  return cut(tostring(value), value_limit)
end
local show = faults.show

local function list_of(values)
  local words = {}
  for i, value in ipairs(values) do
    if i > listed and #values > listed + 1 then
      words[i] = ("... (%d in all)"):format(#values)
      break
    end
    words[i] = cut(tostring(value), word_limit)
  end
  return table.concat(words, ", ")
end

-- "a.b[2]" and { "body", "a", "b", 1 } from the keys that lead to a value.
local function place_of(path)
  local text, loc = "", { "body" }
  for i, key in ipairs(path) do
    if math.type(key) == "integer" then
      text, loc[i + 1] = ("%s[%d]"):format(text, key), key - 1
    else
      local name = cut(tostring(key), value_limit)
      text, loc[i + 1] = text == "" and name or text .. "." .. name, tostring(key)
    end
  end
  return text == "" and "input" or text, loc
end

-- Adds a fault. `short` says it in two or three words, `text` in a sentence,
-- `rest` is what may be left out when many faults share a line.
local function add(list, path, entry)
  entry.field, entry.loc = place_of(path)
  entry.order = path.order or math.huge
  entry.message = entry.text .. (entry.rest or "")
  entry.msg = entry.message
  list[#list + 1] = entry
end
faults.add = add

-- A value of any type in a sentence.
local function called(value)
  local kind = type(value)
  if kind == "table" or kind == "function" or kind == "thread" then return "a " .. kind end
  if value == json.null then return "null" end
  return show(value)
end

--- Adds the fault of a value that is none of the valid ones.
---@param list table  the faults so far
---@param path table  the keys that lead to the value
---@param value any
---@param enum table  the valid values
function faults.not_in(list, path, value, enum)
  local plain = type(value) ~= "table" and type(value) ~= "userdata"
  local best = plain and #list < advised and nearest.of(value, enum) or nil
  add(list, path, {
    type = "one_of", ctx = { expected = enum }, allowed = enum, short = "not valid",
    text = ("%s is not valid%s"):format(called(value),
      best ~= nil and "; did you mean " .. show(best) .. "?" or ";"),
    rest = " valid: " .. list_of(enum),
  })
end

--- Adds the fault of a field that does not exist.
---@param list table  the faults so far
---@param path table  the keys that lead to it
---@param names table  the names that exist
function faults.unknown(list, path, names)
  local best = #list < advised and nearest.of(path[#path], names, 0.5) or nil
  add(list, path, {
    type = "extra_forbidden", short = "unknown", text = "not a field of this endpoint",
    rest = best and ('; did you mean "%s"?'):format(cut(best, word_limit)) or "; there are " .. list_of(names),
  })
end

-- The faults on one line: in full when that fits, else ever shorter, so that
-- at least every field is named.
local function line_of(list, limit)
  local forms = {
    function(entry) return entry.field .. ": " .. entry.message end,
    function(entry) return entry.field .. ": " .. entry.text end,
    function(entry) return entry.field .. ": " .. entry.short end,
    function(entry) return entry.field end,
  }
  local line
  for level, form in ipairs(forms) do
    local words = {}
    for i, entry in ipairs(list) do words[i] = form(entry) end
    line = table.concat(words, level == 4 and ", " or " | ")
    if #line <= limit then return line end
  end
  local note = (" and more (%d fields at fault)"):format(#list)
  return cut(line, limit - #note) .. note
end

local function by_place(a, b)
  if a.order ~= b.order then return a.order < b.order end
  return a.field < b.field
end

local hints = {
  ["built in"] = "new since then? fal.schema(endpoint, {refresh = true}) asks the service",
  openapi = "changed since it was read? fal.schema(endpoint, {refresh = true}) reads it anew",
}

-- A hint is only worth its room when a newer schema could help.
local function hint_for(list, schema)
  for _, entry in ipairs(list) do
    if entry.type == "extra_forbidden" or entry.type == "one_of" then return hints[schema.source] end
  end
end

--- Makes the error of an input with faults.
---@param list table  the faults
---@param schema table  the schema that found them
---@return table err
function faults.error(list, schema)
  table.sort(list, by_place)
  local endpoint = schema.id and cut(schema.id, 100)
  local room = line_limit - #"validation: " - (endpoint and #endpoint + 3 or 0)
  local message = line_of(list, room)
  local hint = hint_for(list, schema)
  if hint and #message + #"; " + #hint > room then hint = nil end
  for _, entry in ipairs(list) do entry.short, entry.text, entry.rest, entry.order = nil, nil, nil, nil end
  return failure.new {
    kind = "validation", message = message, endpoint = endpoint, hint = hint, retryable = false, billed = "no",
    field = list[1].field, allowed = list[1].allowed, detail = list,
  }
end

return faults
