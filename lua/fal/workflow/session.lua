-- What can be done with a workflow as a whole: planned, run, explained, drawn,
-- reported, and settled by hand. Has the journal open for as long as that takes.
local context = require "fal.workflow.context"
local failure = require "fal.core.error"
local ledger = require "fal.workflow.ledger"
local misuse = require "fal.misuse"
local options = require "fal.options"
local price = require "fal.workflow.price"
local run = require "fal.workflow.run"
local sys = require "fal.core.sys"
local task = require "fal.task"

local session = {}

local RUN <const> = options.set "on_event:function concurrency:width wait"
local width <const> = 8

--- The functions below that are methods of a workflow.
session.methods = {
  "plan", "run", "explain", "graph", "report", "export", "approve", "reject", "redo", "settle", "waiting", "file",
}

--- Makes a session.
---@param fields table  name, graph, path, budget, allow_unknown_price, client, file
function session.new(fields)
  fields.client = fields.client or require "fal"
  return fields
end

local loading = false

--- Calls the chunk of a workflow file.
function session.loading(chunk, ...)
  local before = loading
  loading = true
  local _ <close> = task.closing(function() loading = before end)
  return (chunk(...))
end

--- Whether a workflow file is being loaded rather than run as a script.
function session.is_loading() return loading end

--- The file in which the workflow is written.
function session.file(self) return self.file end

-- Plan and run ---------------------------------------------------------------------

-- Opens the journal for reading, where there is one, and calls fn with the plan that it leads to.
local function looking(self, fn)
  local journal, err = context.look(self)
  if err then return nil, err end
  local _ <close> = journal
  local made, why, ctx = context.planned(self, journal)
  if not made then return nil, why end
  return fn(made, ctx)
end

--- Says what a run would do now; sends nothing.
---@return table? plan, table? err
function session.plan(self)
  return looking(self, function(made) return made end)
end

-- What is wrong with the inputs before anything was sent.
local function first_problem(self, journal)
  local made, err = context.planned(self, journal)
  if not made then return err end
  local entry = made.problems[1]
  if not entry then return nil end
  local cause = entry.problem
  return failure.new {
    kind = cause.kind, field = cause.field, allowed = cause.allowed, endpoint = entry.endpoint, cause = cause,
    message = ("'%s': %s"):format(entry.name, cause.message), hint = cause.hint, billed = "no", retryable = false,
  }
end

-- Events are told with the time since the run began.
local function teller(on_event)
  local began = sys.monotonic()
  return function(step, state, more)
    if not on_event then return end
    local event = { step = step.name, kind = step.kind, state = state, time = sys.monotonic() - began }
    for name, value in pairs(more) do event[name] = value end
    on_event(event)
  end
end

-- The contact sheet of a review: its files are fetched, so that the page shows them.
local function add_sheet(self, journal, info)
  local report = require "fal.workflow.report"
  local media = require "fal.workflow.media"
  local follows, err, ctx = context.planned(self, journal)
  if not follows then return nil, err end
  for _, step in ipairs(self.graph.by_name[info.review].reviewed) do
    for _, file in ipairs(media.files(ctx.output[step], journal)) do media.keep(ctx, file) end
  end
  info.sheet, info.follows = self.path .. ".review.html", follows.cost
  return report.write(report.gather(self, journal, follows, ctx.output, info.review), info.sheet)
end

--- Runs the workflow: calls what was never called, goes on with what is under
--- way, reuses the rest.
---@param opts? table  on_event, concurrency, wait (for another process that runs it: true or seconds)
---@return table? outputs, table info_or_err
function session.run(self, opts)
  options.check(opts, RUN, "run")
  opts = opts or {}
  local journal <close>, err = context.open(self)
  if not journal then return nil, err end
  local ready
  ready, err = journal:lock(opts.wait)
  if not ready then return nil, err end
  err = first_problem(self, journal)
  if err then return nil, err end
  ready, err = ledger.begin_run(journal)
  if not ready then return nil, err end
  local ctx
  ctx, err = context.new(self, journal)
  if not ctx then return nil, err end
  ctx.emit, ctx.concurrency = teller(opts.on_event), opts.concurrency or width
  ctx.price = price.asked(self.client)
  local outputs, info = run.steps(ctx)
  if not outputs or not info.review then return outputs, info end
  ready, err = add_sheet(self, journal, info)
  if not ready then return nil, err end
  return outputs, info
