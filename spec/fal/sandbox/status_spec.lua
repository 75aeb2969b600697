-- What a status says at each moment of a request, asked for or streamed.
local wire = require "fal.sandbox.wire"

local nobody <const> = "00000000-0000-4000-8000-000000000000"

describe("a status", function()
  it("counts the places down, runs, and is completed", function()
    local w <close> = wire.open { queue_time = 3, run_time = 2 }
    w:hold()
    local id, path = w:submit "owner/app"
    local function look()
      local answer = w:get(path .. "/status")
      return answer.status, answer.json
    end
    for _, place in ipairs { 2, 1, 0 } do
      w:pass(0.5)
      local code, body = look()
      assert.are.equal(202, code)
      assert.are.same({ "IN_QUEUE", place, id }, { body.status, body.queue_position, body.request_id })
      assert.is_nil(body.logs)
      w:pass(0.5)
    end
    local code, body = look()
    assert.are.equal(202, code)
    assert.are.equal("IN_PROGRESS", body.status)
    assert.is_nil(body.queue_position)
    assert.are.equal(require("fal.core.json").null, body.logs)
    w:pass(2)
    code, body = look()
    assert.are.equal(200, code)
    assert.are.equal("COMPLETED", body.status)
    assert.is_true(math.abs(body.metrics.inference_time - 2) < 1e-6)
    assert.is_nil(body.error)
  end)

  it("shows log lines with all their fields when asked, as they come", function()
    local w <close> = wire.open { queue_time = 0, run_time = 5 }
    w:hold()
    local _, path = w:submit "owner/app"
    w:pass(2.5)
    for _, query in ipairs { "?logs=1", "?logs=true" } do
      local logs = w:get(path .. "/status" .. query).json.logs
      assert.are.equal(3, #logs)
      assert.are.equal("step 2/4", logs[3].message)
      assert.is_truthy(logs[3].timestamp:find "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%d%d%d$")
      assert.are.same({ "INFO", "USER", {} }, { logs[3].level, logs[3].source, logs[3].labels })
    end
    for _, query in ipairs { "?logs=0", "?logs=false", "" } do
      assert.are.equal(require("fal.core.json").null, w:get(path .. "/status" .. query).json.logs)
    end
  end)

  it("shows the last lines only", function()
    local w <close> = wire.open {
      endpoints = {
        ["owner/chatty"] = function(_, job)
          for i = 1, 25 do job:log("line " .. i) end
          return {}
        end,
      },
    }
    local _, path = w:submit "owner/chatty"
    local logs = w:get(path .. "/status?logs=1").json.logs
    assert.are.same({ 10, "line 16", "line 25" }, { #logs, logs[1].message, logs[10].message })
  end)

  it("is unknown for ids nobody gave out, and other applications", function()
    local w <close> = wire.open()
    local id = w:submit "owner/app"
    for _, path in ipairs { "owner/app/requests/" .. nobody, "owner/other/requests/" .. id } do
      for _, tail in ipairs { "", "/status", "/status/stream" } do
        local answer = w:get("/queue/" .. path .. tail)
        assert.are.equal(404, answer.status)
        assert.are.same({ status = "NOT_FOUND" }, answer.json)
      end
      assert.are.equal(404, w:put("/queue/" .. path .. "/cancel").status)
    end
  end)

  it("refuses a sub-path in the URL, unless lenient", function()
    for lenient, status in pairs { [false] = 405, [true] = 200 } do
      local w <close> = wire.open { lenient = lenient }
      local id = w:submit "owner/app/path"
      assert.are.equal(status, w:get("/queue/owner/app/path/requests/" .. id .. "/status").status)
      assert.are.equal(status, w:get("/queue/owner/app/path/requests/" .. id).status)
      assert.are.equal(200, w:get("/queue/owner/app/requests/" .. id).status)
    end
  end)

  it("has its methods", function()
    local w <close> = wire.open()
    local _, path = w:submit "owner/app"
    assert.are.equal(405, w:post(path .. "/status").status)
    assert.are.equal(405, w:post(path).status)
    assert.are.equal(405, w:get(path .. "/cancel").status)
    assert.are.equal(404, w:get(path .. "/elsewhere").status)
  end)
end)

describe("the status stream", function()
  local function events_of(w, path, query)
    local answer = w:get(path .. "/status/stream" .. (query or ""), { Accept = "text/event-stream" })
    assert.are.equal(200, answer.status)
    assert.is_truthy(answer.headers["content-type"]:find "^text/event%-stream")
    local list = {}
    for line in answer.body:gmatch "data: ([^\n]*)\n\n" do list[#list + 1] = require("fal.core.json").decode(line) end
    return list, answer.body
  end

  it("has an event for all that changes, and ends with COMPLETED", function()
    local w <close> = wire.open { queue_time = 0.06, run_time = 0.05 }
    w:walk()
    local _, path = w:submit "owner/app"
    local told = {}
    for _, event in ipairs(events_of(w, path)) do
      told[#told + 1] = event.status .. (event.queue_position and " " .. event.queue_position or "")
    end
    assert.are.same({ "IN_QUEUE 2", "IN_QUEUE 1", "IN_QUEUE 0", "IN_PROGRESS", "COMPLETED" }, told)
  end)

  it("brings each log line once", function()
    local w <close> = wire.open { queue_time = 0.02, run_time = 0.05 }
    local _, path = w:submit "owner/app"
    local messages = {}
    for _, event in ipairs(events_of(w, path, "?logs=1")) do
      for _, line in ipairs(event.logs or {}) do messages[#messages + 1] = line.message end
    end
    assert.are.same({ "Starting inference", "step 1/4", "step 2/4", "step 3/4", "step 4/4" }, messages)
  end)

  it("follows a function, and ends with it at once", function()
    local task = require "fal.task"
    local w <close> = wire.open()
    w.sandbox:endpoint("owner/app", function(_, job)
      repeat task.sleep(0.02) until w.sandbox:requests "status_stream" [1]
      job:log "half"
      task.sleep(0.02)
      return {}
    end)
    local _, path = w:submit "owner/app"
    local list = events_of(w, path, "?logs=1")
    assert.are.equal("half", list[2].logs[1].message)
    assert.are.equal("COMPLETED", list[3].status)
  end)

  it("says now and then that it is still there", function()
    local w <close> = wire.open { queue_time = 0, run_time = 0.1, speed = 500 }
    w:walk()
    local _, path = w:submit "owner/app"
    local _, body = events_of(w, path)
    assert.is_truthy(body:find("\n\n: ping\n\n", 1, true))
  end)

  it("of a completed request has one event", function()
    local w <close> = wire.open()
    local _, path = w:submit "owner/app"
    assert.are.equal(1, #events_of(w, path))
  end)
end)
