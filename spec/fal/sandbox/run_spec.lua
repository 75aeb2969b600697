-- Synchronous runs and event streams on the wire, and endpoints as functions.
local failure = require "fal.core.error"
local json = require "fal.core.json"
local task = require "fal.task"
local wire = require "fal.sandbox.wire"

local function events_of(answer)
  local list = {}
  for line in answer.body:gmatch "data: ([^\n]*)\n\n" do list[#list + 1] = json.decode(line) end
  return list
end

describe("a run", function()
  it("echoes what it was given, to the byte", function()
    local w <close> = wire.open()
    local body = '{"seed":18446744073709551615,"text":"\\u0000é","list":[]}'
    local answer = w:post("/run/owner/app/path", body)
    assert.are.equal(200, answer.status)
    assert.are.equal(body, answer.body)
    assert.are.equal("1", answer.headers["x-fal-billable-units"])
    assert.are.equal("{}", w:post("/run/owner/app", "").body)
    assert.are.same({ a = "1 2", b = "é" }, w:get("/run/owner/app?a=1+2&b=%C3%A9").json)
    assert.are.equal(3, w.sandbox:accepted())
  end)

  it("is answered at any address the machine has", function()
    for _, host in ipairs { "127.0.0.1", "localhost", "::1" } do
      local sandbox, err = require("fal.sandbox").start { host = host, run_time = 0 }
      if sandbox then
        assert.are.equal(5, assert(require("fal").new(sandbox.config).run("owner/app", { n = 5 })).n)
        sandbox:stop()
      else
        assert.are.same({ "io", "::1" }, { err.kind, host }) -- a machine without IPv6
      end
    end
  end)

  it("takes its time, but never waits in the queue", function()
    local w <close> = wire.open { queue_time = 60, run_time = 0.02 }
    assert.are.equal(200, w:post "/run/owner/app".status)
  end)

  it("ends when it should, whatever passes between two looks at the clock", function()
    for looks = 1, 9 do
      local w <close> = wire.open { run_time = looks / 1000 }
      local moment = 0
      w.sandbox.clock.now = function()
        moment = moment + 1 / 1000
        return moment
      end
      assert.are.equal(200, w:post "/run/owner/app".status)
    end
  end)

  it("refuses nonsense and other methods", function()
    local w <close> = wire.open()
    assert.are.equal(422, w:post("/run/owner/app", "{").status)
    assert.are.equal(405, w:put "/run/owner/app".status)
    assert.are.equal(404, w:post "/run/owner".status)
  end)

  it("of a large input is as good", function()
    local w <close> = wire.open()
    local body = json.encode { data = ("x"):rep(3 * 1024 * 1024) }
    assert.are.equal(body, w:post("/run/owner/app", body).body)
  end)

  it("is cancelled when the caller hangs up", function()
    local begun, ended = task.new_event(), nil
    local w <close> = wire.open {
      endpoints = {
        ["owner/slow"] = function()
          local _ <close> = setmetatable({}, { __close = function() ended = ended or "early" end })
          task.set_event(begun)
          task.sleep(5)
          ended = "late"
        end,
      },
    }
    local call = task.service(function() w:post "/run/owner/slow" end)
    task.wait_event(begun)
    call:cancel()
    repeat task.sleep(0.001) until ended
    assert.are.equal("early", ended)
  end)
end)

describe("an endpoint that is a function", function()
  local w
  setup(function()
    w = wire.open {
      endpoints = {
        ["owner/sum"] = function(input) return { sum = input.a + input.b } end,
        ["owner/refuse"] = function(_, job)
          job:fail(422, { detail = { { msg = "no", loc = { "body" }, type = "x" } } })
        end,
        ["owner/text"] = function(_, job) job:fail(418, "a teapot", { ["x-fal-needs-retry"] = "0" }) end,
        ["owner/broken"] = function(_, job) job:break_down "runner_disconnected" end,
        ["owner/error"] = function()
          return nil, failure.new { kind = "model", status = 422, message = "too small" }
        end,
        ["owner/bug"] = function(input) return input.a.b.c end,
        ["owner/function"] = function() return { print } end,
        ["owner/nothing"] = function() end,
        ["owner/file"] = function(_, job) return { image = job:file("bytes", "a b.png", "image/png") } end,
      },
    }
  end)
  teardown(function() w:close() end)

  local function result(endpoint, input)
    local _, path = w:submit(endpoint, input)
    while w:get(path .. "/status").status == 202 do task.sleep(0) end
    return w:get(path), w:get(path .. "/status?logs=1").json
  end

  it("answers runs and queued requests alike", function()
    assert.are.same({ sum = 3 }, w:post("/run/owner/sum", { a = 1, b = 2 }).json)
    assert.are.same({ sum = 3 }, result("owner/sum", { a = 1, b = 2 }).json)
    assert.are.equal("null", w:post "/run/owner/nothing".body)
  end)

  it("fails as it likes", function()
    for _, answer in ipairs { w:post "/run/owner/refuse", (result "owner/refuse") } do
      assert.are.equal(422, answer.status)
      assert.are.equal("no", answer.json.detail[1].msg)
    end
    local answer = w:post "/run/owner/text"
    assert.are.same({ 418, "a teapot", "0" }, {
      answer.status, answer.json.detail, answer.headers["x-fal-needs-retry"],
    })
    answer = w:post "/run/owner/error"
    assert.are.same({ 422, "too small" }, { answer.status, answer.json.detail })
  end)

  it("breaks down as runners do", function()
    local answer, status = result "owner/broken"
    assert.are.same({ 503, "runner_disconnected" }, { answer.status, answer.json.error_type })
    assert.are.equal("runner_disconnected", answer.headers["x-fal-error-type"])
    assert.are.same({ "runner_disconnected", "Runner disconnected" }, { status.error_type, status.error })
  end)

  it("keeps its mistakes to the log", function()
    local answer, status = result "owner/bug"
    assert.are.same({ 500, "Internal Server Error" }, { answer.status, answer.json.detail })
    assert.are.equal("ERROR", status.logs[1].level)
    assert.is_truthy(status.logs[1].message:find "attempt to index")
    answer, status = result "owner/function"
    assert.are.equal(500, answer.status)
    assert.is_truthy(status.logs[1].message:find "not JSON")
  end)

  it("serves files", function()
    local image = w:post "/run/owner/file".json.image
    assert.are.same({ "a b.png", 5, "image/png" }, { image.file_name, image.file_size, image.content_type })
    assert.are.equal("bytes", w:get(image.url, { Authorization = false }).body)
  end)

  it("has no other paths", function()
    local answer = w:post "/run/owner/sum/of/all"
    assert.are.same({ 404, "Path /of/all not found" }, { answer.status, answer.json.detail })
    assert.are.equal("0", answer.headers["x-fal-billable-units"])
    assert.are.equal(404, (result "owner/sum/of/all").status)
  end)

  it("can be replaced and taken away", function()
    w.sandbox:endpoint("owner/late", function() return 1 end)
    assert.are.equal("1", w:post "/run/owner/late".body)
    w.sandbox:endpoint("owner/late", false)
    assert.are.equal(404, w:post "/run/owner/late".status)
  end)
end)

describe("a stream", function()
  it("echoes at its end", function()
    local w <close> = wire.open { run_time = 0.01 }
    local answer = w:post("/run/owner/app/stream", { text = "é" })
    assert.is_truthy(answer.headers["content-type"]:find "^text/event%-stream")
    local list = events_of(answer)
    assert.are.equal(4, #list)
    assert.is_true(list[1].partial)
    assert.are.same({ text = "é" }, list[4])
    assert.are.equal(1, w.sandbox:accepted "owner/app")
  end)

  it("brings what a function sends, and what it returns", function()
    local w <close> = wire.open {
      endpoints = {
        ["owner/words"] = function(input, job)
          for word in input.text:gmatch "%S+" do job:send { word = word } end
          return { done = true }
        end,
      },
    }
    assert.are.same({ { word = "a" }, { word = "b" }, { done = true } },
      events_of(w:post("/run/owner/words/stream", { text = "a b" })))
    assert.are.same({ done = true }, w:post("/run/owner/words", { text = "a b" }).json)
  end)

  it("prefers an endpoint of its own", function()
    local w <close> = wire.open { endpoints = { ["owner/app/stream"] = function() return "mine" end } }
    assert.are.same({ "mine" }, events_of(w:post "/run/owner/app/stream"))
  end)

  it("fails as a run does before its first event, and just ends after it", function()
    local w <close> = wire.open {
      endpoints = {
        ["owner/early"] = function(_, job) job:fail(422, "no") end,
        ["owner/late"] = function(_, job)
          job:send(1)
          job:fail(422, "no")
        end,
      },
    }
    assert.are.equal(422, w:post "/run/owner/early/stream".status)
    assert.are.same({ 1 }, events_of(w:post "/run/owner/late/stream"))
  end)

  it("is not there for models that have none", function()
    local w <close> = wire.open()
    local answer = w:post("/run/fal-ai/veo3/fast/stream", { prompt = "x" })
    assert.are.same({ 404, "Path /stream not found" }, { answer.status, answer.json.detail })
  end)
end)
