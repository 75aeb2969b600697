-- A sandbox and clients that talk to it, for specs of the client's side. The
-- sandbox is a to-be-closed value, so that it goes even when a case fails.
local service = {}

-- Starts a sandbox that is as quick as possible unless told otherwise.
function service.start(options)
  local all = { queue_time = 0, run_time = 0 }
  for name, value in pairs(options or {}) do all[name] = value end
  return assert(require("fal.sandbox").start(all))
end

-- A client of that sandbox which does not wait long before it tries again.
function service.client(sandbox, changes)
  local options = { retry_base = 0.001, retry_max = 0.002, exchange_timeout = 20 }
  for name, value in pairs(sandbox.config) do options[name] = value end
  for name, value in pairs(changes or {}) do options[name] = value end
  return require("fal").new(options)
end

-- Takes a sandbox's clock into the hand; returns a function that lets seconds pass.
function service.hold(sandbox)
  local clock = sandbox.clock
  local moment = clock.now()
  clock.now = function() return moment end
  return function(seconds) moment = moment + seconds end
end

-- Lets a sandbox's time pass in steps of a millisecond, however long each of
-- them takes on a busy machine: nothing comes and goes between two looks.
function service.walk(sandbox)
  local task, pass = require "fal.task", service.hold(sandbox)
  sandbox:spawn(function()
    while true do
      task.sleep(0.001)
      pass(0.001)
    end
  end)
end

-- Waits until `done()` is true, with the loop turning; raises after `seconds`.
function service.until_true(done, seconds)
  local task, sys = require "fal.task", require "fal.core.sys"
  local deadline = sys.monotonic() + (seconds or 30)
  while not done() do
    if sys.monotonic() > deadline then error("waited in vain", 2) end
    task.sleep(0.002)
  end
end

return service
