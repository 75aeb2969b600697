-- The history: written before anything is sent, completed as more is known,
-- never in the way of what was paid, and never with the key in it.
local recorded = require "support.recorded"
local service = require "support.service"

describe("the history", function()
  local at, history

  before_each(function()
    at, history = recorded.open(), require "fal.history"
  end)

  after_each(function() at:close() end)

  it("has a call before the service has it", function()
    local seen
    local sandbox <close> = service.start()
    local client = at:client(sandbox)
    client.config { on_request = function(request)
      if request.method == "POST" and not seen then seen = at:rows(client) end
    end }
    local req = assert(client.submit("acme/echo", { prompt = "a fox" }))
    assert.equal(1, #seen)
    assert.same({ "sending", "acme/echo", "submit" }, { seen[1].state, seen[1].endpoint, seen[1].how })
    local row = at:row(client, req.id)
    assert.same({ "open", req.id, req.status_url, '{"prompt":"a fox"}' },
      { row.state, row.request_id, row.status_url, row.input })
  end)

  it("has nobody's own key that is part of an input", function()
    local sandbox <close> = service.start()
    local client = at:client(sandbox)
    local req = assert(client.submit("fal-ai/sora-2/text-to-video", { prompt = "a fox", api_key = "sk-canary" }))
    assert.matches("sk%-canary", sandbox:requests("submit")[1].body)
    assert.matches('"api_key":"%(secret%)"', at:row(client, req.id).input)
  end)

  it("knows what became of submit, run and stream", function()
    local sandbox <close> = service.start()
    local client = at:client(sandbox)
    assert(client.subscribe("fal-ai/veo3/fast", { prompt = "a fox", duration = "8s" }))
    assert(client.run("acme/echo", { text = "hello" }))
    for _ in assert(client.stream("acme/echo", { text = "flow" })) do end -- luacheck: ignore 542
    local rows = at:rows(client)
    for i, how in ipairs { "stream", "run", "submit" } do
      assert.same({ how, "done" }, { rows[i].how, rows[i].state })
    end
    local video = at:row(client, "1")
    assert.equal(8, video.units)
    local listed = client.cost("fal-ai/veo3/fast", { prompt = "a fox", duration = "8s" })
    assert.equal(math.floor(listed * 1e9 + 0.5), video.paid)
    assert.equal(1, #video.files)
    assert.truthy(video.output:find(video.files[1].url, 1, true))
    assert.matches('"text":"flow"', at:row(client, "3").output)
  end)

  it("knows where files were put", function()
    local sandbox <close> = service.start()
    local client = at:client(sandbox)
    local output = assert(client.subscribe("fal-ai/veo3/fast", { prompt = "a fox" }))
    local file = assert(client.download(output, at.folder.path .. "/"))
    assert.equal(type(file) == "table" and file[1] or file, at:row(client, "1").files[1].path)
  end)

  it("follows a request that another client fetches", function()
    local sandbox <close> = service.start()
    local first, second = at:client(sandbox), at:client(sandbox)
    local req = assert(first.submit("acme/echo", { a = 1 }))
    assert(second.wait(second.request("acme/echo", req.id)))
    assert.equal("done", at:rows(first)[1].state)
  end)

  it("notes a cancel, a failure of the model, and a request that is gone", function()
    local sandbox <close> = service.start { run_time = 5 }
    local client = at:client(sandbox)
    assert(assert(client.submit("acme/echo", { a = 1 })):cancel())
    assert.equal("cancelled", at:rows(client)[1].state)
    local quick <close> = service.start { endpoints = { ["acme/bad"] = function(_, job) job:fail(422, "no") end } }
    local other = at:client(quick)
    assert.is_nil(other.subscribe("acme/bad", {}))
    assert.equal("failed", at:rows(other)[1].state)
    assert.matches('"kind":"model"', at:rows(other)[1].error)
    assert.is_nil(other.result(other.request("acme/bad", "not-there")))
    assert.equal(2, #at:rows(other))
  end)

  it("leaves a call done that somebody cancels afterwards", function()
    local sandbox <close> = service.start()
    local lenient <close> = require("support.answers").start(function() return 202, nil, "{}" end)
    local client = at:client(sandbox)
    local _, req = assert(client.subscribe("acme/echo", { a = 1 }))
    req.cancel_url = lenient.url .. "/cancel"
    assert(req:cancel())
    assert.equal(1, #lenient.requests)
    assert.equal("done", at:rows(client)[1].state)
  end)

  it("says when nobody knows whether a call was accepted", function()
    local sandbox <close> = service.start { faults = { { what = "lose_answer", match = { call = "submit" } } } }
    local client = at:client(sandbox)
    local _, err = client.submit("acme/echo", { a = 1 })
    assert.equal("unconfirmed", err.kind)
    local row = at:rows(client)[1]
    assert.equal("unconfirmed", row.state)
    assert.is_nil(row.paid)
  end)

  it("has one row however often a call is tried", function()
    local faults = { { what = "nginx_503", match = { call = "submit" }, times = 2 } }
    local sandbox <close> = service.start { faults = faults }
    local client = at:client(sandbox)
    assert(client.submit("acme/echo", { a = 1 }))
    assert.equal(1, #at:rows(client))
  end)

  it("counts what was refused as free", function()
    local sandbox <close> = service.start()
    local client = at:client(sandbox, { key = "wrong:key" })
    local _, err = client.submit("acme/echo", { a = 1 })
    assert.equal(401, err.status)
    local row = at:rows(client)[1]
    assert.same({ "failed", 0 }, { row.state, row.paid })
  end)

  it("notes a task that was ended while it waited for the answer", function()
    local server <close> = assert(require("fal.core.server").listen { port = 0 })
    local fal = require "fal"
    local url = ("http://127.0.0.1:%d"):format(server:port())
    local client = fal.new { key = "a:b", run_url = url, history = at.path }
    local task = fal.async(client.run, "acme/slow", { a = 1 })
    local request
    service.until_true(function()
      request = server:next()
      return request
    end)
    task:cancel()
    assert.is_false((pcall(task.await, task)))
    local row = at:rows(client)[1]
    assert.equal("unconfirmed", row.state)
    request:abort "close"
  end)

  it("knows that a call which ended before it was sent is free", function()
    local fal = require "fal"
    local sandbox <close> = service.start { faults = { { what = "hang", match = { call = "run" } } } }
    local client = at:client(sandbox, { on_request = function() error "the hook's own mistake" end })
    local function expect(row, kind, message)
      assert.same({ "failed", 0 }, { row.state, row.paid })
      assert.matches(('"kind":"%s"'):format(kind), row.error)
      assert.matches("ended before anything was sent.*" .. message, row.error)
    end
    for _, call in ipairs { "submit", "run", "stream" } do
      assert.is_false((pcall(client[call], "acme/echo", {})))
      expect(at:rows(client)[1], "script", "the hook's own mistake")
    end
    client.config { on_request = function() end, max_connections = 1 }
    local hangs, waits = fal.async(client.run, "acme/echo", {}), fal.async(client.run, "acme/echo", {})
    service.until_true(function() return sandbox:requests "run"[1] end)
    assert.equal(1, #history.unheard())
    for _, task in ipairs { waits, hangs } do
      task:cancel()
      pcall(task.await, task)
    end
    client.config { max_connections = 64 }
    assert(client.submit("acme/echo", {}))
    local rows = at:rows(client)
    expect(rows[2], "cancelled", "the task was cancelled")
    assert.equal("unconfirmed", rows[3].state)
    assert.equal(2, sandbox:accepted())
  end)

  it("knows that a call is free which ended while it waited to be sent again", function()
    local sandbox <close> = service.start { faults = { { what = 429, match = { call = "submit" } } } }
    local client = at:client(sandbox, { retry_base = 60, retry_max = 60 })
    local task = require("fal").async(client.submit, "acme/echo", {})
    service.until_true(function() return sandbox:requests("submit")[1] and not next(history.unheard()) end)
    task:cancel()
    pcall(task.await, task)
    assert.same({ "failed", 0 }, { at:rows(client)[1].state, at:rows(client)[1].paid })
  end)

  it("sends nothing that it cannot write down", function()
    local sandbox <close> = service.start()
    local client = at:client(sandbox, { history = "/proc/no/history.db" })
    local _, err = client.submit("acme/echo", { a = 1 })
    assert.same({ "io", "no" }, { err.kind, err.billed })
    assert.matches("nothing was sent", tostring(err))
    assert.matches("%-%-no%-history", err.hint)
    assert.equal(0, sandbox:accepted())
    client.config { history = false }
    assert(client.submit("acme/echo", { a = 1 }))
  end)

  it("does not lose a request that it cannot complete, and catches up before the next", function()
    local sandbox <close> = service.start()
    local client = at:client(sandbox)
    local book = assert(history.open(client))
    local db, broken = book.db, false
    book.db = setmetatable({}, { __index = function(_, name)
      if name == "run" and broken then
        return function() return nil, require("fal.core.error").new { kind = "io", message = "disk full" } end
      end
      return function(_, ...) return db[name](db, ...) end
    end })
    client.config { on_request = function() broken = true end }
    local req = assert(client.submit("acme/echo", { a = 1 }))
    assert.equal("sending", at:rows(client)[1].state)
    local _, err = client.submit("acme/echo", { a = 2 })
    assert.equal("io", err.kind)
    broken = false
    client.config { on_request = function() end }
    assert(client.submit("acme/echo", { a = 3 }))
    assert.equal(req.id, at:row(client, "1").request_id)
    assert.equal(2, sandbox:accepted())
  end)
end)
