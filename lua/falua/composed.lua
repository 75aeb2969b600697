-- What `falua prompt` prints: prose or inputs, from words or from a template.
local failure = require "fal.core.error"
local folder = require "fal.prompt.folder"
local inputs = require "falua.inputs"
local notes = require "falua.notes"
local output = require "falua.output"
local prompt = require "fal.prompt"
local prompt_value = require "fal.prompt.value"
local template = require "fal.prompt.template"

local composed = {}

local function wrong(message) return failure.new { kind = "validation", message = message, retryable = false } end

-- Prints the input for a model.
local function print_input(value, more, values)
  local input, warnings = value:input(values["for"], more, { length = values.length })
  if not input then return nil, warnings end
  for _, warning in ipairs(warnings) do notes.say(output.harmless("note: " .. warning)) end
  return output.json(input, values.json or values.template ~= nil)
end

local function print_text(text, values)
  if values.json then return output.json(text) end
  return output.write((text:gsub("%s*\n%s*", " ")), "\n")
end

-- The words of the prompt, and what is left for the model.
local function parted(given, values)
  if not values["for"] then return given, {} end
  local own, more = {}, {}
  for name, value in pairs(given) do
    local place = prompt_value.knows(name) and own or more
    place[name] = value
  end
  return own, more
end

--- Prints a prompt made of key=value words.
---@param values table  the command's
---@return boolean|nil done
---@return string|table|nil err
function composed.from_words(values)
  local schema, hint
  if values["for"] then schema, hint = inputs.schema(values["for"]) end
  if hint then notes.say("note: " .. hint) end
  local given, problem = inputs.of(values.input, schema)
  if not given then return nil, problem end
  if next(given) == nil then return nil, "INPUT is missing" end
  local own, more = parted(given, values)
  local value, message = prompt_value.make(own)
  if not value then return nil, wrong(message) end
  if values["for"] then return print_input(value, more, values) end
  return print_text(value:text { length = values.length }, values)
end

local function open(values)
  local text, err = inputs.read(values.template)
  if not text then return nil, err end
  local made, message = template.make(text, { lists = values.lists }, folder.reader)
  if not made then return nil, wrong(("%s: %s"):format(values.template, message)) end
  return made
end

-- How many combinations there are; a value that is missing shows here.
local function counted(made, given)
  local ok, count, err = pcall(made.count, made, given)
  if not ok then return nil, wrong(count) end
  return count, err
end

-- An iterator over the texts that are wanted.
local function texts_of(made, given, values)
  if values.all then return made:each(given) end
  local list, err = made:sample(values.sample or 1, given, { seed = values.seed })
  if not list then return nil, err end
  local i = 0
  return function()
    i = i + 1
    return list[i]
  end
end

--- Prints texts from a template; the words are its values.
---@param values table  the command's
---@return boolean|nil done
---@return string|table|nil err
function composed.from_template(values)
  if values.all and values.sample then return nil, "'--all' and '--sample' exclude each other" end
  local given, made, err, count, each
  given, err = inputs.of(values.input)
  if not given then return nil, err end
  made, err = open(values)
  if not made then return nil, err end
  count, err = counted(made, given)
  if not count then return nil, err end
  if values.count then
    return output.write(tostring(count), "\n")
  end
  each, err = texts_of(made, given, values)
  if not each then return nil, err end
  for text in each do
    local going
    if values["for"] then going, err = print_input(prompt(text), {}, values) else going = print_text(text, values) end
    if not going then return nil, err end
  end
  return true
end

return composed
