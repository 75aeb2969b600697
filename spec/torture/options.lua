-- Clients of their own, their options read, completed and refused.
local core = require "fal.core"

return function()
  local client = core.new {
    key = "id:secret", queue_url = "http://127.0.0.1:1/queue", retries = 0, headers = { ["x-one"] = "1" },
  }
  assert(client.option "queue_url" == "http://127.0.0.1:1/queue")
  client.config { connect_timeout = 2.5, user_agent = "torture" }
  assert(client.option "connect_timeout" == 2.5)
  local fine, message = pcall(core.new, { keey = "x" })
  assert(not fine)
  if tostring(message):find "memory" then error(message, 0) end
end
