-- The queue as users see it: submit, wait, result, cancel, and their limits of time.
local answers = require "support.answers"
local process = require "support.process"
local service = require "support.service"

describe("the queue", function()
  local fal, sys

  before_each(function() fal, sys = require "fal", require "fal.core.sys" end)

  it("takes a request from submit to its result", function()
    local sandbox <close> = service.start { queue_time = 0.3, run_time = 0.02 }
    local client = service.client(sandbox)
    local enqueued, seen = nil, {}
    local output, req = client.subscribe("acme/echo", { prompt = "x" }, {
      on_enqueue = function(made) enqueued = made end,
      on_update = function(status) seen[#seen + 1] = status.status end,
    })
    assert.are.equal("x", output.prompt)
    assert.are.equal(enqueued, req)
    assert.are.equal("acme/echo#" .. req.id, tostring(req))
    assert.are.equal("IN_QUEUE", seen[1])
    assert.are.equal("COMPLETED", seen[#seen])
    assert.is_true(req.metrics.inference_time >= 0)
    assert.are.equal(1, req.billable_units)
  end)

  it("gives requests their methods, and takes them apart as endpoint and id", function()
    local sandbox <close> = service.start()
    local client = service.client(sandbox)
    local req = assert(client.submit("acme/echo/deep/er", { a = 1 }))
    for _, name in ipairs { "status_url", "response_url", "cancel_url" } do assert.matches("^http://", req[name]) end
    local kept = client.request("acme/echo/deep/er", req.id)
    for _, each in ipairs { req, kept } do
      assert.are.equal("COMPLETED", each:status().status)
      assert.are.equal("COMPLETED", client.status(each, { logs = true }).status)
      assert.are.equal(1, each:result().a)
      assert.are.equal(1, each:wait().a)
      local _, err = each:cancel()
      assert.are.equal("ALREADY_COMPLETED", err.type)
      assert.are.equal("http", err.kind)
      assert.are.equal(req.id, err.request_id)
    end
    assert.are.equal("COMPLETED", client.status("acme/echo", req.id, { logs = true }).status)
    assert.are.equal(1, client.result("acme/echo", req.id).a)
    local _, err = client.cancel("acme/echo", req.id)
    assert.are.equal("ALREADY_COMPLETED", err.type)
    _, err = client.status("acme/echo", "0000-none")
    assert.are.equal(404, err.status)
  end)

  it("keeps no null in a status, and says pending before the end", function()
    local sandbox <close> = service.start { queue_time = 0.03, run_time = 5 }
    local client = service.client(sandbox)
    local req = assert(client.submit("acme/echo", {}))
    local status = assert(req:status())
    assert.are.equal("IN_QUEUE", status.status)
    assert.are.equal("integer", math.type(status.queue_position))
    local output, err = req:result()
    assert.is_nil(output)
    assert.are.equal("pending", err.kind)
    service.until_true(function() return req:status().status == "IN_PROGRESS" end)
    status = assert(req:status())
    assert.is_nil(status.queue_position)
    assert.is_nil(status.logs)
    assert.is_true(#assert(req:status { logs = true }).logs >= 1)
    assert.is_true(req:cancel())
    output, err = req:wait()
    assert.is_nil(output)
    assert.are.equal("cancelled", err.kind)
  end)

  it("brings a failed request's error from its result", function()
    local sandbox <close> = service.start { endpoints = {
      ["acme/bad"] = function(_, job)
        local fault = { loc = { "body", "prompt" }, msg = "too dark", type = "content_policy_violation" }
        job:fail(422, { detail = { fault } })
      end,
      ["acme/broken"] = function(_, job) job:break_down "runner_disconnected" end,
    } }
    local client = service.client(sandbox)
    for _, mode in ipairs { "stream", "poll" } do
      local last
      local output, err = client.subscribe("acme/bad", {}, { mode = mode, on_update = function(s) last = s end })
      assert.is_nil(output)
      assert.are.equal("COMPLETED", last.status)
      assert.are.equal("model", err.kind)
      assert.are.equal("prompt", err.field)
      assert.are.equal("acme/bad", err.endpoint)
      assert.is_truthy(err.request_id)
      _, err = client.subscribe("acme/broken", {}, { mode = mode, on_update = function(s) last = s end })
      assert.are.equal("runner_disconnected", last.error_type)
      assert.are.equal("runner_disconnected", err.type)
      assert.are.equal("http", err.kind)
      assert.are.equal(2, err.attempts)
    end
  end)

  it("cancels at the service when the total time is up", function()
    local sandbox <close> = service.start { queue_time = 30 }
    local client = service.client(sandbox)
    for _, mode in ipairs { "stream", "poll" } do
      local start = sys.monotonic()
      local output, err = client.subscribe("acme/echo", {}, { timeout = 0.1, mode = mode })
      assert.is_nil(output)
      assert.is_true(sys.monotonic() - start < 15)
      assert.are.equal("timeout", err.kind)
      assert.are.equal("total", err.limit)
      assert.is_truthy(err.request_id)
      assert.are.equal("acme/echo", err.endpoint)
      assert.matches("the request was cancelled", err.message)
      assert.are.equal("COMPLETED", client.status("acme/echo", err.request_id).status)
    end
    assert.are.equal(2, #sandbox:requests "cancel")
    assert.are.equal(2, sandbox:accepted())
  end)

  it("says so when that cancel did not get through", function()
    local sandbox <close> = service.start { queue_time = 30 }
    sandbox:fault { what = 500, match = { call = "cancel" } }
    local _, err = service.client(sandbox).subscribe("acme/echo", {}, { timeout = 0.05 })
    assert.are.equal("total", err.limit)
    assert.matches("the request may go on at the service", err.message)
  end)

  it("counts the submit and its retries into the total time", function()
    local sandbox <close> = service.start()
    sandbox:fault { what = 429, retry_after = 100, match = { call = "submit" } }
    local _, err = service.client(sandbox).subscribe("acme/echo", {}, { timeout = 0.05 })
    assert.are.equal("total", err.limit)
    assert.is_nil(err.request_id)
    assert.are.equal(0, sandbox:accepted())
  end)

  it("leaves the request alone when nothing has changed for too long", function()
    local sandbox <close> = service.start { queue_time = 30 }
    local client = service.client(sandbox)
    for _, mode in ipairs { "stream", "poll" } do
      local _, err = client.subscribe("acme/echo", {}, { stall_timeout = 0.05, mode = mode })
      assert.are.equal("timeout", err.kind)
      assert.are.equal("stall", err.limit)
      assert.is_truthy(err.request_id)
    end
    assert.are.equal(0, #sandbox:requests "cancel")
  end)

  it("names the start timeout that the caller set", function()
    local sandbox <close> = service.start { queue_time = 30 }
    local _, err = service.client(sandbox).subscribe("acme/echo", {}, { start_timeout = 0.15 })
    assert.are.equal("timeout", err.kind)
    assert.are.equal("start", err.limit)
    assert.are.equal(1, err.attempts)
  end)

  it("cancels with the task that follows, whatever the task was doing", function()
    local function long_sleep() fal.sleep(9) end
    local waits = {
      stream = function(client) return client.subscribe("acme/echo", {}, { mode = "stream" }) end,
      poll = function(client) return client.subscribe("acme/echo", {}, { mode = "poll", interval = 10 }) end,
      polling = function(client) return client.subscribe("acme/echo", {}, { mode = "poll", interval = 0.001 }) end,
      limited = function(client) return client.subscribe("acme/echo", {}, { timeout = 100, stall_timeout = 50 }) end,
      enqueued = function(client) return client.subscribe("acme/echo", {}, { on_enqueue = long_sleep }) end,
      updated = function(client) return client.subscribe("acme/echo", {}, { on_update = long_sleep }) end,
      submitted = function(client) return assert(client.submit("acme/echo", {})):wait() end,
      caught = function(client) return select(2, pcall(client.subscribe, "acme/echo", {})) end,
    }
    for name, wait in pairs(waits) do
      local sandbox <close> = service.start { queue_time = 30 }
      local made = fal.async(wait, service.client(sandbox))
      service.until_true(function() return sandbox:accepted() == 1 end)
      fal.sleep(0.01)
      made:cancel()
      pcall(made.await, made)
      assert.are.equal(1, #sandbox:requests "cancel", name)
      assert.are.equal(0, require("fal.task").count(), name)
    end
  end)

  it("lets a submit that is under way finish first, then cancels", function()
    local sandbox <close> = service.start { queue_time = 30 }
    sandbox:fault { what = "delay", delay = 0.05, match = { call = "submit" } }
    local client = service.client(sandbox)
    local made = fal.async(client.subscribe, "acme/echo", {})
    service.until_true(function() return sandbox:accepted() == 1 end)
    made:cancel()
    local ok, err = pcall(made.await, made)
    assert.is_false(ok)
    assert.are.equal("cancelled", err.kind)
    assert.are.equal(1, #sandbox:requests "cancel")
  end)

  it("is not tried again nor cancelled when the task ends before the submit was sent", function()
    local sandbox <close> = service.start()
    sandbox:fault { what = "nginx_502", match = { call = "submit" } }
    local made = fal.async(service.client(sandbox, { retry_base = 50, retry_max = 50 }).subscribe, "acme/echo", {})
    service.until_true(function() return #sandbox:requests "submit" == 1 end)
    fal.sleep(0.01)
    made:cancel()
    pcall(made.await, made)
    assert.are.equal(1, #sandbox:requests())
  end)

  it("leaves a request alone that a mistake in a callback, or Ctrl-C, has left", function()
    local sandbox <close> = service.start { queue_time = 30 }
    local client = service.client(sandbox)
    for _, opts in ipairs { {}, { timeout = 100 } } do
      opts.on_update = function() error("mistake", 0) end
      assert.has_error(function() client.subscribe("acme/echo", {}, opts) end, "mistake")
      opts.on_update, opts.on_enqueue = nil, function() error("mistake", 0) end
      assert.has_error(function() client.subscribe("acme/echo", {}, opts) end, "mistake")
    end
    fal.loop()
    assert.are.equal(0, #sandbox:requests "cancel")
    assert.are.equal(4, sandbox:accepted())
    local config = sandbox.config
    local child <close> = process.start { "falua", "-e", [[
      local fal = require "fal"
      local function tell() io.stdout:write("waits\n"):flush() end
      print(pcall(fal.subscribe, "acme/echo", {}, { timeout = 100, on_enqueue = tell }))
      fal.loop()
    ]], env = { FAL_KEY = config.key, FAL_QUEUE_URL = config.queue_url } }
    local task = require "fal.task"
    service.until_true(function() return child:out():find "waits" end, 10)
    child:kill "INT"
    service.until_true(function() return child:status() end, 10)
    assert.matches("interrupted!", child:out() .. child:err())
    assert.are.equal(0, #sandbox:requests "cancel")
    assert.are.equal(0, task.count())
  end)

  it("waits for thousands at once with few streams", function()
    local sandbox <close> = service.start { queue_time = 0.1, remember = 20000 }
    local client = service.client(sandbox)
    local list = {}
    for i = 1, 300 do list[i] = i end
    local outputs = assert(fal.map(list, function(i) return client.subscribe("acme/echo", { i = i }) end,
      { concurrency = 300 }))
    for i = 1, 300 do assert.are.equal(i, outputs[i].i) end
    assert.is_true(#sandbox:requests "status_stream" <= 64)
    assert.are.equal(300, sandbox:accepted())
  end)

  it("uses the service's URLs as they are", function()
    local server <close> = answers.start(function(request)
      local base = "http://" .. request.headers.host
      if request.method == "POST" then
        local text = '{"request_id":"r","status_url":"B/s/t","response_url":"B/odd/response?x=1","cancel_url":"B/c"}'
        return 200, nil, (text:gsub("B", base))
      end
      return 200, nil, '{"status":"COMPLETED","answer":42}'
    end)
    local req = assert(server:client().submit("a/b", {}))
    assert.are.equal(42, req:result().answer)
    assert.is_truthy(req:status())
    assert.is_true(req:cancel())
    assert.are.equal("/odd/response", server.requests[2].path)
    assert.are.equal("x=1", server.requests[2].query)
    assert.are.equal("/s/t", server.requests[3].path)
    assert.are.equal("PUT /c", server.requests[4].method .. " " .. server.requests[4].path)
  end)
end)
