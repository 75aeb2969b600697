--- The scheduler: which task waits for what, and who runs next.
--
-- A C verb that must wait yields its exchange to us; a wait of our own yields an
-- event. Code outside any task drives the scheduler until what it waits for is
-- there. It knows tasks only as records: fn, arguments, thread, event, service
-- (does not keep the program alive), idle (a service that wakes no other task).
-- How bytes move is the reactor's business, what tasks are to users is task's.

local reactor = require "fal.core.reactor"
local unseen = require "fal.unseen"

local MAX_NESTED = 16 -- waits inside callbacks that cannot yield, one in the other

local M = {}

local waiting = {} -- waitable (userdata) -> the task that waits for it
local pending = 0 -- how many of those tasks may wake others when they go on
local alive = 0 -- user tasks not finished
local current -- the task that is running
local nested = 0

-- Queues -------------------------------------------------------------------

local function new_queue() return { first = 1, last = 0 } end

local ready = { user = new_queue(), service = new_queue() } -- tasks to resume

local function push(queue, item)
  queue.last = queue.last + 1
  queue[queue.last] = item
end

local function pop(queue)
  if queue.first > queue.last then return nil end
  local item = queue[queue.first]
  queue[queue.first] = nil
  queue.first = queue.first + 1
  return item
end

local function is_empty(queue) return queue.first > queue.last end

-- Events: what Lua code waits for --------------------------------------------

--- Makes an event.
function M.new_event() return { set = false, waiters = {} } end

local function wake(task, err)
  task.waits_for = nil
  task.error_to_raise = err
  push(task.service and ready.service or ready.user, task)
end

--- Sets an event: all who wait for it go on.
function M.set_event(event)
  event.set = true
  for _, task in ipairs(event.waiters) do wake(task) end
  event.waiters = {}
end

-- Running a task -------------------------------------------------------------

-- Errors leave a task through here, so that its to-be-closed variables are closed inside it, where they may wait.
local function note_trace(err)
  if type(err) == "string" then current.trace = debug.traceback(err, 2) end
  return err
end

local function body(fn, ...) return xpcall(fn, note_trace, ...) end

local function finished(task, ok, ...)
  task.done, task.ok = true, ok
  task.results = table.pack(...)
  if not task.service then alive = alive - 1 end
  M.set_event(task.event)
  if not ok and not task.looked_at and not task.cancelled then unseen.add(task) end
end

local function hold(waitable, task)
  waiting[waitable] = task
  if not task.idle then pending = pending + 1 end
end

-- Forgets who waits for `waitable`, and says who it was.
local function release(waitable)
  local task = waiting[waitable]
  waiting[waitable] = nil
  if task and not task.idle then pending = pending - 1 end
  return task
end

local function wait_for(task, what)
  task.waits_for = what
  if type(what) == "userdata" then
    if reactor.is_set(what) then wake(task) else hold(what, task) end
  elseif what.set then
    wake(task)
  else
    table.insert(what.waiters, task)
  end
end

local function may_interrupt(what) return type(what) ~= "userdata" or not reactor.is_shielded(what) end

local function is_ours(what)
  if type(what) == "userdata" then return reactor.is_waitable(what) end
  return type(what) == "table" and what.waiters ~= nil
end

local resume

local function suspended(task, what)
  if not is_ours(what) then
    local trace = debug.traceback(task.thread, "attempt to yield from outside a coroutine")
    coroutine.close(task.thread)
    return finished(task, false, trace)
  end
  if waiting[what] then return resume(task, "another task waits for this already", "go on") end
  if task.pending_cancel and may_interrupt(what) then
    local err = task.pending_cancel
    task.pending_cancel = nil
    return resume(task, err)
  end
  wait_for(task, what)
end

local function step_done(task, before, ok, ...)
  current = before
  if coroutine.status(task.thread) ~= "dead" then return suspended(task, (...)) end
  if not ok then return finished(task, false, ...) end
  finished(task, ...)
end

function resume(task, ...)
  local before = current
  current = task
  step_done(task, before, coroutine.resume(task.thread, ...))
end

