-- References: what stands in an input for a value that a step has not made
-- yet. A step is a reference to its whole output; indexing it leads further in.
-- Texts are strings with references in them. Finds the references of an input,
-- and puts values in their places. Pure; runs nothing.
local failure = require "fal.core.error"
local json = require "fal.core.json"
local misuse = require "fal.misuse"

local reference = {}

-- The keys of what a reference knows; no name that a user can write.
local STEP <const>, PATH <const> = {}, {}

local highest_index <const> = 1000 -- beyond it, somebody runs through a list that is not there yet
local names_shown <const> = 12

local Reference = { __name = "fal.workflow.reference" }
local Text = { __name = "fal.workflow.text" }

local plain_array = getmetatable(json.array {})

local function make(step, path) return setmetatable({ [STEP] = step, [PATH] = path }, Reference) end

--- Makes the reference to the whole output of a step.
---@param step table  its record
---@return table reference
function reference.to(step) return make(step, {}) end

function reference.is(value) return type(value) == "table" and getmetatable(value) == Reference end

function reference.is_text(value) return type(value) == "table" and getmetatable(value) == Text end

--- The record of the step that a reference leads into.
function reference.step_of(value) return rawget(value, STEP) end

--- The keys of a reference, from the whole output inwards.
function reference.path_of(value) return rawget(value, PATH) end

