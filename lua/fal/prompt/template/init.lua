-- Templates: texts with choices in them. Owns the template object and its
-- methods; reading, binding, drawing and walking are rooms of their own. Files
-- are not known here: who makes a template may say how a folder is read.
local bind = require "fal.prompt.template.bind"
local draw = require "fal.prompt.template.draw"
local failure = require "fal.core.error"
local parse = require "fal.prompt.template.parse"
local walk = require "fal.prompt.template.walk"
local words = require "fal.prompt.words"

local template = {}

local most_in_list = 100000
local option_names = { "lists", "seed" }

local methods = {}
local meta = { __name = "fal.template", __index = methods }
local held = setmetatable({}, { __mode = "k" })

meta.__tostring = function(self) return held[self].text end
meta.__newindex = function() error("a template never changes", 2) end

local function place(problem)
  return ("%s line %d, column %d"):format(problem.file or "template", problem.line, problem.column)
end

--- Makes a template; nil and a message if it is broken.
---@param text string
---@param options? table  lists = a folder of word lists, or a table of them
---@param folder? fun(path: string): function  gives the reader of a folder
function template.make(text, options, folder)
  if type(text) ~= "string" then return nil, "a template is made of a string, not of a " .. type(text) end
  if options ~= nil and type(options) ~= "table" then
    return nil, "the options are a table, not a " .. type(options)
  end
  for name in pairs(options or {}) do
    if name ~= "lists" then return nil, words.unknown("option", tostring(name), { "lists" }) end
  end
  local tree, problem = parse.read(text)
  if not tree then return nil, place(problem) .. ": " .. problem.message end
  draw.mark(tree)
  local self = setmetatable({}, meta)
  held[self] = { text = text, tree = tree, lists = options and options.lists, folder = folder }
  return self
end

-- Word lists given as a table: { animals = "cat\ndog" } or { animals = {...} }.
local function table_reader(lists)
  return function(name)
    local list = lists[name]
    if type(list) == "table" then list = table.concat(list, "\n") end
    if type(list) == "string" then return list end
    return nil, ("there is no word list %q"):format(name)
  end
end

local function reader(own, lists)
  if type(lists) == "table" then return table_reader(lists) end
  return lists and own.folder and own.folder(tostring(lists)) or nil
end

local function check_values(values)
  local texts = {}
  for name, value in pairs(values) do
    if name ~= "lists" then
      local plain = type(value) == "string" or math.type(value) or (getmetatable(value) or {}).__tostring
      if not plain then
        return nil, ("the value %q is one text, not a %s; alternatives are written {a|b}"):format(name, type(value))
      end
      texts[name] = tostring(value)
    end
  end
  return texts
end

local function check_options(options)
  for name in pairs(options or {}) do
    if name ~= "seed" and name ~= "lists" then
      return nil, words.unknown("option", tostring(name), option_names)
    end
  end
  local seed = options and options.seed or 1
  if math.type(seed) ~= "integer" then
    seed = math.tointeger(seed)
    if not seed then return nil, "the seed is not an integer" end
  end
  return seed
end

-- Binds values and lists. Gives bound, seed; or nil, an error object; or nil,
-- nil, a message for the caller who misused it.
local function prepare(self, values, options)
  if getmetatable(self) ~= meta then return nil, nil, "use a colon: t:sample(...)" end
  if type(values or {}) ~= "table" then return nil, nil, "the values are a table, not a " .. type(values) end
  local texts, message = check_values(values or {})
  if not texts then return nil, nil, message end
  local seed, wrong = check_options(options)
  if not seed then return nil, nil, wrong end
  local lists = options and options.lists or values and values.lists or held[self].lists
  local bound, problem = bind.template(held[self], texts, reader(held[self], lists))
  if bound then return bound, seed end
  message = place(problem) .. ": " .. problem.message
  if problem.kind == "misuse" then
    local given = {}
    for name in pairs(texts) do given[#given + 1] = name end
    table.sort(given)
    if #given > 0 then message = message .. "; given are " .. table.concat(given, ", ") end
    return nil, nil, message
  end
  return nil, failure.new {
    kind = problem.kind, message = message, line = problem.line, column = problem.column, file = problem.file,
  }
end

--- Draws one text.
---@param values? table  what stands for {name}; lists = folder of word lists
---@param options? table  seed (1), lists
---@return string|nil text, table|nil err
function methods:fill(values, options)
  local bound, seed, misuse = prepare(self, values, options)
  if misuse then error(misuse, 2) end
  if not bound then return nil, seed end
  return draw.texts(bound, 1, seed)[1]
end

--- Draws texts: the first n of an endless row that the seed determines.
---@param n integer
---@param values? table
---@param options? table  seed (1), lists
---@return string[]|nil texts, table|nil err
function methods:sample(n, values, options)
  if math.type(n) ~= "integer" or n < 0 then error("the number of samples is an integer from 0 on", 2) end
  local bound, seed, misuse = prepare(self, values, options)
  if misuse then error(misuse, 2) end
  if not bound then return nil, seed end
  return draw.texts(bound, n, seed)
end

--- Counts the combinations exactly, without making them.
---@param values? table
---@param options? table  lists
---@return integer|table|nil count  above 2^63 a number that prints its digits; tostring and :float() turn it
---@return table|nil err
function methods:count(values, options)
  local bound, err, misuse = prepare(self, values, options)
  if misuse then error(misuse, 2) end
  if not bound then return nil, err end
  return walk.count(bound)
end

--- Walks through all combinations, one text at a time.
---@param values? table
---@param options? table  lists
---@return fun(): string|nil, table|nil err
function methods:each(values, options)
  local bound, err, misuse = prepare(self, values, options)
  if misuse then error(misuse, 2) end
  if not bound then return nil, err end
  return walk.each(bound)
end

--- Lists all combinations; raises when there are more than 100,000.
---@param values? table
---@param options? table  lists
---@return string[]|nil texts, table|nil err
function methods:all(values, options)
  local bound, err, misuse = prepare(self, values, options)
  if misuse then error(misuse, 2) end
  if not bound then return nil, err end
  local count = walk.count(bound)
  if count > most_in_list then
    local digits = tostring(count)
    if #digits > 30 then digits = "a number of " .. #digits .. " digits of" end
    error(("there are %s combinations; all stops at %d, use each or sample"):format(digits, most_in_list), 2)
  end
  local texts = {}
  for text in walk.each(bound) do texts[#texts + 1] = text end
  return texts
end

return template
