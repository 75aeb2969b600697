-- The queue on the wire: what each call answers at each moment of a request.
local wire = require "fal.sandbox.wire"

local uuid <const> = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"

describe("a submit", function()
  it("is answered with an id, a place and the URLs of the application", function()
    local w <close> = wire.open { queue_time = 60 }
    local answer = w:post("/queue/owner/app/some/path", { prompt = "x" })
    assert.are.equal(200, answer.status)
    assert.is_truthy(answer.json.request_id:find(uuid))
    local base = w.url .. "/queue/owner/app/requests/" .. answer.json.request_id
    assert.are.same({
      status = "IN_QUEUE", request_id = answer.json.request_id, queue_position = 2,
      response_url = base, status_url = base .. "/status", cancel_url = base .. "/cancel",
    }, answer.json)
    assert.are.equal(answer.json.request_id, answer.headers["x-fal-request-id"])
    assert.are.equal(1, w.sandbox:accepted "owner/app/some/path")
  end)

  it("keeps the namespace of workflows in its URLs", function()
    local w <close> = wire.open()
    local _, path = w:submit "workflows/ana/portrait/run"
    assert.is_truthy(path:find("^/queue/workflows/ana/portrait/requests/"))
    assert.are.equal(200, w:get(path).status)
  end)

  it("takes any JSON, and leaves it to the application to refuse it", function()
    local w <close> = wire.open()
    for _, body in ipairs { "[1,2]", '"text"', "null", "{" } do
      assert.are.equal(200, w:post("/queue/owner/app", body).status)
    end
    local _, path = w:submit("owner/app", "{")
    assert.are.equal(422, w:get(path).status)
    assert.are.equal("json_invalid", w:get(path).json.detail[1].type)
    assert.are.equal("COMPLETED", w:get(path .. "/status").json.status)
  end)

  it("is refused when more wait already than it allows", function()
    local w <close> = wire.open { queue_time = 60 }
    w:submit "owner/app"
    assert.are.equal(200, w:post "/queue/owner/app?fal_max_queue_length=1".status)
    assert.are.equal(429, w:post "/queue/owner/app?fal_max_queue_length=1".status)
    assert.are.equal(200, w:post "/queue/owner/app?fal_max_queue_length=2".status)
    assert.are.equal(3, w.sandbox:accepted())
  end)

  it("is refused with a start timeout that is no number", function()
    local w <close> = wire.open()
    local answer = w:post("/queue/owner/app", {}, { ["X-Fal-Request-Start-Timeout"] = "soon" })
    assert.are.equal(400, answer.status)
    assert.are.equal("bad_request", answer.json.error_type)
    assert.are.equal(0, w.sandbox:accepted())
  end)

  it("is a POST to an endpoint", function()
    local w <close> = wire.open()
    assert.are.equal(405, w:get "/queue/owner/app".status)
    assert.are.equal(404, w:post "/queue/owner".status)
    assert.are.equal(404, w:post "/queue/".status)
    assert.are.equal(404, w:post "/elsewhere/owner/app".status)
  end)

  it("does not find an application that was taken away", function()
    local w <close> = wire.open { endpoints = { ["owner/app"] = false } }
    local answer = w:post "/queue/owner/app"
    assert.are.equal(404, answer.status)
    assert.are.equal('Application "owner/app" not found', answer.json.detail)
  end)
end)