--- A reference as it is written: idea.images[1].url
---@param value table
---@return string
function reference.spelling(value)
  local words = { value[STEP].name }
  for _, key in ipairs(value[PATH]) do
    local plain = type(key) == "string" and key:find "^[%a_][%w_]*$"
    words[#words + 1] = plain and "." .. key or type(key) == "string" and ("[%q]"):format(key) or ("[%d]"):format(key)
  end
  return table.concat(words)
end

-- What users do with references ------------------------------------------------

function Reference:__index(key)
  local ok = type(key) == "string" or math.type(key) == "integer" and key >= 1
  if not ok then
    misuse.raise(("a reference is indexed by names and by numbers from 1, not by %s"):format(tostring(key)))
  end
  if type(key) == "number" and key > highest_index then
    misuse.raise "a reference cannot be run through: its list is not there yet; use wf:map"
  end
  local path = table.move(self[PATH], 1, #self[PATH], 1, {})
  path[#path + 1] = key
  return make(self[STEP], path)
end

function Reference:__newindex() -- luacheck: no self
  misuse.raise "a reference cannot be changed"
end

function Reference:__call()
  misuse.raise(("%s is a value to come, not a function; its methods are the workflow's (wf:map, wf:save)")
    :format(reference.spelling(self)))
end

function Reference:__len()
  misuse.raise(("nobody knows yet how long %s is; use wf:map"):format(reference.spelling(self)))
end

function Reference:__pairs()
  misuse.raise(("%s is not there yet and cannot be run through; use wf:map"):format(reference.spelling(self)))
end

function Reference:__tostring() return ("<reference %s>"):format(reference.spelling(self)) end

-- Texts ------------------------------------------------------------------------

local function add_part(parts, part)
  if reference.is_text(part) then
    for _, inner in ipairs(part.parts) do parts[#parts + 1] = inner end
  elseif reference.is(part) or type(part) == "string" or type(part) == "number" then
    parts[#parts + 1] = type(part) == "number" and tostring(part) or part
  else
    misuse.raise(("a %s cannot be part of a text"):format(type(part)))
  end
end

--- Joins strings, numbers, references and texts into a text.
---@param ... any
---@return table text
function reference.join(...)
  local parts = {}
  for i = 1, select("#", ...) do add_part(parts, (select(i, ...))) end
  return setmetatable({ parts = parts }, Text)
end

Reference.__concat, Text.__concat = reference.join, reference.join

function Text:__tostring()
  local words = {}
  for i, part in ipairs(self.parts) do words[i] = tostring(part) end
  return table.concat(words)
end

--- Puts references into a format: each {} is one of them, in order; {{ is a brace.
---@param format string
---@param ... any
---@return table text
function reference.format(format, ...)
  local given, used, parts, from = table.pack(...), 0, {}, 1
  while true do
    local first, last = format:find("[{}][{}]", from)
    parts[#parts + 1] = format:sub(from, (first or 0) - 1)
    if not first then break end
    local mark = format:sub(first, last)
    if mark == "{}" then
      used = used + 1
      if used > given.n then misuse.raise(("the text has more {} than the %d values given"):format(given.n)) end
      add_part(parts, given[used])
    else
      if mark == "}{" then last = first end
      parts[#parts + 1] = mark:sub(1, 1)
    end
    from = last + 1
  end
  if used < given.n then misuse.raise(("the text has %d {}, but %d values were given"):format(used, given.n)) end
  return setmetatable({ parts = parts }, Text)
end

-- Inputs -------------------------------------------------------------------------

-- Tables that are looked into; others (files, exact numbers) are values.
local function is_plain(value)
  local meta = getmetatable(value)
  return meta == nil or meta == plain_array
end

local function visit(value, on_reference, on_string, seen)
  if type(value) == "string" then return on_string and on_string(value) end
  if type(value) ~= "table" then return end
  if reference.is(value) then return on_reference(value) end
  if reference.is_text(value) then
    for _, part in ipairs(value.parts) do visit(part, on_reference, on_string, seen) end
  elseif is_plain(value) and not seen[value] then
    seen[value] = true
    for _, item in next, value do visit(item, on_reference, on_string, seen) end
  end
end

--- Calls a function for each reference in an input, and another for each string.
---@param value any
---@param on_reference fun(reference: table)
---@param on_string? fun(text: string)
function reference.each(value, on_reference, on_string) visit(value, on_reference, on_string, {}) end

local function names_in(value)
  local names = {}
  for key in next, value do names[#names + 1] = tostring(key) end
  table.sort(names)
  if #names > names_shown then
    names[names_shown + 1] = ("and %d more"):format(#names - names_shown)
    names = table.move(names, 1, names_shown + 1, 1, {})
  end
  return #names == 0 and "nothing" or table.concat(names, ", ")
end

local function described(value)
  if value == nil then return "there is nothing" end
  if type(value) ~= "table" then return value == json.null and "it is null" or "it is a " .. type(value) end
  if json.is_array(value) then return ("it is a list of %d"):format(#value) end
  return "there is: " .. names_in(value)
end

local function missing(ref, depth, value)
  local walked = make(ref[STEP], table.move(ref[PATH], 1, depth - 1, 1, {}))
  return nil, failure.new {
    kind = "validation", retryable = false, billed = "no",
    message = ("%s does not exist: in %s %s"):format(
      reference.spelling(ref), reference.spelling(walked), described(value)),
  }
end

-- The value that a reference means.
local function value_of(ref, output_of)
  local value = output_of(ref[STEP])
  for i, key in ipairs(ref[PATH]) do
    local inner
    if type(value) == "table" then inner = value[key] end
    if inner == nil then return missing(ref, i, value) end
    value = inner
  end
  return value
end

local as_text = { string = true, number = true, boolean = true }

local function text_of(text, output_of)
  local words = {}
  for i, part in ipairs(text.parts) do
    local value, err = part, nil
    if reference.is(part) then value, err = value_of(part, output_of) end
    if value == nil then return nil, err end
    if not as_text[type(value)] and not json.is_number(value) then
      return nil, failure.new {
        kind = "validation", retryable = false, billed = "no",
        message = ("%s cannot stand in a text: %s"):format(reference.spelling(part), described(value)),
      }
    end
    words[i] = tostring(value)
  end
  return table.concat(words)
end

local fill

local function filled(template, output_of)
  local copy = {}
  for key, item in next, template do
    local value, err = fill(item, output_of)
    if value == nil then return nil, err end
    copy[key] = value
  end
  return getmetatable(template) == plain_array and json.array(copy) or copy
end

function fill(value, output_of)
  if type(value) ~= "table" then return value end
  if reference.is(value) then return value_of(value, output_of) end
  if reference.is_text(value) then return text_of(value, output_of) end
  if is_plain(value) then return filled(value, output_of) end
  return value
end

--- Puts values in the places of references.
---@param template any  an input
---@param output_of fun(step: table): any  the output of a step that is done
---@return any value, table? err  nil and an error that says what is there, when a reference leads nowhere
function reference.fill(template, output_of) return fill(template, output_of) end

return reference
