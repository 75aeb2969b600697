-- The C verbs on the wire: each row is a call, the request that must be sent,
-- the answer to it, and what the call returns.
local answers = require "support.answers"

local queued <const> = [[{"status":"IN_QUEUE","request_id":"r-1","queue_position":0,"status_url":"U/s",
  "response_url":"U/r","cancel_url":"U/c"}]]

-- { what, call, "METHOD path?query", status, body, check(first, second) }
local rows = {
  { "submit", function(core) return core.submit("fal-ai/veo3", { a = 1 }) end, "POST /fal-ai/veo3", 200, queued,
    function(req)
      assert.are.equal("r-1", req.id)
      assert.are.equal("fal-ai/veo3", req.endpoint)
      assert.are.equal("U/s", req.status_url)
      assert.are.equal(0, req.queue_position)
      assert.is_nil(req.status)
      assert.is_nil(req.request_id)
    end },
  { "submit, answered with names of methods", function(core) return core.submit("a/b", {}) end, "POST /a/b", 200,
    '{"request_id":"r","status":"IN_QUEUE","wait":null,"result":1,"cancel":"x","events":[]}',
    function(req)
      local methods <const> = { "status", "wait", "result", "cancel", "events" }
      for _, name in ipairs(methods) do assert.is_nil(req[name], name) end
    end },
  { "submit, answered 202", function(core) return core.submit("a/b/c/d", {}) end, "POST /a/b/c/d", 202, queued,
    function(req) assert.are.equal("a/b/c/d", req.endpoint) end },
  { "a legacy id", function(core) return core.submit("110602490-sdxl", {}) end, "POST /110602490/sdxl", 200, queued,
    function(req) assert.are.equal("110602490/sdxl", req.endpoint) end },
  { "a workflow", function(core) return core.status("workflows/me/mine/deep", "r") end,
    "GET /workflows/me/mine/requests/r/status", 200, '{"status":"COMPLETED"}',
    function(status) assert.are.equal("COMPLETED", status.status) end },
  { "status", function(core) return core.status("a/b/c", "r") end, "GET /a/b/requests/r/status", 202,
    '{"status":"IN_QUEUE","queue_position":3,"logs":null,"metrics":null}',
    function(status)
      assert.are.equal(3, status.queue_position)
      assert.is_nil(status.logs)
      assert.is_nil(status.metrics)
    end },
  { "status with logs", function(core) return core.status("a/b", "r", { logs = true }) end,
    "GET /a/b/requests/r/status?logs=1", 202, '{"status":"IN_PROGRESS","logs":[{"message":"m","timestamp":"t"}]}',
    function(status) assert.are.equal("m", status.logs[1].message) end },
  { "status without logs", function(core) return core.status("a/b", "r", { logs = false }) end,
    "GET /a/b/requests/r/status", 202, '{"status":"ODD"}',
    function(status) assert.are.equal("ODD", status.status) end },
  { "status in nonsense", function(core) return core.status("a/b", "r") end, "GET /a/b/requests/r/status", 200, "[]",
    function(_, err)
      assert.are.equal("protocol", err.kind)
      assert.are.equal("r", err.request_id)
    end },
  { "result", function(core) return core.result("a/b/c", "r") end, "GET /a/b/requests/r", 200, '{"x":[],"n":null}',
    function(output)
      assert.are.equal(0, #output.x)
      assert.are.equal(require("fal.core.json").null, output.n)
    end },
  { "result, too early", function(core) return core.result("a/b", "r") end, "GET /a/b/requests/r", 400,
    '{"detail":"Request is still in progress"}', function(_, err) assert.are.equal("pending", err.kind) end },
  { "cancel", function(core) return core.cancel("a/b/c", "r") end, "PUT /a/b/requests/r/cancel", 202,
    '{"status":"CANCELLATION_REQUESTED"}', function(done) assert.is_true(done) end },
  { "cancel, as others answer", function(core) return core.cancel("a/b", "r") end, "PUT /a/b/requests/r/cancel",
    200, '{"success":true}', function(done) assert.is_true(done) end },
  { "cancel, too late", function(core) return core.cancel("a/b", "r") end, "PUT /a/b/requests/r/cancel", 400,
    '{"status":"ALREADY_COMPLETED"}', function(done, err)
      assert.is_nil(done)
      assert.are.equal("ALREADY_COMPLETED", err.type)
      assert.are.equal("ALREADY_COMPLETED", err.message)
    end },
  { "cancel of nothing", function(core) return core.cancel("a/b", "r") end, "PUT /a/b/requests/r/cancel", 404,
    '{"status":"NOT_FOUND"}', function(_, err) assert.are.equal("NOT_FOUND", err.type) end },
  { "run", function(core) return core.run("a/b/c", { list = {}, text = "ä" }) end, "POST /a/b/c", 200, "[1,2.5,null]",
    function(output, info)
      assert.are.equal(1, output[1])
      assert.are.equal("integer", math.type(output[1]))
      assert.are.equal(2.5, output[2])
      assert.are.equal("gateway-1", info.request_id)
      assert.are.equal(0.5, info.billable_units)
    end },
}

describe("a verb", function()
  for _, row in ipairs(rows) do
    it("on the wire: " .. row[1], function()
      local server <close> = answers.start(function()
        return row[4], { ["content-type"] = "application/json", ["x-fal-request-id"] = "gateway-1",
          ["x-fal-billable-units"] = "0.50000000" }, row[5]
      end)
      local core = require("fal.core").new {
        key = "a:b", run_url = server.url, queue_url = server.url,
      }
      local first, second = row[2](core)
      local seen = server.requests[1]
      assert.are.equal(row[3], seen.method .. " " .. seen.path .. (seen.query and "?" .. seen.query or ""))
      assert.are.equal(1, #server.requests)
      row[6](first, second)
    end)
  end

  it("takes no answer to a submit for one that has no id a request can be named by", function()
    local body
    local server <close> = answers.start(function() return 200, nil, body end)
    local long = ('"%s"'):format(("x"):rep(129))
    for _, id in ipairs { '""', "5", "null", '"a b"', '"a\\r\\nb"', '"a\\u0000"', '"ü"', long } do
      body = ('{"request_id":%s}'):format(id)
      local req, err = server:client().submit("a/b", {})
      assert.is_nil(req, id)
      assert.are.same({ "unconfirmed", "unknown" }, { err.kind, err.billed })
    end
  end)

  it("hands out text and bytes where the answer is no JSON", function()
    local server <close> = answers.start(function()
      return 200, { ["content-type"] = "application/octet-stream" }, "\0\1\xff"
    end)
    assert.are.equal("\0\1\xff", (server:client().result("a/b", "r")))
  end)

  it("sends integers, floats and exact numbers as they are", function()
    local server <close> = answers.start(function() return 200, nil, "{}" end)
    local fal = require "fal"
    assert(server:client().run("a/b", {
      seed = 281474976710655, big = math.maxinteger, exact = fal.number "18446744073709551615", list = fal.array {},
      none = fal.null,
    }))
    local body = server.requests[1].body
    for _, piece in ipairs {
      '"seed":281474976710655', '"big":9223372036854775807', '"exact":18446744073709551615', '"list":[]', '"none":null',
    } do
      assert.is_truthy(body:find(piece, 1, true), body)
    end
  end)

  it("does not take what is no request", function()
    local core = require("fal.core").new { key = "a:b" }
    for _, verb in ipairs { "status", "result", "cancel" } do
      for _, wrong in ipairs { {}, { "a/b" }, { {} }, { { id = 5 } }, { "a/b", 5 }, { 5, "r" } } do
        assert.is_false((pcall(core[verb], table.unpack(wrong))))
      end
    end
    for _, verb in ipairs { "run", "submit", "stream" } do
      for _, wrong in ipairs { {}, { "a/b" }, { "a/b", 5 }, { {}, {} }, { "a/b", {}, 5 }, { "a/b", {}, { odd = 1 } },
      } do
        assert.is_false((pcall(core[verb], table.unpack(wrong))))
      end
    end
  end)
end)
