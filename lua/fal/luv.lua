--- Lets a luv loop drive ours: one poll handle on our descriptor, one timer.

local misuse = require "fal.misuse"
local reactor = require "fal.core.reactor"
local task = require "fal.task"

local M = {}

local attached = setmetatable({}, { __mode = "k" }) -- luv module -> hook; a descriptor has room for one poll handle

---@param uv table the luv module
---@return table handle with close()
function M.attach(uv)
  if attached[uv] then misuse.raise "fal is attached to this loop already; close() what attach_luv returned first" end
  local hook = {}
  attached[uv] = hook
  local poll, timer, before = uv.new_poll(reactor.pollfd()), uv.new_timer(), uv.new_prepare()
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

  function hook.close()
    if attached[uv] == hook then attached[uv] = nil end
    for _, handle in ipairs { poll, timer, before } do
      if not handle:is_closing() then handle:close() end
    end
  end
  return hook
end

return M
