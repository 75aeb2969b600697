-- HTTP/2 where the service offers it: many exchanges on one connection.
local tls = require "support.tls"

describe("HTTP/2", function()
  local fal

  before_each(function() fal = require "fal" end)

  local function client(server)
    return fal.new {
      key = "a:b", retries = 0, queue_url = ("https://queue.fal.run:%s"):format(server.port), ca_file = server.ca_file,
      connect_to = ("queue.fal.run:%s:127.0.0.1:%s"):format(server.port, server.port),
    }
  end

  it("is spoken where it is offered, all at once on one connection", function()
    local server <close> = tls.start "queue.fal.run"
    local c = client(server)
    assert(c.submit("acme/echo", {}))
    local tasks = {}
    for i = 1, 20 do tasks[i] = fal.async(c.submit, "acme/echo", { number = i }) end
    for _, request in ipairs(assert(fal.all(tasks))) do assert.are.equal("r", request.id) end
    local asked = server:requests()
    assert.are.equal(21, #asked)
    for _, request in ipairs(asked) do
      assert.are.equal("2.0", request.version)
      assert.are.equal(1, request.connections)
    end
  end)
end)
