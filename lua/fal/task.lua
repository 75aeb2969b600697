--- Tasks: coroutines that wait together. What users see of the scheduler.

local failure = require "fal.core.error"
local misuse = require "fal.misuse"
local reactor = require "fal.core.reactor"
local scheduler = require "fal.scheduler"
local unseen = require "fal.unseen"

local GRACE = 10 -- seconds a cancelled task may take to learn a submit's id

local Task = { __name = "fal.task" }
Task.__index = Task

local M = {}

local function new_task(service, fn, ...)
  local task = setmetatable({
    fn = fn,
    arguments = table.pack(...),
    event = scheduler.new_event(),
    done = false,
    service = service,
  }, Task)
  scheduler.enter(task)
  return task
end

function Task:__tostring()
  return ("fal.task (%s)"):format(self.done and "done" or self.fn and "new" or "waiting")
end

-- Somebody takes care of this task's failure.
local function look_at(task) task.looked_at = true end

--- Waits for the task's end. Returns what its function returned; an error raised in it is raised here.
function Task:await()
  look_at(self)
  if self == scheduler.current() then misuse.raise "a task cannot wait for itself" end
  scheduler.wait_event(self.event)
  if not self.ok then error(self.results[1], 0) end
  return table.unpack(self.results, 1, self.results.n)
end

local function cancelled() return failure.new { kind = "cancelled", message = "the task was cancelled" } end

--- Ends the task where it waits. A submit that is under way is let finish first, so that its request is known.
---@return boolean cancelled false when the task has already ended
function Task:cancel() return M.stop(self, cancelled()) end

--- Ends a task with an error of the caller's choice.
---@param task table
---@param err any
---@return boolean stopped
function M.stop(task, err)
  if task.done then return false end
  task.cancelled = true
  scheduler.cancel(task, err)
  return true
end

-- Waits for the end of all tasks, but not longer than `seconds`.
local function join(tasks, seconds)
  local over = scheduler.new_event()
  local alarm = M.service(function()
    M.sleep(seconds)
    scheduler.set_event(over)
  end)
  local roll_call = M.service(function()
    for _, task in ipairs(tasks) do scheduler.wait_event(task.event) end
    scheduler.set_event(over)
  end)
  local _ <close> = M.closing(function()
    alarm:cancel()
    roll_call:cancel()
  end)
  scheduler.wait_event(over)
end

--- Ends the tasks of a wait that has ended itself. When it went well or was cancelled, they are cancelled and seen to
-- their end, so that their cancels have reached the service. Any other error (Ctrl-C, a mistake in a callback) is
-- raised in them too: what they have at the service is paid for and can be picked up again.
---@param tasks table
---@param err any what ended the wait, or nil
function M.abandon(tasks, err)
  local gently = err == nil or failure.is(err) and err.kind == "cancelled"
  local reason, left = gently and cancelled() or err, {}
  for _, task in ipairs(tasks) do
    if M.stop(task, reason) and not task.done then left[#left + 1] = task end
  end
  if gently and #left > 0 then join(left, 2 * GRACE) end
end

--- A to-be-closed value.
---@param fn function called with the error that ended the block, or nil
function M.closing(fn)
  return setmetatable({}, { __close = function(_, err) fn(err) end })
end

--- Starts a task.
---@param fn function what it runs
---@param ... any its arguments
---@return table task with `:await()` and `:cancel()`
function M.async(fn, ...)
  misuse.check(fn, "function", 1, "async")
  return new_task(false, fn, ...)
end

--- Starts a background task, which does not keep the program alive.
---@param fn function
---@return table task
function M.service(fn, ...)
  misuse.check(fn, "function", 1, "service")
  return new_task(true, fn, ...)
end

--- Waits.
---@param seconds number
function M.sleep(seconds)
  misuse.check(seconds, "number", 1, "sleep")
  reactor.wait(reactor.after(seconds))
end

local function lost_submit()
  return failure.new {
    kind = "unconfirmed", billed = "unknown", retryable = false,
    message = "no answer to the submit in time; the service may have accepted it",
    hint = "look at https://fal.ai/dashboard before you send it again",
  }
end

-- Cancels `child` when the timer rings; if it then still waits for the answer to a submit, gives that up too.
local function deadline(child, timer, state)
  return M.service(function()
    reactor.wait(timer)
    state.late = true
    child:cancel()
    M.sleep(GRACE)
    scheduler.give_up(child, lost_submit())
  end)
end

--- Runs `fn(...)`, but ends it after `seconds`.
---@param seconds number
---@param fn function
---@return boolean in_time
---@return any ... what fn returned, or the error it was ended with
function M.within(seconds, fn, ...)
  local state, timer = {}, reactor.after(seconds)
  local child = new_task(false, fn, ...)
  look_at(child)
  local watch = deadline(child, timer, state)
  local _ <close> = M.closing(function(err)
    watch:cancel()
    timer:stop()
    M.abandon({ child }, err)
  end)
  scheduler.wait_event(child.event)
  if state.late and not child.ok then return false, child.results[1] end
  if not child.ok then error(child.results[1], 0) end
  return true, table.unpack(child.results, 1, child.results.n)
end

-- The error of a task with the way to it, where it is a plain message.
local function raise_unseen()
  local task = unseen.next()
  if task then error(task.trace or task.results[1], 0) end
end

--- Runs until no task is left. Raises the error of a task that nobody waited for.
function M.loop()
  if scheduler.current() then misuse.raise "fal.loop cannot be called inside a task" end
  scheduler.run_all()
  raise_unseen()
end

--- Does what is ready, for hosts that have a loop of their own.
---@param timeout number|nil seconds to wait at most for something to do; nil: none
function M.step(timeout) scheduler.turn(timeout) end

M.timeout, M.count = scheduler.timeout, scheduler.count
M.wait_event, M.new_event, M.set_event = scheduler.wait_event, scheduler.new_event, scheduler.set_event
M.is_task = function(v) return getmetatable(v) == Task end

return M
