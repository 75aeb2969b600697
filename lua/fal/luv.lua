--- Lets a luv loop drive ours: one poll handle on our descriptor, one timer.

local misuse = require "fal.misuse"
local reactor = require "fal.core.reactor"
local task = require "fal.task"

local M = {}

---@param uv table the luv module
---@return table handle with close()
function M.attach(uv)
  local poll = uv.new_poll(reactor.pollfd())
  if not poll then misuse.raise "fal is attached to this loop already; close() what attach_luv returned first" end
  local timer, before = uv.new_timer(), uv.new_prepare()
  local function step() task.step(0) end

  -- Before luv sleeps: wake it in time, and keep it alive only while tasks are.
  local function arm()
    local seconds = task.timeout()
    timer:stop()
    if seconds then timer:start(math.ceil(seconds * 1000), 0, step) end
    if task.count() > 0 then uv.ref(poll) else uv.unref(poll) end
  end

  poll:start("r", step)
  before:start(arm)
  uv.unref(before)
  uv.unref(timer)
  return {
    close = function()
      for _, handle in ipairs { poll, timer, before } do
        if not handle:is_closing() then handle:close() end
      end
    end,
  }
end

return M
