-- The fields of a model's input as text for people: for `falua schema` and for
-- the help of commands that take an input.
local fal = require "fal"
local jsontext = require "falua.jsontext"

local fields = {}

local function type_text(field)
  if field.type == "list" and field.items then return "list of " .. type_text(field.items) end
  if field.enum then
    local words = {}
    for i, value in ipairs(field.enum) do words[i] = tostring(value) end
    return table.concat(words, " | ")
  end
  if field.any then
    local forms = {}
    for i, form in ipairs(field.any) do forms[i] = type_text(form) end
    return table.concat(forms, " or ")
  end
  if field.format == "url" then return (field.media or "any") .. " URL or @file" end
  return field.type
end

local function range_text(field)
  if field.min and field.max then return ("%s to %s"):format(field.min, field.max) end
  if field.min then return "at least " .. field.min end
  return field.max and "at most " .. field.max or nil
end

local function notes_of(field)
  local notes = { field.description }
  notes[#notes + 1] = range_text(field)
  if field.max_length then notes[#notes + 1] = ("at most %d characters"):format(field.max_length) end
  if field.max_items then notes[#notes + 1] = ("at most %d"):format(field.max_items) end
  if field.required then
    notes[#notes + 1] = "required"
  elseif field.default ~= nil then
    notes[#notes + 1] = "default " .. jsontext.of(field.default)
  end
  return table.concat(notes, "; ")
end

--- The rows of a list of fields; those of objects follow theirs, by their place.
---@param list table[]
---@param rows? table[]
---@param prefix? string
---@return table[] rows  { "duration", "5 | 10", "length in seconds; default 5" }
function fields.rows(list, rows, prefix)
  rows, prefix = rows or {}, prefix or ""
  for _, field in ipairs(list) do
    local name = prefix .. field.name
    rows[#rows + 1] = { name, type_text(field), notes_of(field) }
    local inner = field.fields or field.items and field.items.fields
    if inner then fields.rows(inner, rows, name .. (field.items and "[]." or ".")) end
  end
  return rows
end

--- What a model takes, for the end of a help text.
---@param endpoint string
---@return string text
function fields.help(endpoint)
  local schema, err = fal.schema(endpoint)
  if not schema then return "What it takes is not known: " .. tostring(err) end
  local lines = { ("Inputs of %s:"):format(endpoint) }
  for _, row in ipairs(fields.rows(schema.input)) do
    lines[#lines + 1] = ("  %s  (%s)\n      %s"):format(row[1], row[2], row[3])
  end
  return table.concat(lines, "\n")
end

return fields
