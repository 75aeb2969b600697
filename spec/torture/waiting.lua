-- Timers: made, waited for, stopped, dropped.
local reactor = require "fal.core.reactor"

return function()
  local soon = reactor.after(0)
  reactor.wait(soon)
  assert(reactor.is_set(soon))
  do
    local timers = {}
    for i = 1, 40 do timers[i] = reactor.after(100 + i) end
    timers[7]:stop()
  end
  collectgarbage()
  reactor.step(0)
end
