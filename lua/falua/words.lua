-- What may come next on a command line of falua: commands, options, models,
-- the fields of a model and their values. From the built-in catalogue and the
-- schemas that are kept on this machine; asks nobody. For the completion of
-- shells; knows no shell.
local arguments = require "falua.arguments"
local help = require "falua.help"
local known = require "falua.known"

local words = {}

local files <const> = { FILE = true, FOLDER = true, PATH = true }

-- A list of { word, help } that grows, and whether files fit too.
local function adder(prefix)
  local found = { files = false }
  return found, function(word, note)
    if word:sub(1, #prefix) == prefix then found[#found + 1] = { word, note or "" } end
  end
end

local function add_endpoints(add)
  for _, id in ipairs(known.endpoints()) do add(id) end
end

-- The fields that an INPUT may name: of the model, or of a prompt.
local function fields_for(command, values)
  local schema = (values.endpoint or values["for"]) and known.schema(values.endpoint or values["for"])
  local list = {}
  if command == "prompt" then
    local prompt = require "fal.prompt"
    for _, name in ipairs(require("fal.prompt.value").names()) do
      list[#list + 1] = { name = name, description = "", enum = prompt.vocabulary[name] }
    end
  end
  return table.move(schema and schema.input or {}, 1, schema and #schema.input or 0, #list + 1, list)
end

local function add_values(add, field, before)
  local place = field.items or field
  for _, value in ipairs(place.enum or {}) do add(before .. tostring(value)) end
  if field.type == "boolean" then
    add(before .. "true")
    add(before .. "false")
  end
end

local function given_names(values)
  local names = {}
  for _, word in ipairs(values.input or {}) do names[word:match "^([^=:%[.]*)"] = true end
  return names
end

-- Names that are still to be given, or the values of the one that is.
local function add_inputs(found, add, fields, values, current)
  local before, name = current:match "^(([^=:%[.]*)[^=]*=)"
  if current:find "^[^=]*=@" then
    found.files = true
    return
  end
  local given = given_names(values)
  for _, field in ipairs(fields) do
    local list = field.type == "list" and "[]" or ""
    if before and field.name == name then
      add_values(add, field, before)
    elseif not before and (list ~= "" or not given[field.name]) then
      add(field.name .. list .. "=", field.description)
    end
  end
end

local function add_options(add, description)
  for _, option in ipairs(arguments.options(description)) do add("--" .. option.name, option.help) end
end

-- What an option's value or an operand may be.
local function add_kind(found, add, spec, name)
  for _, choice in ipairs(spec.choices or spec.offers or {}) do add(choice) end
  if name == "ENDPOINT" then add_endpoints(add) end
  if files[name] then found.files = true end
end

local function option_named(description, word)
  for _, option in ipairs(description.options or {}) do
    if word == "--" .. option.name or option.short and word == "-" .. option.short then return option end
  end
end

-- Gives the words to the operands; returns the operand that comes next.
local function next_operand(operands, plain, values)
  for i, operand in ipairs(operands or {}) do
    local key = operand.name:lower()
    if operand.many then
      values[key] = table.move(plain, i, #plain, 1, {})
      return operand
    end
    if not plain[i] then return operand end
    values[key] = plain[i]
  end
end

-- Reads the words before the current one: the values so far, the operand that
-- comes next, the option that waits for its value, whether options are over.
local function read(description, before)
  local state, plain = { values = {} }, {}
  for _, word in ipairs(before) do
    if state.waiting then
      state.values[state.waiting.name], state.waiting = word, nil
    elseif not state.over and word == "--" then
      state.over = true
    elseif not state.over and word:find "^%-." then
      local option = option_named(description, word)
      state.waiting = option and option.value and option or nil
    else
      plain[#plain + 1] = word
    end
  end
  state.operand = next_operand(description.operands, plain, state.values)
  return state
end

local function after_command(command, before, current)
  local description = require("falua.commands." .. command)
  local state = read(description, before)
  local found, add = adder(current)
  if state.waiting then
    add_kind(found, add, state.waiting, state.waiting.value)
  elseif not state.over and current:find "^%-" then
    add_options(add, description)
  elseif state.operand and state.operand.name == "INPUT" then
    add_inputs(found, add, fields_for(command, state.values), state.values, current)
  elseif state.operand then
    add_kind(found, add, state.operand, state.operand.name)
  end
  return found
end

-- The place of the command among the words: behind falua's own options.
local function command_at(list)
  local i = 1
  while i < #list and list[i]:find "^%-." do
    local takes_value = list[i] == "-e" or list[i] == "-l"
    i = i + (takes_value and 2 or 1)
  end
  return i
end

--- Lists what may stand in the place of the last word.
---@param list string[]  the words after "falua"; the last one may be begun or empty
---@return table found  { word, help } each; `files` when file names fit too
function words.next(list)
  local at, current = command_at(list), list[#list] or ""
  if at < #list then
    if package.preload["falua.commands." .. list[at]] then
      return after_command(list[at], table.move(list, at + 1, #list - 1, 1, {}), current)
    end
    return { files = true }
  end
  local found, add = adder(current)
  found.files = true
  for _, name in ipairs(help.commands()) do add(name, require("falua.commands." .. name).summary) end
  for _, option in ipairs(help.options) do
    if current:find "^%-" then add(option[1], option[2]) end
  end
  return found
end

return words
