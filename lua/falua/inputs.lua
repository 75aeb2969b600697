-- The words key=value of a command line, as an input table. Where the
-- endpoint's schema is known, a value gets the type that its field has.
--
--   key=text  key:=json  key=@file  key:=@file.json  a.b=c  list[]=x  -
local failure = require "fal.core.error"
local fal = require "fal"
local ioerror = require "fal.ioerror"
local json = require "fal.core.json"
local path = require "falua.path"
local task = require "fal.task"

local inputs = {}

local patience <const> = 5 -- seconds in which the service may tell what a model takes

local function field_named(fields, name)
  for _, field in ipairs(fields or {}) do
    if field.name == name then return field end
  end
end

-- The field at a place, as far as the schema tells.
local function field_at(schema, steps)
  local field = { fields = schema and schema.input }
  for _, step in ipairs(steps) do
    if type(step) == "string" then field = field_named(field.fields, step) else field = field.items end
    if not field then return nil end
  end
  return field
end

local function takes(field, kind)
  if field.type == kind then return true end
  for _, form in ipairs(field.any or {}) do
    if takes(form, kind) then return true end
  end
  return false
end

local function is_number(text)
  return text:find "^%-?%d+%.?%d*[eE]?[+-]?%d*$" and json.decode(text) ~= nil
end

-- A text as the field wants it; what does not fit stays a text, for the check
-- of the whole input to name.
local function typed(field, text)
  if not field or takes(field, "string") then return text end
  if (takes(field, "integer") or takes(field, "number")) and is_number(text) then return json.decode(text) end
  if takes(field, "boolean") and (text == "true" or text == "false") then return text == "true" end
  return text
end

--- Reads a whole file.
---@param name string
---@return string|nil text
---@return table|nil err
function inputs.read(name)
  local file <close>, message = io.open(name, "rb")
  local text
  if file then text, message = file:read "a" end
  if text then return text end
  return nil, ioerror(message, name)
end

local function unfit(what, why)
  return failure.new { kind = "validation", message = ("%s: %s"):format(what, why), retryable = false, billed = "no" }
end

local function decode(text, what)
  local value, message = json.decode(text)
  if value ~= nil then return value end
  return nil, unfit(what, message)
end

-- The value of one word; `raw` is JSON, `from` names a file.
local function value_of(word, field, raw, from, text)
  if raw then
    local json_text, err = text, nil
    if from then json_text, err = inputs.read(text) end
    if not json_text then return nil, err end
    return decode(json_text, word)
  end
  if not from then return typed(field, text) end
  local readable <close>, message = io.open(text, "rb")
  if not readable then return nil, ioerror(message, text) end
  return fal.file(text)
end

local function add_word(input, word, schema)
  local key, colon, at, text = word:match "^(.-)(:?)=(@?)(.*)$"
  local steps = key and path.parse(key)
  if not steps then return nil, ("'%s' is not key=value"):format(word) end
  if at ~= "" and text == "" then return nil, ("'%s' names no file"):format(word) end
  local value, problem = value_of(word, field_at(schema, steps), colon ~= "", at ~= "", text)
  if value == nil then return nil, problem end
  return path.set(input, steps, value)
end

local function read_standard_input()
  local value, problem = decode(io.read "a" or "", "standard input")
  if value == nil then return nil, problem end
  if type(value) == "table" and not json.is_array(value) and value ~= json.null then return value end
  return nil, unfit("standard input", "not a JSON object")
end

-- Words stand above what comes from standard input.
local function lay_over(below, above)
  for key, value in pairs(above) do
    local both = type(value) == "table" and type(below[key]) == "table" and not json.is_array(value)
    if both and getmetatable(value) == nil then lay_over(below[key], value) else below[key] = value end
  end
  return below
end

--- Makes an input of words.
---@param words string[]
---@param schema table|nil  of the endpoint
---@return table|nil input
---@return string|table|nil problem  a text about the words, or an error
function inputs.of(words, schema)
  local input, below = {}, nil
  for _, word in ipairs(words) do
    local done, problem
    if word ~= "-" then
      done, problem = add_word(input, word, schema)
    elseif below then
      problem = "'-' is given twice"
    else
      below, problem = read_standard_input()
      done = below
    end
    if not done then return nil, problem end
  end
  return below and lay_over(below, input) or input
end

--- The schema of an endpoint for reading words: what is known here, else what
--- the service says; nil when nobody says anything.
---@param endpoint string
---@return table|nil schema
---@return string|nil hint  where it seems to be a slip
function inputs.schema(endpoint)
  local in_time, schema, err = task.within(patience, fal.schema, endpoint)
  if not in_time then return nil end
  return schema, err and err.hint
end

return inputs
