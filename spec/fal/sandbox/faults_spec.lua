-- Faults on order: each does what it says, and says truly whether the job was
-- accepted.
local json = require "fal.core.json"
local wire = require "fal.sandbox.wire"

local function is_network(err) return err.kind == "network" or err.kind == "unconfirmed" end

-- What comes of each fault: accepted, and the status; or false when there is
-- no answer at all, and what else must hold for it.
local table_of_faults <const> = {
  refuse_before = { false, false }, reset_before = { false, false },
  reset_after = { true, false }, lose_answer = { true, false }, cut = { true, false },
  nonsense = { true, 200, function(answer) return answer.headers["content-type"] == "text/html" end },
  broken_json = { true, 200, function(answer) return not json.decode(answer.body) end },
  empty = { true, 200, function(answer) return answer.body == "" end },
  nginx_502 = { false, 502, "nginx" }, nginx_503 = { false, 503, "nginx" }, nginx_504 = { true, 504, "nginx" },
  redirect = { false, 307, function(answer) return answer.headers.location ~= nil end },
  start_timeout = {
    false, 504, function(answer)
      return answer.headers["x-fal-request-timeout-type"] == "user" and answer.json.error_type == "request_timeout"
    end,
  },
  runner_scheduling_failure = { false, 503, "typed" }, runner_connection_timeout = { false, 503, "typed" },
  runner_connection_refused = { false, 503, "typed" }, runner_disconnected = { true, 503, "typed" },
  runner_connection_error = { true, 503, "typed" }, runner_incomplete_response = { true, 502, "typed" },
  runner_server_error = { true, 500, "typed" }, request_timeout = { true, 504, "typed" },
  startup_timeout = { false, 504, "typed" }, client_disconnected = { true, 499, "typed" },
  client_cancelled = { true, 499, "typed" }, bad_request = { false, 400, "typed" },
  internal_error = { true, 500, "typed" }, concurrent_requests_limit = { false, 429, "typed" },
  [409] = { false, 409, "worded" }, [429] = { false, 429, "worded" }, ["500"] = { false, 500, "worded" },
}

local kinds = {
  nginx = function(answer)
    return answer.body:find "nginx" and answer.headers["x-fal-request-id"] == nil
      and answer.headers["content-type"] == "text/html"
  end,
  typed = function(answer, what)
    return answer.json.error_type == what and answer.headers["x-fal-error-type"] == what
      and type(answer.json.detail) == "string" and answer.headers["x-fal-request-id"] ~= nil
  end,
  worded = function(answer)
    return type(answer.json.detail) == "string" and answer.headers["x-fal-request-id"] ~= nil
  end,
}

describe("each fault", function()
  for what, expected in pairs(table_of_faults) do
    it(tostring(what) .. " happens once, and counts truly", function()
      for _, path in ipairs { "/run/owner/app", "/queue/owner/app" } do
        local w <close> = wire.open()
        local rule = w.sandbox:fault { what = what, times = 1, match = { method = "POST", path = "owner/app$" } }
        local accepted, status, holds = table.unpack(expected)
        local answer, err = w:post(path)
        assert.are.equal(status, answer and answer.status or false)
        if not answer then assert.is_true(is_network(err), tostring(err)) end
        holds = kinds[holds] or holds
        if holds then assert.is_truthy(holds(answer, what)) end
        assert.are.equal(accepted and 1 or 0, w.sandbox:accepted())
        assert.are.same({ 1, what }, { rule.done, w.sandbox:requests()[1].fault })
        assert.are.equal(200, w:post(path).status)
      end
    end)
  end

  it("hang never answers, but has accepted", function()
    local w <close> = wire.open { faults = { { what = "hang" } } }
    local answer, err = w.client.http {
      url = w.url .. "/run/owner/app", method = "POST", body = "{}", timeout = 0.05,
      headers = { Authorization = "Key sandbox-key:sandbox-secret" },
    }
    assert.is_nil(answer)
    assert.are.equal("timeout", err.kind)
    assert.are.equal(1, w.sandbox:accepted())
  end)

  it("delay is late", function()
    local w <close> = wire.open { faults = { { what = "delay", delay = 0.03 } } }
    local before = w.sandbox.clock.now()
    assert.are.equal(200, w:post "/run/owner/app".status)
    assert.is_true(w.sandbox.clock.now() - before >= 0.03)
  end)

  it("spoils downloads as well", function()
    local w <close> = wire.open()
    local url = w:post("/run/fal-ai/veo3/fast", { prompt = "x" }).json.video.url
    w.sandbox:fault { what = "cut", times = 1, match = { call = "download" } }
    assert.is_nil((w:get(url)))
    assert.are.equal(200, w:get(url).status)
  end)
end)

