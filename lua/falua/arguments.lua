-- The arguments of a command, from a description: parsed, and as help. Knows
-- nothing of any command; prints nothing.
--
-- A description has `summary` and, where they apply:
--   options   a list of { name = "port", short = "p", value = "N", type =
--             "integer", default = 8080, choices = {...}, help = "..." };
--             without `value` it is a switch; a hidden one is not in the help.
--             Types are string, integer, number and seconds; numbers may have
--             `least` and `most`; for others give `convert`, a function of the
--             text; `wanted` says in words what is right
--   operands  a list of { name = "ENDPOINT", help = "...", optional = true,
--             many = true, choices = {...} }; a hidden one as above;
--             `offers` are choices for completion only
--   examples  a list of command lines
--   more      a function of the values that gives further help
local nearest = require "fal.nearest"

local arguments = {}

local help_option <const> = { name = "help", help = "show this help" }

-- Options by what stands on the command line: "--port" and "-p".
local function options_of(description)
  local by_name = { ["--help"] = help_option, ["-h"] = help_option }
  for _, option in ipairs(description.options or {}) do
    by_name["--" .. option.name] = option
    if option.short then by_name["-" .. option.short] = option end
  end
  return by_name
end

-- Values are kept under names that can be written after a dot.
local function key_of(name) return (name:lower():gsub("-", "_")) end

local convert = {
  string = function(text) return text end,
  integer = function(text) return text:find "^[+-]?%d+$" and math.tointeger(tonumber(text)) end,
  number = function(text) return text:find "^[%d.+-]" and tonumber(text) end,
  seconds = function(text)
    local seconds = text:find "^[%d.]" and tonumber(text)
    return seconds and seconds > 0 and seconds
  end,
}

local wanted = { integer = "an integer", number = "a number", seconds = "a number of seconds above 0" }

local function chosen(choices, value)
  for _, choice in ipairs(choices) do
    if choice == value then return true end
  end
  return false
end

local function in_range(spec, value)
  return not (spec.least and value < spec.least or spec.most and value > spec.most)
end

-- The value of an option or operand; nil and what is wrong with it.
local function value_of(spec, label, text)
  local kind = spec.type or "string"
  local value = (spec.convert or convert[kind])(text)
  if value == nil or value == false or not in_range(spec, value) then
    return nil, ("%s needs %s, not '%s'"):format(label, spec.wanted or wanted[kind], text)
  end
  if spec.choices and not chosen(spec.choices, text) then
    return nil, ("%s must be one of %s, not '%s'"):format(label, table.concat(spec.choices, ", "), text)
  end
  return value
end

-- Cuts a word into the option's name and what is attached to it.
local function split(word)
  if word:find "^%-%-" then
    local name, value = word:match "^(%-%-[^=]*)=(.*)$"
    return name or word, value
  end
  return word:sub(1, 2), #word > 2 and word:sub(3) or nil
end

