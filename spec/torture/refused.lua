-- Each verb against a port where nobody listens: an exchange is made, fails and
-- leaves its error object, or memory ends. libcurl may also lose a socket when
-- memory ends; then the time limits, short ones here, end the exchange.
local core = require "fal.core"

local input = { prompt = "a boat", seed = core.number "18446744073709551615", tags = core.array { "a" } }

-- Anew each time: the first call of a client reads its options and asks for the key.
local function new_client()
  local seen = 0
  local function hook(x) seen = seen + #x.url end
  return core.new {
    key = function() return " id:secret\n" end, run_url = "http://127.0.0.1:1", queue_url = "http://127.0.0.1:1/queue",
    connect_timeout = 0.1, exchange_timeout = 0.2, on_request = hook, on_response = hook,
    headers = { ["X-Team"] = "blue" }, connect_to = { "a.invalid:1:127.0.0.1:1", "b.invalid:1:127.0.0.1:1" },
  }
end

local function refused(result, err)
  assert(result == nil and type(err) == "table", "no error object")
  if tostring(err):find "memory" then error(tostring(err), 0) end
  assert(err.kind == "network" or err.kind == "timeout", tostring(err))
end

return function()
  local client = new_client()
  refused(client.run("owner/app", input))
  refused(client.submit("owner/app", input, {
    priority = "low", hint = "h", start_timeout = 5, tags = { a = "b", c = 1 }, lifecycle = { expires_in = "1h" },
    headers = { ["X-A"] = "b" }, webhook_url = "http://ex.org/?a=b", max_queue_length = 3, path = "deep", note = "n",
  }))
  refused(client.stream("owner/app", input))
  refused(client.event_stream "http://127.0.0.1:1/s")
  refused(client.status("owner/app", "00000000-0000-4000-8000-000000000000"))
  refused(client.result("owner/app", "r"))
  client.config { retries = 1 }
  refused(client.cancel { id = "r", endpoint = "owner/app", cancel_url = "http://127.0.0.1:1/c" })
  refused(client.http { url = "http://127.0.0.1:1/x", method = "POST", body = "x", headers = { a = "b" } })
end
