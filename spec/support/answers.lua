-- A service that answers each request as the spec says, for answers that the
-- sandbox does not give. It keeps the requests and is a to-be-closed value.
local answers = {}

local methods = {}

-- A client all of whose hosts are this server.
function methods:client(changes)
  local options = { key = "an-id:a-long-secret", retries = 0, exchange_timeout = 5 }
  for _, name in ipairs { "run_url", "queue_url", "rest_url", "cdn_url", "api_url", "site_url" } do
    options[name] = self.url
  end
  for name, value in pairs(changes or {}) do options[name] = value end
  return require("fal").new(options)
end

function methods:close()
  self.accepting:cancel()
  self.server:close()
end

-- Starts it. `answer(request, n)` is called for the n-th request and returns
-- status, headers, body; or nil when it has answered (or not) by itself.
function answers.start(answer)
  local reactor, task = require "fal.core.reactor", require "fal.task"
  local self = setmetatable({ requests = {} }, { __index = methods, __close = methods.close })
  self.server = assert(require("fal.core.server").listen {})
  self.port = self.server:port()
  self.url = "http://127.0.0.1:" .. self.port
  self.accepting = task.service(function()
    while true do
      local request = self.server:next()
      if request then
        local list = self.requests
        list[#list + 1] = request
        local status, headers, body = answer(request, #list)
        if status then request:respond(status, headers or { ["content-type"] = "application/json" }, body or "") end
      else
        reactor.wait(self.server)
      end
    end
  end)
  self.accepting.idle = true
  return self
end

return answers
