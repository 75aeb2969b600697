-- A server of fal.core.server and a client in a child process, in one call:
-- what both server specs stand on. The client is a shell command, since this
-- process must turn the loop meanwhile.
local process = require "support.process"
local server = require "fal.core.server"

local serving = {}

-- Listens, runs `command` in bash with the port as $PORT and the base URL as
-- $URL, gives each request to `handler`, and returns the client's { status,
-- out, err } once it has ended. A handler that returns false has seen enough:
-- no further request is taken. Options are those of listen.
function serving.run(command, handler, options)
  local listening <close> = assert(server.listen(options or {}))
  local port = listening:port()
  local client <close> = process.start {
    "bash", "-c", command,
    env = { PORT = port, URL = ("http://127.0.0.1:%d"):format(port) },
    timeout = 30,
  }
  local serve = true
  local ended = client:until_true(function()
    local request = serve and listening:next()
    while request do
      serve = handler(request, listening, client) ~= false
      request = serve and listening:next()
    end
    return client:status()
  end)
  assert(ended, "the client did not end")
  return client:wait()
end

-- The same with a client that sends `bytes` as they are and prints all that
-- comes back until the server closes.
function serving.raw(bytes, handler, options)
  local text = bytes:gsub("[%c'%%\\]", function(c) return ("\\x%02x"):format(c:byte()) end):gsub("\\x25", "%%%%")
  return serving.run(("exec 3<>/dev/tcp/127.0.0.1/$PORT; printf '%s' >&3; cat <&3"):format(text), handler, options)
end

return serving
