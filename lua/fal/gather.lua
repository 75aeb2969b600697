--- Several tasks at once: all, settle, race, map.
--
-- What each of them does with a failure is the whole difference. A failure is
-- an error object that was returned (`nil, err`) or anything that was raised.
-- Nothing that was paid for is thrown away unless the caller asks for it.

local failure = require "fal.core.error"
local misuse = require "fal.misuse"
local options = require "fal.options"
local task = require "fal.task"

local M = {}

local DEFAULT_CONCURRENCY = 8

local ALL, MAP = options.set "cancel:flag", options.set "concurrency:width"

local function as_error(raised)
  if failure.is(raised) then return raised end
  return failure.new { kind = "script", message = tostring(raised), cause = raised }
end

-- Runs fn to an outcome; never raises, so that one task cannot take others with it.
local function outcome_of(fn, ...)
  local function pack(ok, value, err)
    if not ok then return { ok = false, err = as_error(value) } end
    if value == nil and err ~= nil then return { ok = false, err = as_error(err) } end
    return { ok = true, value = value }
  end
  return pack(pcall(fn, ...))
end

local function runner(item, position, what)
  if task.is_task(item) then return function() return item:await() end end
  if type(item) == "function" then return item end
  misuse.raise(("item %d for '%s' must be a task or a function, not a %s"):format(position, what, type(item)))
end

local function runners(items, what)
  misuse.check(items, "table", 1, what)
  local list = {}
  for i = 1, #items do list[i] = runner(items[i], i, what) end
  return list
end

-- Starts every item; on_outcome(index, outcome) is called as each one ends.
local function start_all(items, fns, on_outcome)
  local group = {}
  for i, fn in ipairs(fns) do
    group[i] = task.async(function() on_outcome(i, outcome_of(fn)) end)
    group[i].item = task.is_task(items[i]) and items[i] or nil
  end
  return group
end

-- The tasks of a group: its own, and those that the caller gave.
local function members(group, but)
  local list = {}
  for i, member in ipairs(group) do
    if i ~= but then
      list[#list + 1] = member.item
      list[#list + 1] = member
    end
  end
  return list
end

local function cancel_all(group, but)
  for _, member in ipairs(members(group, but)) do member:cancel() end
end

local function await_all(group)
  for _, member in ipairs(group) do task.wait_event(member.event) end
end

-- What is still under way when the wait for a group ends, ends as well.
local function guarded(group)
  return task.closing(function(err) task.abandon(members(group), err) end)
end

local function combined(outcomes, count, unbegun)
  local results, failures, first, failed, idle = {}, {}, nil, 0, 0
  for i = 1, count do
    local outcome = outcomes[i] or { ok = false, err = unbegun }
    if outcome.ok then
      results[i] = outcome.value
    else
      if outcome.err == unbegun then idle = idle + 1 end
      failures[i], failed = outcome.err, failed + 1
      if not first or (first.kind == "cancelled" and outcome.err.kind ~= "cancelled") then first = outcome.err end
    end
  end
  if failed == 0 then return results end
  local count_text = idle > 0 and ("%d of %d failed, %d not begun"):format(failed - idle, count, idle)
    or ("%d of %d failed"):format(failed, count)
  return nil, failure.new {
    kind = first.kind, type = first.type, status = first.status, billed = first.billed,
    message = ("%s; the first: %s"):format(count_text, tostring(first)),
    results = results, failures = failures, cause = first,
  }
end

local function never_ran()
  return failure.new { kind = "cancelled", message = "cancelled before it was done", billed = "no" }
end

--- Waits for all.
---@param items table list of tasks and functions
---@param opts table|nil `cancel = true`: a failure cancels the others
---@return table|nil results the first result of each, in order
---@return table err with `results` (what succeeded, by index) and `failures`
function M.all(items, opts)
  options.check(opts, ALL, "all")
  local fns = runners(items, "all")
  local outcomes, group = {}, nil
  group = start_all(items, fns, function(i, outcome)
    outcomes[i] = outcome
    if opts and opts.cancel and not outcome.ok then cancel_all(group, i) end
  end)
  local _ <close> = guarded(group)
  await_all(group)
  return combined(outcomes, #group, never_ran())
end

--- Waits for all and never fails.
---@return table list of `{ok = boolean, value = ..., err = ...}`
function M.settle(items)
  local fns = runners(items, "settle")
  local outcomes = {}
  local group = start_all(items, fns, function(i, outcome) outcomes[i] = outcome end)
  local _ <close> = guarded(group)
  await_all(group)
  for i = 1, #group do outcomes[i] = outcomes[i] or { ok = false, err = never_ran() } end
  return outcomes
end

--- Returns the first success; the others are cancelled, at the service too, before this returns.
---@return any value
---@return table err when all failed, with `failures`
function M.race(items)
  local fns = runners(items, "race")
  if #fns == 0 then misuse.raise "bad argument #1 to 'race' (nobody takes part)" end
  local outcomes, left, winner = {}, #fns, nil
  local decided = task.new_event()
  local group = start_all(items, fns, function(i, outcome)
    outcomes[i], left = outcome, left - 1
    if outcome.ok and not winner then winner = i end
    if winner or left == 0 then task.set_event(decided) end
  end)
  local _ <close> = guarded(group)
  task.wait_event(decided)
  if winner then return outcomes[winner].value end
  return combined(outcomes, #group, never_ran())
end

--- As map, but for lists of our own: nothing is checked, and there is the `cancel` of all.
function M.over(list, fn, opts)
  local next_one, outcomes, failed, group = 1, {}, false, {}
  local function worker(own)
    while next_one <= #list and not failed do
      local i = next_one
      next_one = i + 1
      outcomes[i] = outcome_of(fn, list[i], i)
      if not outcomes[i].ok and not failed then
        failed = true
        if opts.cancel then cancel_all(group, own) end
      end
    end
  end
  for i = 1, math.min(opts.concurrency or DEFAULT_CONCURRENCY, #list) do group[i] = task.async(worker, i) end
  local _ <close> = guarded(group)
  await_all(group)
  return combined(outcomes, #list, failure.new {
    kind = "cancelled", message = "not begun, because another one failed", billed = "no",
  })
end

--- Calls `fn(item, index)` for each item, at most `concurrency` at once; after a failure no further item is started.
---@param list table
---@param fn function
---@param opts table|nil `concurrency` (default 8)
---@return table|nil results in order
---@return table err as of all
function M.map(list, fn, opts)
  misuse.check(list, "table", 1, "map")
  misuse.check(fn, "function", 2, "map")
  options.check(opts, MAP, "map")
  return M.over(list, fn, opts or {})
end

return M
