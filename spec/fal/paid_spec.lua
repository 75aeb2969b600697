-- The money rule: every way in which a paid call can fail, what the caller is
-- told, how often the request was sent, and how many jobs the server accepted.
-- A row: the fault, then what must come out of submit, run and stream.
local service = require "support.service"

local TRIES = 3 -- with retries = 2

-- accepted: jobs at the server; sent: how often the request reached it.
local rows = {
  { "refuse_before", kind = "unconfirmed", billed = "unknown", accepted = 0, sent = 1 },
  { "reset_before", kind = "unconfirmed", billed = "unknown", accepted = 0, sent = 1 },
  { "reset_after", kind = "unconfirmed", billed = "unknown", accepted = 1, sent = 1 },
  { "lose_answer", kind = "unconfirmed", billed = "unknown", accepted = 1, sent = 1 },
  { "cut", kind = "unconfirmed", billed = "unknown", accepted = 1, sent = 1 },
  { "hang", kind = "unconfirmed", billed = "unknown", accepted = 1, sent = 1 },
  { "broken_json", kind = "unconfirmed", billed = "unknown", accepted = 1, sent = 1 },
  { "empty", kind = "unconfirmed", billed = "unknown", accepted = 1, sent = 1 },
  { 400, kind = "http", billed = "no", accepted = 0, sent = 1 },
  { 401, kind = "http", billed = "no", accepted = 0, sent = 1 },
  { 403, kind = "http", billed = "no", accepted = 0, sent = 1 },
  { 404, kind = "http", billed = "no", accepted = 0, sent = 1 },
  { 408, kind = "http", billed = "no", accepted = 0, sent = 1 },
  { 409, kind = "http", billed = "no", accepted = 0, sent = 1 },
  { 422, name = "422 with a plain string", kind = "model", billed = "unknown", accepted = 0, sent = 1 },
  {
    422, name = "422 with a list", kind = "model", billed = "unknown", accepted = 0, sent = 1, field = "prompt",
    detail = { { loc = { "body", "prompt" }, msg = "field required", type = "missing" } },
  },
  { 429, kind = "http", billed = "no", accepted = 0, sent = TRIES },
  { 429, name = "429 with Retry-After", retry_after = 0, kind = "http", billed = "no", accepted = 0, sent = TRIES },
  { 499, kind = "cancelled", billed = "no", accepted = 0, sent = 1 },
  { 500, kind = "http", billed = "no", accepted = 0, sent = 1 },
  { "nginx_502", kind = "http", billed = "no", accepted = 0, sent = TRIES },
  { "nginx_503", kind = "http", billed = "no", accepted = 0, sent = TRIES },
  { "nginx_504", kind = "unconfirmed", billed = "unknown", accepted = 1, sent = 1 },
  { "runner_disconnected", kind = "http", type = "runner_disconnected", billed = "no", accepted = 1, sent = 1 },
  { "runner_scheduling_failure", kind = "http", billed = "no", sent = 1 },
  { "request_timeout", kind = "http", type = "request_timeout", billed = "no", sent = 1 },
  { "start_timeout", kind = "timeout", limit = "start", billed = "no", accepted = 0, sent = 1 },
  { "redirect", kind = "http", billed = "unknown", accepted = 0, sent = 1 },
}

local calls = {
  submit = function(client) return client.submit("acme/echo", { prompt = "x" }) end,
  run = function(client) return client.run("acme/echo", { prompt = "x" }) end,
  stream = function(client) return client.stream("acme/echo", { prompt = "x" }) end,
}