end

-- By hand ----------------------------------------------------------------------------

local function find_step(self, name)
  misuse.check(name, "string", 1, "step")
  local step, problem = self.graph:find(name)
  if step then return step end
  return nil, failure.new { kind = "validation", message = problem, billed = "no", retryable = false }
end

-- Opens the journal, takes the workflow for this process, and calls fn.
local function alone(self, fn)
  local journal <close>, err = context.need(self)
  if not journal then return nil, err end
  local locked
  locked, err = journal:lock()
  if not locked then return nil, err end
  return fn(journal)
end

local function hands() return require "fal.workflow.hands" end

--- The gates that wait for a decision now.
---@return table? gates, table? err
function session.waiting(self)
  local made, err = session.plan(self)
  if not made then return nil, err end
  return hands().waiting(made)
end

local function decide(self, journal, gate, decision)
  local made, err, ctx = context.planned(self, journal)
  if not made then return nil, err end
  return hands().decide(ctx, made, gate, decision)
end

--- Approves a gate; without a name the one that waits.
function session.approve(self, gate)
  return alone(self, function(journal)
    return decide(self, journal, gate, "approved")
  end)
end

--- Rejects a gate; without a name the one that waits.
function session.reject(self, gate)
  return alone(self, function(journal)
    return decide(self, journal, gate, "rejected")
  end)
end

--- Makes a step anew at the next run.
---@param name string
---@param opts? table  seed: an integer, or "new"
function session.redo(self, name, opts)
  local step, err = find_step(self, name)
  if not step then return nil, err end
  return alone(self, function(journal) return hands().redo(journal, step, opts and opts.seed) end)
end

--- Settles an unconfirmed step: "resubmit", or the id of its request.
function session.settle(self, name, verdict)
  local step, err = find_step(self, name)
  if not step then return nil, err end
  return alone(self, function(journal) return hands().settle(journal, step, verdict) end)
end

-- To look at -------------------------------------------------------------------------

-- The step that is meant, or all of them.
local function steps_meant(self, which)
  if which == nil then return self.graph.steps end
  local reference = require "fal.workflow.reference"
  local step, err = find_step(self, reference.is(which) and reference.step_of(which).name or which)
  return step and { step }, err
end

--- Says why a step would be called again.
---@param which? table|string  a step, or its name; nothing: a list of all
function session.explain(self, which)
  local steps, err = steps_meant(self, which)
  if not steps then return nil, err end
  return looking(self, function(made, ctx)
    local list = {}
    for i, step in ipairs(steps) do list[i] = require("fal.workflow.explain").of(ctx, made, step) end
    return which == nil and list or list[1]
  end)
end

--- Draws the graph.
---@param form string  dot, mermaid or svg
function session.graph(self, form)
  local draw = require "fal.workflow.draw"
  if not draw[form] then misuse.raise [[bad argument #1 to 'graph' ("dot", "mermaid" or "svg" expected)]] end
  local made, err = session.plan(self)
  if not made then return nil, err end
  return draw[form](made)
end

--- Writes a page about the workflow.
---@param path string
---@return string? path, table? err
function session.report(self, path)
  misuse.check(path, "string", 1, "report")
  local report = require "fal.workflow.report"
  return looking(self, function(made, ctx)
    return report.write(report.gather(self, ctx.journal, made, ctx.output), path)
  end)
end

--- The workflow in the service's own JSON.
---@param opts? table  partial: leave out, and list, what has no equivalent
function session.export(self, opts) return require("fal.workflow.exchange").export(self, opts) end

return session
