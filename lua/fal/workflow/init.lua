-- Workflows: many calls, each paid once, taken up again wherever they stopped,
-- priced before they run. This room makes workflow objects: what users write
-- becomes steps of a graph; the rooms beside it run, price and draw them.
local failure = require "fal.core.error"
local file = require "fal.file"
local graph = require "fal.workflow.graph"
local ioerror = require "fal.ioerror"
local json = require "fal.core.json"
local misuse = require "fal.misuse"
local money = require "fal.money"
local options = require "fal.options"
local reference = require "fal.workflow.reference"
local session = require "fal.workflow.session"
local task = require "fal.task"

local workflow = {}

local NEW <const> = options.set "budget journal:text allow_unknown_price:flag client:table"
local CALL <const> = options.set "name:text fallback:table timeout:seconds on_error fresh:flag"
local MAP <const> = options.set "name:text fresh:flag on_error timeout:seconds"
local NAMED <const> = options.set "name:text"

local Workflow = { __name = "fal.workflow" }
Workflow.__index = Workflow

local records = setmetatable({}, { __mode = "k" }) -- workflow -> its session; users see methods only

local function session_of(self)
  local made = records[self]
  if not made then misuse.raise "call the methods of a workflow with a colon: wf:call(...)" end
  return made
end

local function copy(value)
  local meta = type(value) == "table" and getmetatable(value)
  if type(value) ~= "table" or meta and not json.is_array(value) then return value end
  local made = {}
  for name, item in next, value do made[name] = copy(item) end
  return meta and setmetatable(made, meta) or made
end

local function check_on_error(opts, what)
  local wish = opts and opts.on_error
  if wish == nil or wish == "stop" or wish == "skip" then return end
  misuse.raise(([[option 'on_error' for '%s' must be "stop" or "skip"]]):format(what))
end

local sorts <const> = { outage = true, refusal = true }

local function check_fallback(list)
  for _, item in ipairs(list or {}) do
    local endpoint = type(item) == "table" and item[1] or item
    if type(endpoint) ~= "string" then misuse.raise "option 'fallback' for 'call' is a list of endpoints" end
    for _, sort in ipairs(type(item) == "table" and item.on or {}) do
      if not sorts[sort] then misuse.raise [[a fallback is for "outage" or "refusal"]] end
    end
  end
end

-- Steps ----------------------------------------------------------------------------

local function add(made, kind, opts, fields)
  fields.name, fields.options = opts and opts.name, copy(opts or {})
  return reference.to(made.graph:add(kind, fields))
end

--- Adds a call.
---@param endpoint string
---@param input table  may hold references
---@param opts? table  name, fallback, timeout, on_error, fresh
---@return table step  a reference to its output
function Workflow:call(endpoint, input, opts)
  local made = session_of(self)
  misuse.check(endpoint, "string", 1, "call")
  misuse.check(input, "table", 2, "call")
  options.check(opts, CALL, "call")
  check_on_error(opts, "call")
  check_fallback(opts and opts.fallback)
  return add(made, "call", opts, { base = endpoint, endpoint = endpoint, input = copy(input) })
end

--- Calls a function for each item and lists the steps that it returns.
---@param list table
---@param fn fun(item: any, index: integer): any
---@return table steps
function Workflow:each(list, fn)
  session_of(self)
  misuse.check(fn, "function", 2, "each")
  if reference.is(list) then misuse.raise "wf:each takes a list that is there; for a step's output use wf:map" end
  misuse.check(list, "table", 1, "each")
  local steps = {}
  for i, item in ipairs(list) do steps[i] = fn(item, i) end
  return steps
end

--- Makes a string with references in it: each {} is one of them.
---@param format string
---@param ... any
---@return table text
function Workflow:text(format, ...)
  session_of(self)
  misuse.check(format, "string", 1, "text")
  return reference.format(format, ...)
end

local function check_words(words)
  local makes = false
  for _, word in ipairs(words) do
    if type(word) ~= "string" and type(word) ~= "number" then misuse.raise "the words of a command are strings" end
    makes = makes or tostring(word):find "{out%.?%w*}" ~= nil
  end
  if not makes then misuse.raise "one of the words of a command is {out.SUFFIX}, the file that it makes" end
end

--- Adds a step that is computed here.
---@param source any  a step, a reference, or a table with references
---@param work function|table  a function of its value, or the words of a command
---@param opts? table  name, fresh, on_error, timeout (of a command)
---@return table step
function Workflow:map(source, work, opts)
  local made = session_of(self)
  options.check(opts, MAP, "map")
  check_on_error(opts, "map")
  if type(work) == "table" then check_words(work) else misuse.check(work, "function", 2, "map") end
  if opts and opts.timeout and type(work) ~= "table" then misuse.raise "option 'timeout' for 'map' is for commands" end
  return add(made, "map", opts, {
    base = type(work) == "table" and tostring(work[1]) or nil, input = copy(source), work = copy(work),
  })
end

--- Names what the workflow gives as a whole: a step 'output'.
---@param template any  a table with references
---@return table step
function Workflow:output(template)
  local made = session_of(self)
  return add(made, "map", { name = "output" }, {
    input = copy(template), work = function(value) return value end, is_output = true,
  })
