-- A server: opened, asked by a client outside, answered in each way, closed.
-- What runs out of memory may cut the client off, which is why it is told to
-- give up soon, and why we wait for a request for a moment only.
local reactor = require "fal.core.reactor"
local server = require "fal.core.server"

local function answer(request)
  assert(#request.method + #request.path + #request.body > 0 and request.headers.host)
  if request.path == "/stream" then
    request:start(200, { a = "b" })
    request:write "abc"
    request:finish()
  else
    request:respond(200, { a = { "b", 1 } }, request.body)
  end
end

return function()
  local listening <close> = assert(server.listen { spool = 5 })
  local url = ("http://127.0.0.1:%d/"):format(listening:port())
  os.execute(("curl -s -m 1 -d abc %s %sstream >/dev/null 2>&1 &"):format(url, url))
  local left, timer = 2, reactor.after(0.5)
  while left > 0 and not reactor.is_set(timer) do
    reactor.step(0.1)
    local request = listening:next()
    if request then
      answer(request)
      left = left - 1
    end
  end
  timer:stop()
end