describe("a rule", function()
  it("strikes after so many, so many times, where it fits", function()
    local w <close> = wire.open {
      faults = { { what = 500, after = 1, times = 2, match = { endpoint = "owner/app", call = "run" } } },
    }
    local got = {}
    for i = 1, 5 do got[i] = w:post "/run/owner/app".status end
    assert.are.same({ 200, 500, 500, 200, 200 }, got)
    w.sandbox:fault { what = 500, match = { endpoint = "owner/app", call = "status" } }
    local _, path = w:submit "owner/app"
    assert.are.same({ 500, 200 }, { w:get(path .. "/status").status, w:get(path).status })
    w.sandbox:mend()
    assert.are.equal(200, w:get(path .. "/status").status)
  end)

  it("words an error as it is told", function()
    local w <close> = wire.open()
    local function answer_to(rule)
      w.sandbox:mend()
      w.sandbox:fault(rule)
      return w:post "/queue/owner/app"
    end
    assert.are.equal("7", answer_to({ what = "429", retry_after = 7 }).headers["retry-after"])
    local answer = answer_to { what = 503, error_type = "runner_scheduling_failure", needs_retry = true }
    assert.are.same({ 503, "runner_scheduling_failure", "1" }, {
      answer.status, answer.json.error_type, answer.headers["x-fal-needs-retry"],
    })
    local list = { { msg = "no", loc = { "body" }, type = "x" } }
    assert.are.same(list, answer_to({ what = 422, detail = list }).json.detail)
    assert.are.equal("a plain no", answer_to({ what = 422, detail = "a plain no" }).json.detail)
    assert.are.equal("http://x.y/", answer_to({ what = "redirect", location = "http://x.y/" }).headers.location)
  end)

  it("may say otherwise whether the job was accepted", function()
    local w <close> = wire.open { faults = { { what = "nginx_502", accepted = true, times = 1 } } }
    assert.are.equal(502, w:post "/queue/owner/app".status)
    assert.are.equal(1, w.sandbox:accepted())
  end)

  it("that nobody knows is a mistake of the caller", function()
    local w <close> = wire.open()
    local ok, err = pcall(function() w.sandbox:fault { what = "earthquake" } end)
    assert.is_false(ok)
    assert.is_truthy(err:find "faults_spec.lua:%d+: unknown fault 'earthquake'$")
    ok, err = pcall(function() require("fal.sandbox").start { faults = { { what = 1.5 } } } end)
    assert.is_false(ok)
    assert.is_truthy(err:find "faults_spec.lua:%d+: unknown fault '1.5'$")
  end)
end)

