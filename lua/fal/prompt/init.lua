-- Prompts: composing them in Lua. The way into the rooms beside this one;
-- assembles prompt values, shots, templates and rows, and gives them the
-- methods that look outward: the input of an endpoint, and the paragraph that
-- the service writes (the only call to it in this folder).
local adapt = require "fal.prompt.adapt"
local folder = require "fal.prompt.folder"
local generator = require "fal.prompt.generator"
local rows = require "fal.prompt.rows"
local shots = require "fal.prompt.shots"
local template = require "fal.prompt.template"
local value = require "fal.prompt.value"
local words = require "fal.prompt.words"

local prompt = {}
local methods = value.methods

local most_variations = 100000

--- The words of fal-ai/video-prompt-generator, in the order of its page.
prompt.vocabulary = {}
for _, name in ipairs { "style", "camera", "direction", "pacing", "effects", "model", "length" } do
  prompt.vocabulary[name] = words.list(name)
end

local function piece_of(self)
  if shots.is(self) then return shots.piece(self) end
  if value.is(self) then return { fields = value.fields(self) } end
end

local function check_call(piece, endpoint, more)
  if not piece then return "use a colon: p:input(endpoint)" end
  if type(endpoint) ~= "string" then return "the endpoint is a string, not a " .. type(endpoint) end
  if more ~= nil and type(more) ~= "table" then return "the further fields are a table, not a " .. type(more) end
end

--- Makes the whole input of an endpoint, and checks it.
---@param endpoint string
---@param more? table  further fields of the input
---@param options? table  length = "Short", "Medium" (the default) or "Long"
---@return table|nil input, table warnings_or_err  a list of what was lost; or the error
function methods:input(endpoint, more, options)
  local piece = piece_of(self)
  local misuse = check_call(piece, endpoint, more)
  local length, message = value.length(options)
  if misuse or not length then error(misuse or message, 2) end
  return adapt.input(piece, endpoint, more or {}, length)
end

local own_options = { "model", "prompt_length", "image_url", "custom_elements" }

--- Has the paragraph written by fal-ai/video-prompt-generator.
---@param options? table  model, prompt_length, image_url, custom_elements; besides, those of fal.subscribe
---@return string|nil text, table|nil err
function methods:expand(options)
  local piece = piece_of(self)
  if not piece then error("use a colon: p:expand()", 2) end
  if options ~= nil and type(options) ~= "table" then error("the options are a table, not a " .. type(options), 2) end
  local more, rest = {}, {}
  for name, content in pairs(options or {}) do rest[name] = content end
  for _, name in ipairs(own_options) do more[name], rest[name] = rest[name], nil end
  local made, err = adapt.input(piece, generator.endpoint, more, "Medium")
  if not made then return nil, err end
  local output, wrong = require("fal").subscribe(generator.endpoint, made, rest)
  if not output then return nil, wrong end
  return output.prompt
end

-- The choices for each field, in the order of fields; or nil and a message.
local function choices_of(given)
  local list, count = {}, 1
  for _, name in ipairs(value.names()) do
    local options = given[name]
    if options ~= nil then
      if type(options) ~= "table" or options.custom then
        return nil, ("the variations of %q are a list"):format(name)
      end
      list[#list + 1] = { name = name, options = options }
      count = math.min(count * #options, most_variations + 1)
    end
  end
  if count > most_variations then
    return nil, ("there are more than %d variations"):format(most_variations)
  end
  return list
end

local function vary_from(base, choices, position, made)
  local choice = choices[position]
  if not choice then
    made[#made + 1] = base
    return made
  end
  for _, option in ipairs(choice.options) do
    local changed, message = value.with(base, { [choice.name] = option })
    if not changed then return nil, message end
    local ok, why = vary_from(changed, choices, position + 1, made)
    if not ok then return nil, why end
  end
  return made
end

--- Lists the prompts with each combination of the given contents; the field
--- that comes last in the order of fields turns fastest.
---@param given table<string, table>  lists of contents by field
---@return table[] prompts
function methods:vary(given)
  if type(given) ~= "table" then error("the variations are a table of lists", 2) end
  for name in pairs(given) do
    if not value.knows(name) then error(words.unknown("field", tostring(name), value.names()), 2) end
  end
  local choices, message = choices_of(given)
  local made
  if choices then made, message = vary_from(self, choices, 1, {}) end
  if not made then error(message, 2) end
  return made
end

shots.methods.input, shots.methods.expand = methods.input, methods.expand

--- Lets any text stand where a word of the vocabulary is asked for.
---@param text string
---@return table custom
function prompt.custom(text)
  if type(text) ~= "string" or not text:find "%S" then error("prompt.custom takes a text", 2) end
  return value.custom(text)
end

--- Makes a prompt of several shots in order.
---@param given table  the shots by number; shared fields by name
---@return table shots
function prompt.shots(given)
  local row, message = shots.make(given)
  if not row then error(message, 2) end
  return row
end

--- Makes a template; a broken one raises with line and column.
---@param text string
---@param options? table  lists = a folder of word lists, or a table of them
---@return table template
function prompt.template(text, options)
  local made, message = template.make(text, options, folder.reader)
  if not made then error(message, 2) end
  return made
end

--- Makes prompts of rows: a CSV text with a head, or lines.
---@param source string|string[]|fun(): string|nil  a text, a list of lines, or an iterator such as io.lines(path)
---@return table[]|nil prompts, table[] others_or_err  for each prompt the cells that are no fields, by name
function prompt.table(source)
  local text = source
  if type(source) == "table" then text = table.concat(source, "\n") end
  if type(source) == "function" then
    local lines = {}
    for line in source do lines[#lines + 1] = line end
    text = table.concat(lines, "\n")
  end
  if type(text) ~= "string" then error("the rows are a text, a list of lines or an iterator", 2) end
  return rows.read(text)
end

--- Tells whether this is a prompt, or a row of shots.
---@param any any
---@return boolean
function prompt.is(any) return value.is(any) or shots.is(any) end

return setmetatable(prompt, {
  __call = function(_, given)
    local made, message = value.make(given)
    if not made then error(message, 2) end
    return made
  end,
})
