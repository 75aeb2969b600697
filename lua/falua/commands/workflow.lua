-- `falua workflow`: plans, runs, draws, reports, explains and settles the
-- workflow that a Lua file returns. What happens is decided in fal.workflow;
-- this room prints it and says it with an exit status.
local advice = require "fal.workflow.advice"
local ioerror = require "fal.ioerror"
local json = require "fal.core.json"
local money = require "fal.money"
local nearest = require "fal.nearest"
local output = require "falua.output"
local task = require "fal.task"

local actions = {}

local verbs <const> = {
  "plan", "run", "graph", "report", "explain", "approve", "reject", "redo", "settle", "export",
}
local known <const> = table.concat(verbs, ", ")

local function print_plan(made)
  output.write(tostring(made), "\n")
  local entry = made.problems[1]
  if not entry then return end
  return nil, entry.problem
end

local told_of_step <const> = { "name", "kind", "endpoint", "state", "needs", "lowest", "highest", "request_id" }

-- A plan for programs; money in dollars.
local function plan_table(made)
  local steps = json.array {}
  for i, entry in ipairs(made.steps) do
    steps[i] = { depends = entry.depends, problem = entry.problem and entry.problem.message }
    for _, name in ipairs(told_of_step) do steps[i][name] = entry[name] end
    steps[i].needs = json.array(steps[i].needs)
  end
  return {
    name = made.name, steps = steps, edges = json.array(made.edges), paid = money.dollars(made.paid),
    reserved = money.dollars(made.reserved), budget = made.budget and money.dollars(made.budget),
    cost = {
      lowest = made.cost.lowest, highest = made.cost.highest, unknown = json.array(made.cost.unknown),
      depends = json.array(made.cost.depends),
    },
  }
end

function actions.plan(wf, values)
  local made, err = wf:plan()
  if not made then return nil, err end
  if not values.json then return print_plan(made) end
  output.json(plan_table(made), true)
  if made.problems[1] then return nil, made.problems[1].problem end
end

local function say_review(info, file)
  local notes = require "falua.notes"
  notes.say(("'%s' waits for your decision: look at %s"):format(info.review, info.sheet))
  notes.say("then: " .. advice.command("approve", file) .. ", or " .. advice.command("redo", file, "STEP"))
end

-- A run that has done something before it failed is partly done, unless money
-- is in doubt or used up.
local function status_of(err)
  local exits = require "falua.exits"
  local status = exits.of(err)
  if status == exits.unconfirmed or status == exits.budget then return status end
  return err.done and #err.done > 0 and exits.partly or status
end

