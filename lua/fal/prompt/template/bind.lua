-- Puts values and word lists into a parsed template. The result is what the
-- rooms draw, count and walk work on:
--   a string;  a seq: an array of bound nodes;
--   a choice: { options, weights or nil, total, take or nil, id, is_list }
-- Word lists are read through a function, once each; a list that is used twice
-- is the same table twice. Refuses lists that include each other, and whatever
-- could grow into a text of unreasonable length.
local draw = require "fal.prompt.template.draw"
local parse = require "fal.prompt.template.parse"

local bind = {}

local most_extent = 100000 -- bytes of the longest text, and draws, together
local most_open = 100 -- lists inside lists

local bind_seq

local function problem(env, node, kind, message, ...)
  if env.problem then return nil end
  local line, column = parse.locate(env.text, node.position)
  env.problem = {
    kind = kind, message = message:format(...), file = env.file, line = line + env.line - 1, column = column,
  }
end

-- The text of one line of a list, which may be a template itself.
local function bind_line(env, text, file, number)
  if not text:find "[{}|\\#_$]" then return text, #text end
  local tree, wrong = parse.read(text, number)
  if not tree then
    wrong.kind, wrong.file = "validation", file
    env.problem = env.problem or wrong
    return "", 0
  end
  draw.mark(tree)
  local outer_text, outer_file, outer_line = env.text, env.file, env.line
  env.text, env.file, env.line = text, file, number
  local bound, extent = bind_seq(env, tree)
  env.text, env.file, env.line = outer_text, outer_file, outer_line
  return bound, extent
end

local function bind_lines(env, text, file)
  local lines, extent, number = {}, 0, 0
  for line in (text:gsub("^\u{FEFF}", "") .. "\n"):gmatch "(.-)\r?\n" do
    number = number + 1
    line = line:match "^%s*(.*%S)" or ""
    if line ~= "" and line:sub(1, 1) ~= "#" then
      local bound, most = bind_line(env, line, file, number)
      lines[#lines + 1] = bound
      extent = math.max(extent, most)
    end
  end
  return lines, extent
end

-- The lines of a word list, bound; every later use gets the same table.
local function open_list(env, node)
  local known = env.lists[node.name]
  if known then return known end
  for _, name in ipairs(env.open) do
    if name == node.name then
      local way = table.concat(env.open, " -> ")
      return problem(env, node, "validation", "the word list %s includes itself: %s -> %s", name, way, name)
    end
  end
  if #env.open >= most_open then
    return problem(env, node, "validation", "word lists include each other more than %d deep", most_open)
  end
  if not env.read then
    return problem(env, node, "config", "no word lists were given for __%s__; pass lists = \"folder\"", node.name)
  end
  local text, message = env.read(node.name)
  if not text then return problem(env, node, "io", "%s", message) end
  env.open[#env.open + 1] = node.name
  local lines, extent = bind_lines(env, text, node.name .. ".txt")
  env.open[#env.open] = nil
  if #lines == 0 then return problem(env, node, "validation", "the word list %s is empty", node.name) end
  env.lists[node.name] = { lines = lines, extent = extent }
  return env.lists[node.name]
end

local function bind_list(env, node)
  local list = open_list(env, node)
  if not list then return "", 0 end
  return { options = list.lines, id = node.id, is_list = true }, list.extent + 1
end

local function bind_name(env, node)
  local value = env.values[node.name]
  if value == nil then
    env.missing = node.name
    problem(env, node, "misuse", "no value is given for {%s}", node.name)
    return "", 0
  end
  return value, #value
end

local function even(weights)
  for position = 2, #weights do
    if weights[position] ~= weights[1] then return false end
  end
  return true
end

local function bind_choice(env, node)
  local bound = { options = {}, id = node.id, take = node.take, total = 0 }
  local extent = 0
  for position, option in ipairs(node.options) do
    local most
    bound.options[position], most = bind_seq(env, option)
    bound.total = bound.total + node.weights[position]
    extent = math.max(extent, most)
  end
  if node.take or not even(node.weights) then bound.weights = node.weights end
  return bound, 1 + (node.take and node.take * (extent + 2) or extent)
end

local binders = { choice = bind_choice, list = bind_list, name = bind_name }

-- A sequence of one is that one; neighbouring strings become one string.
function bind_seq(env, seq)
  local bound, extent = {}, 0
  for _, node in ipairs(seq) do
    local made, most = node, #node
    if type(node) == "table" then made, most = binders[node.kind](env, node) end
    extent = math.min(extent + most, most_extent + 1)
    if extent > most_extent then
      problem(env, { position = 1 }, "validation", "a text could grow beyond %d characters", most_extent)
    end
    if env.problem then return "", 0 end
    if type(made) == "string" and type(bound[#bound]) == "string" then
      bound[#bound] = bound[#bound] .. made
    else
      bound[#bound + 1] = made
    end
  end
  if #bound < 2 then return bound[1] or "", extent end
  return bound, extent
end

--- Binds a template.
---@param template { tree: table, text: string }
---@param values table<string, string>
---@param read fun(name: string): string|nil, string|nil  reads a word list, or nil and why not
---@return table|string|nil bound, table|nil problem  kind, message, line, column, file, missing
function bind.template(template, values, read)
  local env = {
    text = template.text, line = 1, values = values, read = read, lists = {}, open = {},
  }
  local bound = bind_seq(env, template.tree)
  if env.problem then
    env.problem.missing = env.missing
    return nil, env.problem
  end
  return bound
end

return bind