describe("a result", function()
  it("is what the application answered, to the byte, by every spelling of its URL", function()
    local w <close> = wire.open()
    local body = '{ "seed": 18446744073709551615, "list": [], "none": null }'
    local id, path = w:submit("owner/app", body)
    for _, tail in ipairs { "", "/", "/response" } do
      local answer = w:get(path .. tail)
      assert.are.equal(200, answer.status)
      assert.are.equal(body, answer.body)
      assert.are.equal("1", answer.headers["x-fal-billable-units"])
      assert.are.equal(id, answer.headers["x-fal-request-id"])
    end
  end)

  it("is refused while it is not there", function()
    local w <close> = wire.open { queue_time = 60 }
    local _, path = w:submit "owner/app"
    local answer = w:get(path)
    assert.are.equal(400, answer.status)
    assert.are.same({ detail = "Request is still in progress" }, answer.json)
  end)

  it("is kept for an hour, a large one for six minutes", function()
    local w <close> = wire.open { speed = 10 }
    w:hold()
    local _, small = w:submit("owner/app", { text = "x" })
    local _, large = w:submit("owner/app", { text = ("x"):rep(10240) })
    w:pass(35)
    assert.are.same({ 200, 200 }, { w:get(small).status, w:get(large).status })
    w:pass(2)
    assert.are.same({ 200, 404 }, { w:get(small).status, w:get(large).status })
    w:pass(324)
    assert.are.same({ 404, 404 }, { w:get(small).status, w:get(large).status })
    for _ = 1, 3 do w:submit "owner/app" end
    local kept = 0
    for _ in pairs(w.sandbox.jobs) do kept = kept + 1 end
    assert.are.equal(3, kept)
  end)

  it("of a request that was not started in time is a 504 of the user's making", function()
    local w <close> = wire.open { queue_time = 60 }
    w:hold()
    local _, path = w:submit("owner/app", {}, {
      ["X-Fal-Request-Timeout"] = "99", ["X-Fal-Request-Start-Timeout"] = "5",
    })
    w:pass(4)
    assert.are.equal("IN_QUEUE", w:get(path .. "/status").json.status)
    w:pass(2)
    local status = w:get(path .. "/status").json
    assert.are.same({ "COMPLETED", "request_timeout" }, { status.status, status.error_type })
    local answer = w:get(path)
    assert.are.equal(504, answer.status)
    assert.are.equal("user", answer.headers["x-fal-request-timeout-type"])
    assert.are.equal("request_timeout", answer.headers["x-fal-error-type"])
  end)
end)

describe("a cancel", function()
  local function cancel_at(seconds)
    local w <close> = wire.open { queue_time = 1, run_time = 1 }
    w:hold()
    local _, path = w:submit "owner/app"
    w:pass(seconds)
    local answer = w:put(path .. "/cancel")
    return answer.status, answer.json.status, w:get(path .. "/status"), w:get(path)
  end

  it("takes it out of the queue", function()
    local code, word, status, result = cancel_at(0.5)
    assert.are.same({ 200, "OK" }, { code, word })
    assert.are.equal(200, status.status)
    assert.are.same({ "COMPLETED", "client_cancelled" }, { status.json.status, status.json.error_type })
    assert.are.same({ 499, "client_cancelled" }, { result.status, result.json.error_type })
    assert.is_string(result.json.detail)
  end)

  it("asks a runner to stop", function()
    local code, word, status, result = cancel_at(1.5)
    assert.are.same({ 202, "CANCELLATION_REQUESTED" }, { code, word })
    assert.are.equal("COMPLETED", status.json.status)
    assert.are.equal(499, result.status)
  end)

  it("comes too late", function()
    local code, word, status, result = cancel_at(3)
    assert.are.same({ 400, "ALREADY_COMPLETED" }, { code, word })
    assert.is_nil(status.json.error)
    assert.are.equal(200, result.status)
  end)

  it("ends a function where it waits", function()
    local task = require "fal.task"
    local ended
    local w <close> = wire.open {
      endpoints = {
        ["owner/slow"] = function()
          local _ <close> = setmetatable({}, { __close = function() ended = true end })
          task.sleep(60)
        end,
      },
    }
    local _, path = w:submit "owner/slow"
    assert.are.equal("IN_PROGRESS", w:get(path .. "/status").json.status)
    assert.are.equal(202, w:put(path .. "/cancel").status)
    assert.are.equal(400, w:put(path .. "/cancel").status)
    assert.are.equal(499, w:get(path).status)
    assert.is_true(ended)
  end)
end)

describe("ids", function()
  it("are the same for the same seed", function()
    local function ids(seed)
      local w <close> = wire.open { seed = seed }
      return { (w:submit "owner/app"), (w:submit "owner/app") }
    end
    assert.are.same(ids(3), ids(3))
    assert.are_not.same(ids(3), ids(4))
  end)

  it("are on every answer", function()
    local w <close> = wire.open()
    for _, path in ipairs { "/run/owner/app", "/queue/owner/app/requests/x", "/nowhere", "/rest/tokens" } do
      assert.is_truthy(w:get(path).headers["x-fal-request-id"]:find(uuid))
    end
  end)
end)
