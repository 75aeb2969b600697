-- Files as bodies and as targets, meters, and the verb upload, against a port
-- where nobody listens: what was opened is closed, or memory ends.
local core = require "fal.core"
local sys = require "fal.core.sys"

local target = os.tmpname()

local function failed(result, err)
  assert(result == nil and type(err) == "table", "no error object")
  if tostring(err):find "memory" then error(tostring(err), 0) end
  return err.kind
end

return function()
  local client = core.new {
    key = "id:secret", rest_url = "http://127.0.0.1:1", connect_timeout = 0.1, exchange_timeout = 0.2,
  }
  local url = "http://127.0.0.1:1/x"
  failed(client.upload("spec/torture/files.lua", { content_type = "a/b", lifecycle = { expires_in = "1h" } }))
  failed(client.upload { data = "bytes", name = "n", type = "a/b" })
  assert(failed(client.upload "/nowhere/at/all") == "io")
  assert(failed(client.upload "/tmp") == "io")
  local meter = client.meter()
  local stat = assert(sys.stat "spec/torture/files.lua")
  failed(client.http {
    url = url, method = "PUT", file = "spec/torture/files.lua", offset = 3, length = 5, stamp = stat.stamp,
    meter = meter, idle = true, anonymous = true,
  })
  failed(client.http { url = url, method = "PUT", body = "0123456789", offset = 3, length = 5, meter = meter })
  failed(client.http { url = url, to = target, keep = 2, max_bytes = 10, meter = meter, hold = true, check = true })
  assert(failed(client.http { url = url, to = "/nowhere/at/all" }) == "io")
  assert(meter:count() == 0)
  meter:answer()
  os.remove(target)
  assert(client.lifetime "1d" == 86400)
end
