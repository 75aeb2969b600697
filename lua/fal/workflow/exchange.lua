-- The service's own workflow JSON: written and read. Its references are strings
-- such as $node.images.0.url, counted from 0. What has no equivalent on the
-- other side is named, never dropped in silence.
local failure = require "fal.core.error"
local json = require "fal.core.json"
local reference = require "fal.workflow.reference"

local exchange = {}

local version <const> = "0.1"

local function refuse(message, more)
  local err = { kind = "validation", message = message, billed = "no", retryable = false }
  for name, value in pairs(more or {}) do err[name] = value end
  return nil, failure.new(err)
end

-- Writing --------------------------------------------------------------------------

-- Ids are parts of references, where a dot divides.
local function id_of(step) return (step.name:gsub("%.", "_")) end

local function spelled(ref, ids, step, lost)
  local origin = reference.step_of(ref)
  if not ids[origin] then
    lost[#lost + 1] = ("'%s' uses '%s', which is computed here"):format(step.name, origin.name)
    return json.null
  end
  local words = { "$" .. ids[origin] }
  for _, key in ipairs(reference.path_of(ref)) do
    if type(key) == "string" and not key:find "^[%a_][%w_-]*$" then
      lost[#lost + 1] = ("'%s': the name %q cannot stand in a reference"):format(step.name, key)
    end
    words[#words + 1] = type(key) == "number" and tostring(key - 1) or key
  end
  return table.concat(words, ".")
end

local written

local function text_written(text, ids, step, lost)
  if #text.parts == 1 and reference.is(text.parts[1]) then return spelled(text.parts[1], ids, step, lost) end
  lost[#lost + 1] = ("'%s': a text with references in it"):format(step.name)
  return tostring(text)
end

function written(value, ids, step, lost)
  if reference.is(value) then return spelled(value, ids, step, lost) end
  if reference.is_text(value) then return text_written(value, ids, step, lost) end
  if type(value) == "string" and value:find "^%$" then
    lost[#lost + 1] = ("'%s': a text that begins with $ would be taken for a reference"):format(step.name)
  end
  if type(value) ~= "table" or json.is_number(value) then return value end
  if getmetatable(value) and not json.is_array(value) then
    lost[#lost + 1] = ("'%s': a file, which must be uploaded first"):format(step.name)
    return json.null
  end
  local copy = {}
  for name, item in next, value do copy[name] = written(item, ids, step, lost) end
  return json.is_array(value) and json.array(copy) or copy
end

local words_for <const> = { map = "computed here", save = "a download", review = "a review" }

local function node_of(step, ids, lost)
  local node = { id = ids[step], type = "run", app = step.endpoint, depends = json.array {} }
  node.input = written(step.input, ids, step, lost)
  for _, need in ipairs(step.needs) do
    if ids[need] then table.insert(node.depends, ids[need]) end
  end
  for _, option in ipairs { "fallback", "timeout", "on_error", "fresh" } do
    if step.options[option] ~= nil then lost[#lost + 1] = ("'%s': the option %s"):format(step.name, option) end
  end
  return node
end

-- What nothing else uses is what the workflow gives.
local function results_of(session, ids)
  local used, output = {}, {}
  for _, step in ipairs(session.graph.steps) do
    for _, need in ipairs(ids[step] and step.needs or {}) do used[need] = true end
  end
  for _, step in ipairs(session.graph.steps) do
    if ids[step] and not used[step] then output[ids[step]] = "$" .. ids[step] end
  end
  return output
end

--- Writes a workflow as the service's JSON.
---@param session table
---@param opts? table  partial = true: write what can be written
---@return string? text, table lost_or_err  what has no equivalent there
function exchange.export(session, opts)
  local ids, nodes, lost, output = {}, {}, {}, nil
  for _, step in ipairs(session.graph.steps) do
    if step.kind == "call" then
      ids[step] = id_of(step)
      nodes[ids[step]] = node_of(step, ids, lost)
    elseif step.is_output then
      output = written(step.input, ids, step, lost)
    else
      lost[#lost + 1] = ("'%s' is %s"):format(step.name, words_for[step.kind])
    end
  end
  if #lost > 0 and not (opts and opts.partial) then
    return refuse("the service's workflows have no equivalent for: " .. table.concat(lost, "; "), {
      lost = lost, hint = "export with partial = true to leave these out",
    })
  end
  return json.encode {
    name = session.name, version = version, schema = { input = {}, output = {} }, nodes = nodes,
    output = output or results_of(session, ids),
  }, lost
end

-- Reading --------------------------------------------------------------------------

-- $name.path: the name and the keys, numbers counted from 1; nil when it is no reference.
local function parsed(text)
  local name, rest = text:match "^%$([%w_-]+)(.*)$"
  if not name or rest ~= "" and not rest:find "^%.[^%s]" then return nil end
  local keys = {}
  for key in rest:gmatch "[^.]+" do keys[#keys + 1] = key:find "^%d+$" and math.tointeger(key) + 1 or key end
  return name, keys
end

local function value_at(value, keys)
  for _, key in ipairs(keys) do
    if type(value) ~= "table" then return nil end
    value = value[key]
  end
  return value
end

-- The nodes that a value refers to.
local function each_node(value, nodes, fn)
  if type(value) == "string" then
    local name = parsed(value)
    if nodes[name] then fn(name) end
  elseif type(value) == "table" and not json.is_number(value) then
    for _, item in next, value do each_node(item, nodes, fn) end
  end
end

local function read(value, steps, input)
  if type(value) == "string" then
    local name, keys = parsed(value)
    if name == "input" then
      local given = value_at(input, keys)
      if given == nil then error({ missing = value }, 0) end
      return given
    end
    local ref = steps[name]
    if not ref then return value end
    for _, key in ipairs(keys) do ref = ref[key] end
    return ref
  end
  if type(value) ~= "table" or json.is_number(value) then return value end
  local copy = {}
  for name, item in next, value do copy[name] = read(item, steps, input) end
  return json.is_array(value) and json.array(copy) or copy
end

local function sorted_names(nodes)
  local names = {}
  for name in pairs(nodes) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- Nodes in an order in which each comes after those that it needs; nil where they go in a circle.
local function in_order(nodes)
  local order, state = {}, {}
  local function place(name)
    if state[name] == "placed" then return true end
    if state[name] == "open" then return false end
    state[name] = "open"
    local fine = true
    local function need(other) fine = fine and place(other) end
    for _, other in ipairs(nodes[name].depends or {}) do
      if nodes[other] then need(other) end
    end
    each_node(nodes[name].input or {}, nodes, need)
    state[name] = "placed"
    order[#order + 1] = name
    return fine
  end
  for _, name in ipairs(sorted_names(nodes)) do
    if not place(name) then return nil end
  end
  return order
end

-- What is no node of theirs at all, whatever its type.
local function fault_of(nodes)
  for _, name in ipairs(sorted_names(nodes)) do
    local node = nodes[name]
    if type(node) ~= "table" then return ("node '%s' is no object"):format(name) end
    for _, field in ipairs { "input", "depends" } do
      if type(node[field] or {}) ~= "table" then return ("node '%s': %s is no table"):format(name, field) end
    end
  end
end

local function name_of(definition)
  local name = type(definition.name) == "string" and definition.name:gsub("[^%w._ -]", "-"):gsub("^[^%w]+", "") or ""
  return name ~= "" and name or "imported"
end

local function build(definition, input, make)
  local nodes, lost, steps = definition.nodes, {}, {}
  local fault = fault_of(nodes)
  if fault then return refuse("no workflow: " .. fault) end
  local order = in_order(nodes)
  if not order then return refuse "the nodes depend on each other in a circle" end
  local wf = make(name_of(definition))
  for _, name in ipairs(order) do
    local node = nodes[name]
    if node.type == "run" and type(node.app) == "string" then
      steps[name] = wf:call(node.app, read(node.input or {}, steps, input), { name = name:gsub("^[^%w]+", "") })
    else
      lost[#lost + 1] = ("node '%s' of type '%s'"):format(name, tostring(node.type))
    end
  end
  if type(definition.output) == "table" and next(definition.output) then
    wf:output(read(definition.output, steps, input))
  end
  return wf, lost
end

--- Reads a workflow from the service's JSON.
---@param definition string|table
---@param input table  values for $input
---@param make fun(name: string): table  makes the workflow
---@return table? workflow, table lost_or_err
function exchange.import(definition, input, make)
  if type(definition) == "string" then
    local decoded, why = json.decode(definition)
    if type(decoded) ~= "table" then return refuse("no workflow: " .. (why or "not an object")) end
    definition = decoded
  end
  if type(definition.nodes) ~= "table" then return refuse "no workflow: it has no nodes" end
  local ok, wf, lost = pcall(build, definition, input, make)
  if ok then return wf, lost end
  if type(wf) == "table" and wf.missing then
    return refuse(("%s has no value; give it as input"):format(wf.missing), {
      hint = ("with falua workflow as a word: %s=VALUE"):format(wf.missing:gsub("^%$input%.?", "")),
    })
  end
  return refuse("no workflow: " .. tostring(wf):gsub("^[^:]+:%d+: ", ""))
end

return exchange