describe("a paid call", function()
  local sandbox, fal

  before_each(function()
    sandbox = service.start()
    fal = require "fal"
  end)

  after_each(function() sandbox:stop() end)

  local function client_of(changes)
    local options = { retries = TRIES - 1, exchange_timeout = 0.3 }
    for name, value in pairs(changes or {}) do options[name] = value end
    return service.client(sandbox, options)
  end

  local function expect(row, err, call)
    local what = ("%s, %s: %s"):format(row.name or row[1], call, tostring(err))
    assert.are.equal(row.kind, err.kind, what)
    assert.are.equal(row.billed, err.billed, what)
    if row.type then assert.are.equal(row.type, err.type, what) end
    if row.limit then assert.are.equal(row.limit, err.limit, what) end
    if row.field then assert.are.equal(row.field, err.field, what) end
    assert.are.equal("acme/echo", err.endpoint, what)
    assert.are.equal(row.sent, #sandbox:requests(call), what)
    if row.accepted then assert.are.equal(row.accepted, sandbox:accepted(), what) end
    assert.is_true(#tostring(err) <= 400)
    assert.is_nil(tostring(err):find(sandbox.config.key, 1, true))
  end

  for _, row in ipairs(rows) do
    for call, make in pairs(calls) do
      it(("%s that meets %s"):format(call, row.name or row[1]), function()
        sandbox:fault { what = row[1], match = { call = call }, detail = row.detail, retry_after = row.retry_after }
        local result, err = make(client_of())
        assert.is_nil(result)
        expect(row, err, call)
      end)
    end
  end

  for call, make in pairs(calls) do
    it(call .. " that reaches nobody is tried again and costs nothing", function()
      local nobody = "http://127.0.0.1:1"
      local result, err = make(client_of { run_url = nobody, queue_url = nobody })
      assert.is_nil(result)
      assert.are.equal("network", err.kind)
      assert.are.equal("no", err.billed)
      assert.are.equal(TRIES, err.attempts)
      assert.are.equal(0, sandbox:accepted())
    end)

    it(call .. " that was turned away twice succeeds the third time, once", function()
      sandbox:fault { what = 429, match = { call = call }, times = 1 }
      sandbox:fault { what = "nginx_502", match = { call = call }, times = 1 }
      assert(make(client_of()))
      assert.are.equal(1, sandbox:accepted())
    end)
  end

  it("is not sent again when the page of an ingress came from behind the platform or a proxy", function()
    local function page_of(headers, changes)
      local server <close> = require("support.answers").start(function() return 502, headers, "<h1>nginx</h1>" end)
      changes.proxy_url = changes.proxy_url and server.url
      changes.retries, changes.retry_base = TRIES, 0.001
      local _, err = server:client(changes).submit("acme/echo", {})
      return #server.requests, err
    end
    local count, err = page_of({ ["content-type"] = "text/html", ["x-fal-request-id"] = "r" }, {})
    assert.are.same({ 1, "http" }, { count, err.kind })
    count, err = page_of({ ["content-type"] = "text/html" }, { proxy_url = true })
    assert.are.same({ 1, "unconfirmed" }, { count, err.kind })
    count = page_of({ ["content-type"] = "text/html" }, {})
    assert.are.equal(TRIES + 1, count)
  end)

  it("is not sent again by libcurl on a kept connection that dies", function()
    local client = client_of()
    assert(client.submit("acme/echo", {}))
    sandbox:fault { what = "lose_answer", match = { call = "submit" } }
    local _, err = client.submit("acme/echo", {})
    assert.are.equal("unconfirmed", err.kind)
    assert.are.equal(2, sandbox:accepted())
  end)

  it("is unconfirmed when libcurl tries again by itself and finds nobody", function()
    local listening = assert(require("fal.core.server").listen {})
    local client = client_of { queue_url = "http://127.0.0.1:" .. listening:port() }
    local served = 0
    local server = fal.async(function()
      while served < 2 do
        local request = listening:next()
        served = served + (request and 1 or 0)
        if not request then require("fal.core.reactor").wait(listening)
        elseif served == 1 then request:respond(200, { ["content-type"] = "application/json" }, '{"request_id":"a"}')
        else listening:close() end
      end
    end)
    assert(client.submit("acme/echo", {}))
    local _, err = client.submit("acme/echo", {})
    server:await()
    assert.are.equal("unconfirmed", err.kind)
    assert.are.equal(1, err.attempts)
  end)

  it("sends the key to no host but the configured ones", function()
    local other <close> = service.start()
    local client = client_of()
    local req = assert(client.submit("acme/echo", {}))
    req.status_url = other.url .. "/queue/acme/echo/requests/" .. req.id .. "/status"
    local _, err = req:status()
    assert.are.equal(401, err.status)
    assert.are.equal(1, #other:requests())
    for _, seen in ipairs(other:requests()) do assert.is_nil(seen.headers.authorization) end
  end)
end)