-- Each failed step on a line of its own, where there are several.
local function say_failures(err)
  for i, step in ipairs(err.failed and #err.failed > 1 and err.failed or {}) do
    if i > 20 then return require("falua.notes").say(("  and %d more"):format(#err.failed - 20)) end
    require("falua.notes").say(("  %s: %s"):format(step, tostring(err.failures[step])))
  end
end

local function interrupted(file)
  return task.closing(function(err)
    if err then
      require("falua.notes").say("what was sent is in the journal; go on with: " .. advice.command("run", file))
    end
  end)
end

function actions.run(wf, values, name)
  local on_event, close = require("fal.workflow.view").on(io.stderr)
  local _ <close> = task.closing(close)
  local _ <close> = interrupted(values.file)
  local outputs, info = wf:run { on_event = on_event, concurrency = values.concurrency, wait = values.wait }
  if not outputs then
    require("falua.notes").fail(name, info)
    say_failures(info)
    return status_of(info)
  end
  output.json(outputs)
  if info.review then say_review(info, values.file) end
end

local function write_text(text, path)
  if not path then return output.write(text) end
  local file <close>, why = io.open(path, "w")
  local done = file
  if file then done, why = file:write(text) end
  if done then done, why = file:close() end
  if done then return true end
  return nil, ioerror(why)
end

function actions.graph(wf, values)
  local form = values.rest[1] or "mermaid"
  if form ~= "dot" and form ~= "mermaid" and form ~= "svg" then return nil, "a graph is dot, mermaid or svg" end
  local text, err = wf:graph(form)
  if not text then return nil, err end
  return write_text(text, values.output)
end

function actions.export(wf, values)
  local text, err = wf:export { partial = values.partial }
  if not text then return nil, err end
  for _, lost in ipairs(err) do require("falua.notes").say("left out: " .. lost) end
  return write_text(text .. "\n", values.output)
end

function actions.report(wf, values)
  local target = values.output or values.rest[1] or values.file:gsub("%.lua$", "") .. ".html"
  local path, err = wf:report(target)
  if not path then return nil, err end
  output.write(path, "\n")
end

function actions.explain(wf, values)
  local list = {}
  for i, name in ipairs(values.rest) do
    local explanation, err = wf:explain(name)
    if not explanation then return nil, err end
    list[i] = explanation
  end
  if #list == 0 then
    local all, err = wf:explain()
    if not all then return nil, err end
    list = all
  end
  for _, explanation in ipairs(list) do output.write(tostring(explanation), "\n") end
end

local function decide(method, word)
  return function(wf, values)
    local gate, err = wf[method](wf, values.rest[1])
    if not gate then return nil, err end
    output.write(("'%s' is %s\n"):format(gate, word))
  end
end

actions.approve, actions.reject = decide("approve", "approved"), decide("reject", "rejected")

function actions.redo(wf, values)
  if #values.rest == 0 then return nil, "STEP is missing" end
  for _, name in ipairs(values.rest) do
    local done, err = wf:redo(name, { seed = values.seed })
    if not done then return nil, err end
    output.write(("'%s' will be made anew\n"):format(name))
  end
end

function actions.settle(wf, values)
  local name, verdict = values.rest[1], values.rest[2]
  if not verdict then return nil, "settle needs a STEP, and 'resubmit' or the ID of its request" end
  local done, err = wf:settle(name, verdict)
  if not done then return nil, err end
  output.write(verdict == "resubmit" and ("'%s' will be sent again\n"):format(name)
    or ("'%s' is request %s\n"):format(name, verdict))
end

-- The words with a value are the workflow's input; no step, review or verdict has one.
local function take_input(values)
  local words, rest = {}, {}
  for _, word in ipairs(values.rest) do
    local list = word:find("=", 1, true) and words or rest
    list[#list + 1] = word
  end
  values.rest = rest
  if #words == 0 then return true end
  return require("falua.inputs").of(words)
end

local function seed(text) return text == "new" and text or math.tointeger(tonumber(text)) end

local function run(values, name)
  local action = actions[values.action]
  if not action then
    local near = nearest.of(values.action, verbs, 0.5)
    return nil, ("unknown action '%s'; %s"):format(values.action,
      near and ("did you mean '%s'?"):format(near) or "there are " .. known)
  end
  local input, problem = take_input(values)
  if not input then return nil, problem end
  local wf, more = require("fal.workflow").load(values.file, input ~= true and input or nil)
  if not wf then return nil, more end
  for _, lost in ipairs(more or {}) do require("falua.notes").say("left out: " .. lost) end
  return action(wf, values, name .. " " .. values.action)
end

return {
  summary = "plan, run, review and settle the workflow of a file",
  operands = {
    { name = "ACTION", help = known, offers = verbs },
    { name = "FILE", help = "a Lua file that returns its workflow, or the service's own JSON" },
    {
      name = "REST", optional = true, many = true,
      help = "steps, a review, a form of graph, or a verdict; key=value for the workflow's input, as in falua run",
    },
  },
  options = {
    { name = "concurrency", value = "N", type = "integer", least = 1, wanted = "an integer above 0",
      help = "at most so many calls at once (run)" },
    { name = "wait", help = "wait while another process runs it (run)" },
    { name = "seed", value = "SEED", convert = seed, wanted = "an integer or 'new'",
      help = "an integer, or 'new' for another one (redo)" },
    { name = "output", value = "PATH", help = "where to write (graph, report, export)" },
    { name = "json", help = "print the plan as JSON on one line (plan)" },
    { name = "partial", help = "leave out what has no equivalent (export)" },
  },
  examples = {
    "falua workflow plan film.lua                    # what it would cost; sends nothing",
    "falua workflow run film.lua                     # again and again, until all is done",
    "falua workflow redo film.lua clip-2 --seed new",
    "falua workflow settle film.lua clip-2 resubmit  # after a look at the dashboard",
    "falua workflow graph film.lua svg --output film.svg",
    'falua workflow run portrait.json prompt="a fox"  # a workflow of the service',
  },
  run = run,
}