end

-- The steps of a list of references, each once.
local function steps_in(template)
  local list, seen = {}, {}
  reference.each(template, function(ref)
    local step = reference.step_of(ref)
    if not seen[step] then
      seen[step] = true
      list[#list + 1] = step
    end
  end)
  table.sort(list, function(a, b) return a.index < b.index end)
  return list
end

--- Adds a gate: no step after it is sent before these were approved.
---@param steps table  a step, or a list
---@param opts? table  name
---@return table step
function Workflow:review(steps, opts)
  local made = session_of(self)
  options.check(opts, NAMED, "review")
  local reviewed = steps_in(steps)
  if #reviewed == 0 then misuse.raise "bad argument #1 to 'review' (a step, or a list of steps, expected)" end
  return add(made, "review", opts, { input = copy(steps), reviewed = reviewed })
end

--- Adds a download of the files of some steps.
---@param steps table  a step, a reference, or a list
---@param pattern string  a path with {step}, {n}, {name} or {ext}
---@param opts? table  name
---@return table step  a list of paths
function Workflow:save(steps, pattern, opts)
  local made = session_of(self)
  misuse.check(pattern, "string", 2, "save")
  options.check(opts, NAMED, "save")
  if #steps_in(steps) == 0 then misuse.raise "bad argument #1 to 'save' (a step, or a list of steps, expected)" end
  if pattern:sub(-1) == "/" then pattern = pattern .. "{step}-{n}.{ext}" end
  return add(made, "save", opts, { input = copy(steps), pattern = pattern })
end

-- What can be done with it -----------------------------------------------------------

for _, name in ipairs(session.methods) do
  Workflow[name] = function(self, ...) return session[name](session_of(self), ...) end
end

--- Runs the workflow when its file is run as a script, with a live view on
--- standard error; does nothing when `falua workflow` loads the file. A failure
--- is raised. What a workflow file ends with: return wf:main()
---@param opts? table  as for run
---@return table workflow
---@return table? outputs
function Workflow:main(opts)
  local made = session_of(self)
  if session.is_loading() then return self end
  local all = copy(opts or {})
  local close
  if not all.on_event then all.on_event, close = require("fal.workflow.view").on(io.stderr) end
  local _ <close> = task.closing(close or function() end)
  local outputs, info = session.run(made, all)
  if not outputs then error(info, 0) end
  return self, outputs
end

function Workflow:__tostring()
  local made = session_of(self)
  return ("fal.workflow '%s' (%d steps)"):format(made.name, #made.graph.steps)
end

local function exact_budget(budget)
  if budget == nil then return nil end
  local amount = type(budget) == "number" and money.from_number(budget)
  if not amount then misuse.raise "option 'budget' for 'workflow' is a number of dollars" end
  return amount
end

-- The file in which the workflow is written, for the commands that go on with it.
local function file_of(level)
  local source = debug.getinfo(level, "S").source
  return source:sub(1, 1) == "@" and source:sub(2) or "FILE"
end

local function new(_, name, opts)
  misuse.check(name, "string", 1, "workflow")
  options.check(opts, NEW, "workflow")
  opts = opts or {}
  if not name:find "^%w[%w._ -]*$" then
    misuse.raise "a workflow's name is made of letters, digits, spaces, '.', '_' and '-'"
  end
  local self = setmetatable({}, Workflow)
  records[self] = session.new {
    name = name, graph = graph.new(), path = opts.journal or name .. ".journal", budget = exact_budget(opts.budget),
    allow_unknown_price = opts.allow_unknown_price, client = opts.client, file = file_of(3),
  }
  return self
end

--- Whether a value is a workflow.
---@param value any
---@return boolean
function workflow.is(value) return type(value) == "table" and getmetatable(value) == Workflow end

--- Makes a workflow from the service's own JSON.
---@param definition string|table  JSON, or the decoded table
---@param opts? table  input: values for $input; and the options of a workflow
---@return table? workflow, table lost_or_err  what has no equivalent here
function workflow.import(definition, opts)
  local rest, input = copy(opts or {}), opts and opts.input or {}
  rest.input = nil
  return require("fal.workflow.exchange").import(definition, input, function(name)
    return new(nil, name, rest)
  end)
end

local function load_json(path, input)
  local text, err = file.read(file.new(path))
  if not text then return nil, err end
  return workflow.import(text, { input = input })
end

local function load_chunk(path, ...)
  local chunk, message = loadfile(path)
  if not chunk then return nil, ioerror(message) end
  local made = session.loading(chunk, ...)
  if workflow.is(made) then return made end
  return nil, failure.new {
    kind = "config", billed = "no", retryable = false,
    message = ("%s: a workflow file returns its workflow, this one returned %s"):format(path, type(made)),
  }
end

--- Loads a workflow file: a Lua file that returns its workflow, or the
--- service's JSON where its name ends in .json.
---@param path string
---@param ... any  what the Lua file is given; or the values for $input
---@return table? workflow
---@return table? lost_or_err  what has no equivalent here
function workflow.load(path, ...)
  local made, more = (path:find "%.json$" and load_json or load_chunk)(path, ...)
  if made then records[made].file = path end
  return made, more
end

return setmetatable(workflow, { __call = new })
