-- Backup hosts: asked when no connection to the first came about, and by TLS only.
local answers = require "support.answers"
local tls = require "support.tls"

describe("a backup host", function()
  local fal

  before_each(function() fal = require "fal" end)

  -- A client whose queue.fal.run is nobody and whose queue.falrun.com is `backup`.
  local function client(scheme, port, backup, more)
    local options = {
      key = "a:b", retries = 0, queue_url = ("%s://queue.fal.run:%s"):format(scheme, port),
      connect_to = { ("queue.fal.run:%s:127.0.0.1:1"):format(port), ("queue.falrun.com:%s:%s"):format(port, backup) },
    }
    for name, value in pairs(more or {}) do options[name] = value end
    return fal.new(options)
  end

  it("is asked when the first cannot be reached", function()
    local server <close> = tls.start "queue.falrun.com"
    local request = assert(client("https", server.port, "127.0.0.1:" .. server.port, { ca_file = server.ca_file })
      .submit("acme/echo", {}))
    assert.are.equal("r", request.id)
    local asked = server:requests()
    assert.are.equal(1, #asked)
    assert.are.equal("queue.falrun.com", asked[1].host)
    assert.are.equal("Key a:b", asked[1].key)
  end)

  it("gets nothing when its certificate is not to be trusted", function()
    local server <close> = tls.start "queue.falrun.com"
    local _, err = client("https", server.port, "127.0.0.1:" .. server.port).submit("acme/echo", {})
    assert.are.equal("network", err.kind)
    assert.are.equal("no", err.billed)
    assert.are.same({}, server:requests())
  end)

  it("that cannot be reached either leaves the error of the first", function()
    local _, err = client("https", 443, "127.0.0.2:2").submit("acme/echo", {})
    assert.are.equal("network", err.kind)
    assert.are.equal("no", err.billed)
    assert.matches("127.0.0.1 port 1", err.message)
  end)

  it("is left alone while the first can be reached", function()
    local first <close> = tls.start "queue.fal.run"
    local other <close> = tls.start "queue.falrun.com"
    assert(client("https", first.port, "127.0.0.1:" .. other.port, {
      ca_file = first.ca_file, connect_to = ("queue.fal.run:%s:127.0.0.1:%s"):format(first.port, first.port),
    }).submit("acme/echo", {}))
    assert.are.equal(1, #first:requests())
    assert.are.same({}, other:requests())
  end)

  it("is not asked without TLS", function()
    local server <close> = answers.start(function() return 200, nil, '{"request_id":"r"}' end)
    local _, err = client("http", server.port, "127.0.0.1:" .. server.port).submit("acme/echo", {})
    assert.are.equal("network", err.kind)
    assert.are.equal("no", err.billed)
    assert.are.equal(0, #server.requests)
  end)
end)