-- Says that there is no such option, and which one may be meant.
local function unknown(word, name, by_name)
  local names = {}
  for known in pairs(by_name) do names[#names + 1] = #known > 2 and known or nil end
  table.sort(names)
  local meant = #name > 2 and nearest.of(name, names, 0.4)
  return ("unknown option '%s'%s"):format(word, meant and ("; did you mean '%s'?"):format(meant) or "")
end

-- Takes list[i], "--name", "--name=value", "-n" or "-nvalue", into `values`;
-- returns the index of the next word, or nil and what is wrong.
local function take_option(values, by_name, list, i)
  local name, text = split(list[i])
  local option = by_name[name]
  if not option then return nil, unknown(list[i], name, by_name) end
  if not option.value then
    if text then return nil, ("'%s' takes no value"):format(name) end
    values[key_of(option.name)] = true
    return i + 1
  end
  if not text then
    i = i + 1
    text = list[i]
    if not text then return nil, ("'%s' needs a value (%s)"):format(name, option.value) end
  end
  local value, problem = value_of(option, ("'%s'"):format(name), text)
  if value == nil then return nil, problem end
  values[key_of(option.name)] = value
  return i + 1
end

-- Hands the words that are no options to the operands, in order.
local function take_operands(values, description, words)
  local operands = description.operands or {}
  local i = 1
  for _, operand in ipairs(operands) do
    local key = key_of(operand.name)
    if not words[i] and not operand.optional and not values.help then return nil, operand.name .. " is missing" end
    if operand.many and (words[i] or not values.help) then
      values[key] = table.move(words, i, #words, 1, {})
      i = #words + 1
    elseif words[i] then
      local problem
      values[key], problem = value_of(operand, operand.name, words[i])
      if problem then return nil, problem end
      i = i + 1
    end
  end
  if words[i] and not values.help then return nil, ("unexpected argument '%s'"):format(words[i]) end
  return values
end

--- Parses a list of words. Options and operands may mix; `--` ends the options.
--- Beside --help operands may be missing.
---@param description table  what the command takes
---@param list string[]  the words
---@return table|nil values  by name, `-` as `_`, operands in lower case
---@return string|nil problem  what is wrong with the words
function arguments.parse(description, list)
  local by_name, values, words = options_of(description), {}, {}
  for _, option in pairs(by_name) do values[key_of(option.name)] = option.default end
  local i = 1
  while list[i] do
    if list[i] == "--" then
      table.move(list, i + 1, #list, #words + 1, words)
      break
    elseif list[i]:find "^%-." then
      local next_i, problem = take_option(values, by_name, list, i)
      if not next_i then return nil, problem end
      i = next_i
    else
      words[#words + 1] = list[i]
      i = i + 1
    end
  end
  return take_operands(values, description, words)
end

-- Two columns, the second one aligned.
local function columns(lines, rows)
  local width = 0
  for _, row in ipairs(rows) do width = math.max(width, #row[1]) end
  for _, row in ipairs(rows) do
    lines[#lines + 1] = ("  %-" .. width .. "s  %s"):format(row[1], row[2])
  end
end

-- Those of a list that are not hidden.
local function shown(specs)
  local list = {}
  for _, spec in ipairs(specs or {}) do
    if not spec.hidden then list[#list + 1] = spec end
  end
  return list
end

--- Lists the options of a command that are shown, --help among them.
---@param description table
---@return table[] options
function arguments.options(description)
  local list = shown(description.options)
  list[#list + 1] = help_option
  return list
end

--- Lists operands and options with their help, as they stand in it.
---@param description table
---@return table[] rows  { "-o, --output FOLDER", "what it does" }
function arguments.rows(description)
  local rows = {}
  for _, operand in ipairs(shown(description.operands)) do rows[#rows + 1] = { operand.name, operand.help } end
  for _, option in ipairs(arguments.options(description)) do
    local help, short = option.help, option.short and "-" .. option.short .. ", " or ""
    if option.default ~= nil then help = ("%s (default: %s)"):format(help, option.default) end
    rows[#rows + 1] = { ("%s--%s%s"):format(short, option.name, option.value and " " .. option.value or ""), help }
  end
  return rows
end

--- Returns the line that says how a command is called.
---@param name string  the command as it is typed, "falua sandbox"
---@param description table  what it takes
---@return string line
function arguments.usage(name, description)
  local words = { "usage:", name, "[options]" }
  for _, operand in ipairs(shown(description.operands)) do
    local word = operand.name .. (operand.many and "..." or "")
    words[#words + 1] = operand.optional and "[" .. word .. "]" or word
  end
  return table.concat(words, " ")
end

--- Returns the help of a command.
---@param name string  the command as it is typed, "falua sandbox"
---@param description table  what it takes
---@param more string|nil  what follows the examples
---@return string text  several lines
function arguments.help(name, description, more)
  local lines = { arguments.usage(name, description), "", description.summary, "" }
  columns(lines, arguments.rows(description))
  if description.examples then
    lines[#lines + 1] = "\nExamples:"
    for _, example in ipairs(description.examples) do lines[#lines + 1] = "  " .. example end
  end
  if more then lines[#lines + 1] = "\n" .. more end
  return table.concat(lines, "\n")
end

return arguments
