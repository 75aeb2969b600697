--- Looks at something that is under way, again and again, from a task beside
-- it. Nothing is ever called from inside a transfer.

local reactor = require "fal.core.reactor"
local task = require "fal.task"

local M = {}

local INTERVAL = 0.1 -- seconds between two looks

local function ending(state)
  return task.closing(function()
    state.over = true
    state.watcher:cancel()
    state.timer:stop()
    state.worker:cancel()
  end)
end

--- Runs `fn(...)` and calls `look()` meanwhile. An error in `look` ends both and is raised here.
---@param look function
---@param fn function
---@return any ... what fn returned
function M.run(look, fn, ...)
  local failed
  local state = { worker = task.async(fn, ...), timer = reactor.after(INTERVAL) }
  state.watcher = task.service(function()
    while true do
      reactor.wait(state.timer)
      if state.over then return end
      local ok, err = pcall(look)
      if not ok then failed = { err } end
      if failed then return state.worker:cancel() end
      state.timer = reactor.after(INTERVAL)
    end
  end)
  local _ <close> = ending(state)
  task.wait_event(state.worker.event)
  if failed then error(failed[1], 0) end
  return state.worker:await()
end

--- Tells somebody how far a meter is, whenever it has moved or the total has become known.
---@param meter userdata
---@param on_progress function gets the bytes so far and the total (nil while it is not known)
---@param total function gives the total
---@return function look
function M.teller(meter, on_progress, total)
  local told, told_total
  return function()
    local count, all = meter:count(), total()
    if count == told and all == told_total then return end
    told, told_total = count, all
    on_progress(count, all)
  end
end

return M