describe("the life of a job", function()
  local function walk(w, path, steps)
    local told = {}
    for i = 1, steps do
      local status = w:get(path .. "/status").json
      told[i] = status.status
      w:pass(1)
    end
    return table.concat(told, " ")
  end

  it("can lead back to the queue", function()
    local w <close> = wire.open { queue_time = 1, run_time = 2, faults = { { what = "back_to_queue" } } }
    w:hold()
    local _, path = w:submit "owner/app"
    w:pass(0.5)
    assert.are.equal("IN_QUEUE IN_PROGRESS IN_QUEUE IN_PROGRESS IN_PROGRESS COMPLETED", walk(w, path, 6))
    assert.are.equal(200, w:get(path).status)
  end)

  it("can end in one of the platform's errors", function()
    local w <close> = wire.open { faults = { { what = "break_down", error_type = "startup_timeout" } } }
    local _, path = w:submit "owner/app"
    assert.are.equal("startup_timeout", w:get(path .. "/status").json.error_type)
    assert.are.same({ 504, "startup_timeout" }, { w:get(path).status, w:get(path).json.error_type })
    assert.are.equal(504, w:post "/run/owner/app".status)
  end)

  it("can end in a refusal", function()
    local w <close> = wire.open { faults = { { what = "refuse_input", detail = "not this" } } }
    local _, path = w:submit "owner/app"
    assert.is_nil(w:get(path .. "/status").json.error)
    assert.are.same({ 422, "not this" }, { w:get(path).status, w:get(path).json.detail })
  end)

  it("can go on in spite of a cancel", function()
    local w <close> = wire.open { run_time = 1, faults = { { what = "ignore_cancel" } } }
    w:hold()
    local _, path = w:submit "owner/app"
    assert.are.equal(202, w:put(path .. "/cancel").status)
    w:pass(1)
    assert.are.equal(200, w:get(path).status)
  end)

  it("can have a status that nobody knows", function()
    local w <close> = wire.open { run_time = 1, faults = { { what = "unknown_status", status = "NAPPING" } } }
    w:hold()
    local _, path = w:submit "owner/app"
    assert.are.equal("NAPPING COMPLETED", walk(w, path, 2))
  end)
end)

describe("an event stream", function()
  -- What a client gets of a status stream with a fault, or of a run's stream.
  local function stream(what, path)
    local w <close> = wire.open {
      run_time = 0.03, faults = { { what = what, match = { call = path and "stream" or "status_stream" } } },
    }
    w:walk()
    if path then return w:post(path, { text = "é" }) end
    local _, request = w:submit "owner/app"
    return w:get(request .. "/status/stream?logs=1")
  end

  local function count(answer, pattern) return select(2, answer.body:gsub(pattern, "")) end

  it("can be split inside a character, and be whole in the end", function()
    local answer = stream("split_in_character", "/run/owner/app/stream")
    assert.is_truthy(answer.body:find("é", 1, true))
    assert.are.equal(4, count(answer, "data: "))
  end)

  it("can be cut", function()
    local answer, err = stream "cut_in_character"
    assert.is_nil(answer)
    assert.are.equal("network", err.kind)
  end)

  it("can end before its end", function()
    local answer = stream "end_early"
    assert.are.equal(1, count(answer, "data: "))
    assert.is_nil(answer.body:find "COMPLETED")
  end)

  it("can have nonsense in it", function()
    assert.are.equal(1, count(stream("event_nonsense", "/run/owner/app/stream"), "data: {not json\n\n"))
  end)

  it("can bring lines again", function()
    local w <close> = wire.open { run_time = 0.03, faults = { { what = "duplicate_logs" } } }
    w:walk()
    local _, request = w:submit "owner/app"
    assert.is_true(count(w:get(request .. "/status/stream?logs=1"), "Starting inference") > 1)
  end)

  it("can fall silent", function()
    local w <close> = wire.open { run_time = 0.02, speed = 1000, faults = { { what = "fall_silent" } } }
    w:walk()
    local _, request = w:submit "owner/app"
    local answer, err = w.client.http {
      url = w.url .. request .. "/status/stream?logs=1", timeout = 0.1,
      headers = { Authorization = "Key sandbox-key:sandbox-secret" },
    }
    assert.is_nil(answer)
    assert.are.equal("timeout", err.kind)
  end)
end)
