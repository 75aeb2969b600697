-- Exchanges: what goes out and to whom, what hooks see, and where the key never is.
local answers = require "support.answers"
local service = require "support.service"

local key <const> = "canary-id:canary-secret-0123456789"

-- Every string in a value, however deep, metatables and keys too.
local function strings(value, seen, list)
  seen, list = seen or {}, list or {}
  if type(value) == "string" then list[#list + 1] = value end
  if type(value) ~= "table" or seen[value] then return list end
  seen[value] = true
  list[#list + 1] = tostring(value)
  for name, field in pairs(value) do
    strings(name, seen, list)
    strings(field, seen, list)
  end
  return strings(getmetatable(value), seen, list)
end

local function assert_no_key(value, what)
  for _, text in ipairs(strings(value)) do
    assert.is_nil(text:find("canary-id:", 1, true), what)
    assert.is_nil(text:find("canary-secret", 1, true), what)
  end
end

describe("an exchange", function()
  local fal

  before_each(function() fal = require "fal" end)

  it("carries key, types and name of the client", function()
    local server <close> = answers.start(function() return 200, nil, "{}" end)
    assert(server:client({ key = key }).run("acme/echo", { a = 1 }))
    local seen = server.requests[1]
    assert.are.equal("Key " .. key, seen.headers.authorization)
    assert.are.equal("application/json", seen.headers["content-type"])
    assert.are.equal("application/json", seen.headers.accept)
    assert.matches("^fal%-lua/%d", seen.headers["user-agent"])
    assert.is_nil(seen.headers.expect)
    assert.are.equal("POST /acme/echo", seen.method .. " " .. seen.path)
    assert.are.equal('{"a":1}', seen.body)
  end)

  it("goes to a base URL with a path", function()
    local server <close> = answers.start(function() return 200, nil, '{"request_id":"r1"}' end)
    local client = server:client {
      run_url = server.url .. "/some/run/", queue_url = server.url .. "/queue", headers = { ["X-Team"] = "blue" },
    }
    assert(client.run("acme/echo/deep", {}))
    local req = assert(client.submit("acme/echo/deep", {}))
    client.cancel(req)
    client.cancel("acme/echo/deep", "r2")
    local paths = {}
    for i, seen in ipairs(server.requests) do
      paths[i] = seen.method .. " " .. seen.path
      assert.are.equal("blue", seen.headers["x-team"])
    end
    assert.are.same({
      "POST /some/run/acme/echo/deep", "POST /queue/acme/echo/deep", "PUT /queue/acme/echo/requests/r1/cancel",
      "PUT /queue/acme/echo/requests/r2/cancel",
    }, paths)
  end)

  it("follows no redirect, and takes the key nowhere", function()
    local other <close> = answers.start(function() return 200, nil, "{}" end)
    local server <close> = answers.start(function() return 307, { location = other.url .. "/x" }, "" end)
    local client = server:client { key = key, retries = 2, retry_base = 0.001 }
    for _, call in ipairs {
      function() return client.run("a/b", {}) end, function() return client.submit("a/b", {}) end,
      function() return client.status("a/b", "r") end, function() return client.stream("a/b", {}) end,
    } do
      local _, err = call()
      assert.are.equal("http", err.kind)
      assert.are.equal(307, err.status)
      assert.are.equal("redirects are not followed", err.hint)
    end
    assert.are.equal(4, #server.requests)
    assert.are.equal(0, #other.requests)
  end)

  it("takes the key to no URL of the service's answers on another host", function()
    local other <close> = answers.start(function() return 200, nil, '{"status":"COMPLETED"}' end)
    local server <close> = answers.start(function()
      return 200, nil, ('{"request_id":"r","status_url":"%s/s","response_url":"%s/r","cancel_url":"%s/c"}')
        :format(other.url, other.url:gsub("127.0.0.1", "localhost"), other.url)
    end)
    local req = assert(server:client({ key = key }).submit("a/b", {}))
    assert(req:wait())
    req:cancel()
    assert.is_true(#other.requests >= 3)
    for _, seen in ipairs(other.requests) do assert_no_key(seen.headers) end
  end)

  it("refuses what would forge a header, before anything is sent", function()
    local server <close> = answers.start(function() return 200, nil, "{}" end)
    local client = server:client()
    for _, evil in ipairs { "x\r\nEvil: 1", "x\nEvil: 1", "x\rEvil: 1", "x\0y" } do
      for _, opts in ipairs {
        { hint = evil }, { tags = { a = evil } }, { tags = { [evil] = "a" } }, { headers = { ["X-A"] = evil } },
        { headers = { [evil] = "a" } }, { headers = { ["X A"] = "a" } }, { webhook_url = evil }, { path = evil },
      } do
        local ok, err = pcall(function() client.submit("a/b", {}, opts) end)
        assert.is_false(ok)
        assert.matches("^spec/module/exchange_spec.lua:%d+: ", err)
      end
      local _, err = client.submit("a/b" .. evil, {})
      assert.are.equal("validation", err.kind)
      assert.are.equal("endpoint", err.field)
      _, err = client.status("a/b", evil)
      assert.are.equal("validation", err.kind)
      _, err = client.cancel(fal.request("a/b", evil))
      assert.are.equal("validation", err.kind)
    end
    assert.are.equal(0, #server.requests)
  end)

  it("goes nowhere for ids that would leave their place", function()
    local server <close> = answers.start(function() return 200, nil, "{}" end)
    local client = server:client()
    for _, id in ipairs {
      "../..", "..", "a/..", "../b", "a/../b", "a", "", "/a/b", "a//b", "a/b?x=1", "a/b#x", "a/b%2f..", "@evil/x",
      "http://evil.test/", "a/b c",
    } do
      local _, err = client.submit(id, {})
      assert.are.equal("validation", err.kind, id)
      assert.are.equal("no", err.billed)
    end
    for _, id in ipairs { "../..", "..", "", "a/b", "x?y", "x#y", "x%20y", ("x"):rep(1000) } do
      local _, err = client.result("a/b", id)
      assert.are.equal("validation", err.kind, id)
      assert.is_true(#tostring(err) <= 400)
    end
    assert.are.equal(0, #server.requests)
  end)

  it("goes through a server-side proxy with the real URL in a header", function()
    local server <close> = answers.start(function() return 200, nil, '{"request_id":"r"}' end)
    local client = fal.new { proxy_url = server.url .. "/api/fal/proxy" }
    assert(client.submit("acme/echo", { a = 1 }, { max_queue_length = 3 }))
    assert(client.run("acme/echo", { a = 1 }))
    local submit, run = server.requests[1], server.requests[2]
    assert.are.equal("/api/fal/proxy", submit.path)
    assert.are.equal("https://queue.fal.run/acme/echo?fal_max_queue_length=3", submit.headers["x-fal-target-url"])
    assert.are.equal("https://fal.run/acme/echo", run.headers["x-fal-target-url"])
    assert.are.equal('{"a":1}', run.body)
    assert.is_nil(submit.headers.authorization)
  end)

  -- The nginx before the proxy says 502 also when the proxy dies after it has passed the request on.
  it("takes no ingress before a server-side proxy for the service's", function()
    local server <close> = answers.start(function()
      return 502, { ["content-type"] = "text/html" }, "<html><center>nginx</center></html>"
    end)
    local client = fal.new { proxy_url = server.url .. "/proxy", retries = 2, retry_base = 0.001 }
    for _, call in ipairs { "submit", "run", "stream" } do
      local before = #server.requests
      local _, err = client[call]("acme/echo", {})
      assert.are.equal("unconfirmed", err.kind, call)
      assert.are.equal(1, #server.requests - before, call)
    end
  end)
end)

describe("the hooks", function()
  it("see every request and answer, streams too", function()
    local sandbox <close> = service.start()
    local seen = {}
    local client = service.client(sandbox, {
      on_request = function(request) seen[#seen + 1] = request.method .. " " .. request.url:match "://[^/]+(/%w+)" end,
      on_response = function(answer) seen[#seen + 1] = answer.status .. " " .. answer.method end,
    })
    assert(client.run("acme/echo", {}))
    assert(client.subscribe("acme/echo", {}, { mode = "poll" }))
    for _ in assert(client.stream("acme/echo", {})) do end
    assert.are.same({
      "POST /run", "200 POST", "POST /queue", "200 POST", "GET /queue", "200 GET", "GET /queue", "200 GET", "POST /run",
      "200 POST",
    }, seen)
  end)

  it("are shown headers and bodies, but not the key", function()
    local server <close> = answers.start(function(request)
      return 200, { ["content-type"] = "application/json", ["x-echo"] = request.headers.authorization }, '{"b":2}'
    end)
    local asked, answered
    local client = server:client {
      key = key, headers = { ["X-Team"] = "blue" },
      on_request = function(request) asked = request end,
      on_response = function(answer) answered = answer end,
    }
    assert(client.run("acme/echo", { a = 1 }, { hint = "h" }))
    assert.are.equal('{"a":1}', asked.body)
    assert.are.equal(server.url .. "/acme/echo", asked.url)
    assert.are.equal("blue", asked.headers["x-team"])
    assert.are.equal("h", asked.headers["x-fal-runner-hint"])
    assert.are.equal("application/json", asked.headers["content-type"])
    assert.are.equal(200, answered.status)
    assert.are.equal('{"b":2}', answered.body)
    assert.are.equal("application/json", answered.headers["content-type"])
    assert_no_key(asked)
    assert_no_key(answered)
  end)

  it("are told when no answer came", function()
    local answered
    local client = require("fal").new {
      key = key, run_url = "http://127.0.0.1:1", retries = 0, on_response = function(answer) answered = answer end,
    }
    client.run("a/b", {})
    assert.is_nil(answered.status)
    assert.are.equal("POST", answered.method)
  end)

  it("that raise, raise from the call", function()
    local server <close> = answers.start(function() return 200, nil, "{}" end)
    local client = server:client { on_request = function() error("not now", 0) end }
    assert.has_error(function() client.run("a/b", {}) end, "not now")
    assert.are.equal(0, #server.requests)
  end)
end)

describe("the key", function()
  -- A server that repeats all it was told, in every way it has.
  local function echoing(request)
    local told = request.headers.authorization or ""
    local secret = told:match ":(.+)$" or ""
    local paths = {
      plain = { 401, "text/plain", "bad key " .. told },
      page = { 502, "text/html", "<html>nginx " .. told .. "</html>" },
      detail = { 401, "application/json", '{"detail":"no user for ' .. told .. '"}' },
      list = { 422, "application/json", ('{"detail":[{"loc":["body","%s"],"msg":"%s","type":"%s","ctx":{"%s":1}}]}')
        :format(told, told, secret, secret) },
      type = { 503, "application/json", ('{"detail":"x","error_type":"%s"}'):format(secret) },
      nonsense = { 200, "application/json", "{" .. told },
      request_id = { 500, "application/json", "{}" },
    }
    local row = paths[request.path:match "([^/]+)$"] or paths.plain
    return row[1], { ["content-type"] = row[2], ["x-fal-request-id"] = told, ["retry-after"] = secret }, row[3]
  end

  it("is in no error, even of a server that repeats it", function()
    local server <close> = answers.start(echoing)
    local hooked = {}
    local function hook(x) hooked[#hooked + 1] = x end
    local client = server:client { key = key, on_request = hook, on_response = hook }
    for _, id in ipairs { "plain", "page", "detail", "list", "type", "nonsense", "request_id" } do
      for _, call in ipairs { "run", "submit", "stream" } do
        local value, err = client[call]("acme/" .. id, {})
        if value == nil then assert_no_key(err, call .. " " .. id) end
      end
    end
    assert_no_key(hooked)
  end)

  it("is in no error when it was changed meanwhile", function()
    local client
    local server <close> = answers.start(function(request)
      client.config { key = "another-id:another-secret" }
      return echoing(request)
    end)
    client = server:client { key = key }
    local _, err = client.run("acme/plain", {})
    assert_no_key(err)
    assert.matches("^bad key Key %*+$", err.message)
  end)

  it("may consist of the stars that stand for it", function()
    local server <close> = answers.start(echoing)
    local _, err = server:client({ key = "an-id:**********" }).run("acme/plain", {})
    assert.matches("^bad key Key %*+$", err.message)
  end)

  it("is in nothing that a client or a request shows", function()
    local sandbox <close> = service.start { key = key }
    local client = service.client(sandbox)
    local req = assert(client.submit("acme/echo", {}))
    assert_no_key(req)
    assert_no_key { req:wait() }
    local shown = {}
    for name, value in pairs(client) do shown[name] = tostring(value) end
    assert_no_key(shown)
    assert.is_true(client.option "key")
    local ok, trace = xpcall(client.run, function(err) return debug.traceback(tostring(err)) end, 5, {})
    assert.is_false(ok)
    assert_no_key(trace)
  end)
end)
