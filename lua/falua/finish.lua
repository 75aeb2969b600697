-- The end of a script: tasks that are still under way run to their end, and
-- requests that a script leaves behind are named. The host asks for it only
-- when something has required fal.task.
local history = require "fal.history"
local queue = require "fal.queue"
local shared = require "falua.shared"
local task = require "fal.task"

local finish = {}

--- Runs until no task is left. The error of a task that nobody waited for is
-- raised as it is, with the traceback of the task and none of ours.
function finish.run()
  local ok, err = pcall(task.loop)
  if not ok then
    error(setmetatable({}, { __tostring = function() return tostring(err) end }))
  end
end

local function tell_unheard()
  for _, call in ipairs(history.unheard()) do
    io.stderr:write(("ended before the answer came, may have been accepted: %s %s\n  falua history show %d\n")
      :format(call.how, call.endpoint, call.id))
  end
end

--- Says which requests go on at the service though nobody waits for them any
-- more and how to pick them up, and which calls have an unknown fate.
function finish.tell()
  for _, request in ipairs(queue.waited_for()) do
    io.stderr:write(("still under way: %s\n  %s\n"):format(request, shared.again(request)))
  end
  tell_unheard()
end

return finish
