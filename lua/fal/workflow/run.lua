-- A run: every step begins as soon as what it needs is there, in a task of its
-- own, and at most so many calls are under way at once. A failed step stops what
-- depends on it; all else is finished and kept. What was made before is found in
-- the journal; this room only decides the order.
local call = require "fal.workflow.call"
local failure = require "fal.core.error"
local gather = require "fal.gather"
local input = require "fal.workflow.input"
local ledger = require "fal.workflow.ledger"
local map = require "fal.workflow.map"
local outcome = require "fal.workflow.outcome"
local review = require "fal.workflow.review"
local save = require "fal.workflow.save"
local task = require "fal.task"

local run = {}

-- At most `width` holders at once; the others wait in order.
local function new_slots(width)
  local free, queue = width, {}
  local function leave()
    local next_one = table.remove(queue, 1)
    if next_one then task.set_event(next_one) else free = free + 1 end
  end
  return function()
    if free > 0 then
      free = free - 1
    else
      local event = task.new_event()
      queue[#queue + 1] = event
      task.wait_event(event)
    end
    return task.closing(leave)
  end
end

-- Kinds of steps: each gives an output, or nil and an error, or nil and a word for a step that is not over.
local kinds = {}

function kinds.call(ctx, step)
  local value, err = input.of(ctx, step, ctx.output_of)
  if value == nil then return nil, err end
  return call.perform(ctx, step, value)
end

function kinds.map(ctx, step)
  local value, err = input.of(ctx, step, ctx.output_of)
  if value == nil then return nil, err end
  return map.perform(ctx, step, value)
end

function kinds.save(ctx, step) return save.perform(ctx, step) end

function kinds.review(ctx, step)
  local fingerprint, err = review.fingerprint(step, ctx.output_of)
  if not fingerprint then return nil, err end
  local decision
  decision, err = review.decision(ctx.journal, step, fingerprint)
  if err then return nil, err end
  if decision == "approved" then return true end
  if decision == "rejected" then return nil, review.rejected(step, ctx.file) end
  ctx.emit(step, "review", {})
  return nil, "review"
end

-- Reviews and saves do with what there is.
local content <const> = { review = true, save = true }

-- What stands in the way of a step, if anything: the result that it takes over.
local function obstacle(ctx, step)
  local skipped, done = nil, 0
  for _, need in ipairs(step.needs) do
    local result = ctx.results[need]
    if result.state == "skipped" then
      skipped = skipped or { state = "skipped", by = result.by or need }
    elseif result.state == "done" then
      done = done + 1
    else
      return { state = result.state == "failed" and "blocked" or result.state, by = result.by or need }
    end
  end
  if not content[step.kind] or done == 0 then return skipped end
end

local function attempt(ctx, step)
  local ok, output, err = pcall(kinds[step.kind], ctx, step)
  if not ok then
    if failure.is(output) then
      return { state = "failed", err = output, raised = output.kind == "cancelled" and output or nil }
    end
    err = failure.new { kind = "script", message = tostring(output), cause = output, billed = "no" }
    return { state = "failed", err = err }
  end
  if output ~= nil then return { state = "done", output = output } end
  if err == "review" then return { state = "review", by = step } end
  local state = step.options.on_error == "skip" and err.kind ~= "unconfirmed" and "skipped" or "failed"
  return { state = state, err = err }
end

local function work(ctx, step)
  for _, need in ipairs(step.needs) do task.wait_event(ctx.events[need]) end
  local result = obstacle(ctx, step) or attempt(ctx, step)
  ctx.results[step] = result
  -- Those who wait for the step go on, whatever the user's function does.
  local _ <close> = task.closing(function() task.set_event(ctx.events[step]) end)
  if result.err then
    ctx.emit(step, result.state, { error = result.err })
  elseif result.by and result.by ~= step then
    ctx.emit(step, result.state, { by = result.by.name })
  end
end

-- The tasks were ended from outside (Ctrl-C, a cancel): what is under way is in the journal.
local function interrupted(outcomes)
  for _, each in ipairs(outcomes) do
    if not each.ok then return each.err end
  end
end

--- Runs the steps of a graph.
---@param ctx table  client, journal, graph, price, budget, emit, file, seeds, concurrency
---@return table? outputs  by step name
---@return table info_or_err
function run.steps(ctx)
  ctx.results, ctx.events, ctx.slot = {}, {}, new_slots(ctx.concurrency)
  ctx.output_of = function(step) return ctx.results[step].output end
  ctx.halt = function(err)
    if err.kind == "io" or err.kind == "budget" then ctx.halted = ctx.halted or err end
    return err
  end
  local fns = {}
  for i, step in ipairs(ctx.graph.steps) do
    ctx.events[step] = task.new_event()
    ctx.emit(step, "waiting", {})
    fns[i] = function()
      work(ctx, step)
      return true
    end
  end
  local err = interrupted(gather.settle(fns))
  if err then error(err, 0) end
  for _, step in ipairs(ctx.graph.steps) do
    if ctx.results[step].raised then error(ctx.results[step].raised, 0) end
  end
  local over = outcome.is_over(ctx)
  if over then
    local ended, why = ledger.end_run(ctx.journal)
    if not ended then return nil, why end
  end
  return outcome.of(ctx)
end

return run
