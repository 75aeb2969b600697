-- client.http: any exchange, for the rooms that speak to other parts of the service.
local answers = require "support.answers"
local process = require "support.process"

-- A few kilobytes that inflate to `size` zeros.
local function bomb(size)
  local pipe <close> = io.popen(("head -c %d /dev/zero | gzip"):format(size))
  return pipe:read "a"
end

describe("client.http", function()
  local fal

  before_each(function() fal = require "fal" end)

  it("makes any exchange, and takes every status for an answer", function()
    local server <close> = answers.start(function(request)
      return tonumber(request.path:sub(2)), { ["X-Word"] = "a", ["content-type"] = "text/plain" }, request.method
    end)
    local client = server:client()
    for _, status in ipairs { 200, 204, 302, 404, 500 } do
      for _, method in ipairs { "GET", "POST", "PUT", "DELETE" } do
        local answer = assert(client.http { url = server.url .. "/" .. status, method = method, body = "x" })
        assert.are.equal(status, answer.status)
        assert.are.equal("a", answer.headers["x-word"])
        assert.are.equal(status == 204 and "" or method, answer.body)
      end
    end
    assert.are.equal("", assert(client.http { url = server.url .. "/200", method = "HEAD" }).body)
  end)

  it("sends bytes as they are", function()
    local server <close> = answers.start(function(request) return 200, {}, request.body end)
    for _, body in ipairs { "", "a\0b\r\n\xff", ("0123456789"):rep(50000) } do
      local answer = assert(server:client().http { url = server.url .. "/x", method = "POST", body = body })
      assert.are.equal(body, answer.body)
    end
  end)

  it("needs no key, and takes it to configured hosts only", function()
    local server <close> = answers.start(function() return 200, {}, "" end)
    local other <close> = answers.start(function() return 200, {}, "" end)
    assert(fal.new({}).http { url = server.url .. "/x" })
    assert.is_nil(server.requests[1].headers.authorization)
    local client = server:client { headers = { ["X-Team"] = "blue" } }
    assert(client.http { url = server.url .. "/x" })
    assert.is_truthy(server.requests[2].headers.authorization)
    assert.are.equal("blue", server.requests[2].headers["x-team"])
    assert(client.http { url = other.url .. "/x", headers = { ["X-Own"] = "1" } })
    assert.is_nil(other.requests[1].headers.authorization)
    assert.is_nil(other.requests[1].headers["x-team"])
    assert.are.equal("1", other.requests[1].headers["x-own"])
    local trick = server.url:gsub("127.0.0.1", "127.0.0.1@" .. other.url:match "//(.+)$")
    client.http { url = trick }
    for _, seen in ipairs(other.requests) do assert.is_nil(seen.headers.authorization) end
  end)

  it("refuses mistakes at once", function()
    for _, wrong in ipairs {
      {}, { url = 5 }, { url = "http://a b" }, { url = "http://a\r\nb" }, { url = "http://a\0b" },
      { url = "http://a", method = "BREW" }, { url = "http://a", headers = { a = "b\nc" } },
      { url = "http://a", headers = { ["a:b"] = "c" } }, { url = "http://a", timeout = "x" },
      { url = "http://a", timeout = 0 }, { url = "http://a", body = 5 }, { url = "http://" .. ("a"):rep(10000) },
    } do
      assert.is_false((pcall(fal.http, wrong)))
    end
    assert.is_false((pcall(fal.http)))
  end)

  it("keeps to its own limit of time", function()
    local server <close> = answers.start(function() end)
    local _, err = server:client().http { url = server.url .. "/x", timeout = 0.05 }
    assert.are.equal("timeout", err.kind)
    assert.are.equal("exchange", err.limit)
  end)

  it("keeps to its limit when the last byte comes right before it", function()
    local sys, task = require "fal.core.sys", require "fal.task"
    local limit <const> = 0.03
    local sent
    local server <close> = answers.start(function(request)
      if request.path == "/warm" then return 200, {}, "" end
      local moment = sent + limit - tonumber(request.path:sub(2)) / 1e6
      request:start(200, {})
      task.service(function()
        task.sleep(moment - sys.monotonic() - 0.002)
        while sys.monotonic() < moment do end
        request:write "x"
      end)
    end)
    local client = server:client { connect_timeout = 1000 }
    for before = 0, 1000, 50 do -- millionths of a second
      assert(client.http { url = server.url .. "/warm" }) -- a new connection has timers that would help
      local in_time, _, err = task.within(10, function()
        sent = sys.monotonic()
        return client.http { url = server.url .. "/" .. before, timeout = limit }
      end)
      assert.are.same({ true, "exchange" }, { in_time, in_time and err.limit }, before)
    end
  end)

  it("inflates compressed answers, up to the maximum", function()
    local small, large = bomb(1000), bomb(20000000)
    local server <close> = answers.start(function(request)
      return 200, { ["content-encoding"] = "gzip", ["content-type"] = "application/json" },
        request.path == "/small" and small or large
    end)
    local client = server:client { max_answer = 1000000 }
    assert.matches("gzip", server:client().http { url = server.url .. "/small" } and
      server.requests[1].headers["accept-encoding"])
    assert.are.equal(("\0"):rep(1000), client.http({ url = server.url .. "/small" }).body)
    local before = collectgarbage "count"
    local _, err = client.http { url = server.url .. "/large" }
    assert.are.equal("protocol", err.kind)
    assert.is_true(collectgarbage "count" - before < 5000)
    _, err = client.status("a/b", "r")
    assert.are.equal("protocol", err.kind)
    _, err = client.run("a/b", {})
    assert.are.equal("unconfirmed", err.kind)
    assert.are.equal("protocol", err.cause.kind)
    assert.matches("larger than", err.cause.message)
  end)

  it("takes no answer larger than allowed", function()
    local server <close> = answers.start(function(request) return 200, {}, ("x"):rep(tonumber(request.path:sub(2))) end)
    local client = server:client { max_answer = 100 }
    assert.are.equal(100, #assert(client.http { url = server.url .. "/100" }).body)
    local _, err = client.http { url = server.url .. "/101" }
    assert.are.equal("protocol", err.kind)
  end)
end)

describe("client.http's connect limit", function()
  it("ends a connection that nobody takes", function()
    local listener <close> = process.start { "python3", "-c", [[
import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(0)
held = []
for _ in range(8):
    c = socket.socket(); c.setblocking(False); c.connect_ex(s.getsockname()); held.append(c)
print(s.getsockname()[1], flush=True)
time.sleep(20)
]] }
    local port = assert(listener:expect "(%d+)\n", "no listener: is python3 there?")
    local url = "http://127.0.0.1:" .. port
    local client = require("fal").new {
      key = "a:b", run_url = url, connect_timeout = 0.1, retries = 1, retry_base = 0,
    }
    local _, err = client.run("a/b", {})
    assert.are.equal("timeout", err.kind)
    assert.are.equal("connect", err.limit)
    assert.are.equal("no", err.billed)
    assert.are.equal(2, err.attempts)
  end)
end)