local function start_or_go_on(task)
  if task.fn then
    local fn = task.fn
    task.fn = nil
    task.thread = coroutine.create(body)
    reactor.mark_task(task.thread)
    return resume(task, fn, table.unpack(task.arguments, 1, task.arguments.n))
  end
  local err = task.error_to_raise
  task.error_to_raise = nil
  if err then return resume(task, err) end
  return resume(task)
end

local function run_queue(queue)
  -- Only what is there now: a task that is ready again at once must not keep
  -- the loop from looking at its descriptors.
  for _ = queue.first, queue.last do
    reactor.breathe() -- the place for Ctrl-C, which may not end us elsewhere
    local task = pop(queue)
    if task and not task.done then start_or_go_on(task) end -- nil: a wait inside the last one took it
  end
end

-- Driving ----------------------------------------------------------------------

local function collect()
  for waitable in reactor.ready do
    local task = release(waitable)
    if task then wake(task) end
  end
end

local function run_ready(with_user_tasks)
  run_queue(ready.service)
  if with_user_tasks then run_queue(ready.user) end
end

local function has_ready(with_user_tasks)
  return not is_empty(ready.service) or (with_user_tasks and not is_empty(ready.user))
end

local function look(with_user_tasks, timeout)
  if has_ready(with_user_tasks) then timeout = 0 end
  reactor.step(timeout)
  collect()
end

local function is_deadlocked() return not has_ready(true) and pending == 0 end

-- Runs the scheduler until `is_done()`.
-- Inside a task (a wait in a callback that cannot yield) other user tasks rest,
-- unless the wait is for one of them.
-- with_user_tasks is true, false or "event": what is waited for is set by a task, so nothing to do is a deadlock.
local function drive(is_done, with_user_tasks)
  if nested >= MAX_NESTED then
    error("too many waits inside callbacks at once; wait outside of gsub, sort and the like", 0)
  end
  nested = nested + 1
  local _ <close> = setmetatable({}, { __close = function() nested = nested - 1 end })
  while true do
    run_ready(with_user_tasks)
    if is_done() then return end
    if with_user_tasks == "event" and is_deadlocked() then
      error("deadlock: every task waits for another one", 0)
    end
    look(with_user_tasks)
  end
end

reactor.drive_with(function(waitable)
  drive(function() return reactor.is_set(waitable) end, current == nil)
end)

local function can_yield()
  return current ~= nil and coroutine.isyieldable() and coroutine.running() == current.thread
end

--- Waits for an event, in a task or outside.
function M.wait_event(event)
  if event.set then return end
  if not can_yield() then return drive(function() return event.set end, "event") end
  local err = coroutine.yield(event)
  if err then error(err, 0) end
end

--- Enters a new task, which starts at the next turn.
function M.enter(task)
  if not task.service then alive = alive + 1 end
  push(task.service and ready.service or ready.user, task)
end

local function leave(task)
  local what = task.waits_for
  if type(what) == "userdata" then
    release(what)
    return reactor.cancel(what) -- now: nobody may turn the loop after this
  end
  for i, waiter in ipairs(what.waiters) do
    if waiter == task then return table.remove(what.waiters, i) end
  end
end

-- Raises `err` in a waiting task, whatever it waits for.
local function interrupt(task, err)
  leave(task)
  wake(task, err)
end

--- Raises `err` in a task that even a cancel lets wait.
function M.give_up(task, err)
  if task.waits_for and not may_interrupt(task.waits_for) then interrupt(task, err) end
end

--- Ends a task with `err`: at once when it has not begun or waits for something that may be left, else at its
-- next wait.
function M.cancel(task, err)
  if task.fn then
    task.fn = nil
    finished(task, false, err)
  elseif task.waits_for and may_interrupt(task.waits_for) then
    interrupt(task, err)
  else
    task.pending_cancel = err
  end
end

--- One turn: what is ready, then the descriptors, then what has become ready.
---@param timeout number|nil seconds; nil: does what is ready without waiting
function M.turn(timeout)
  run_ready(true)
  look(true, timeout or 0)
  run_ready(true)
end

--- How long nothing will happen, in seconds; nil: until the descriptor is readable.
function M.timeout()
  if has_ready(true) then return 0 end
  return reactor.timeout()
end

--- Runs until no user task is left.
function M.run_all() drive(function() return alive == 0 end, "event") end

function M.count() return alive end
function M.current() return current end

return M
