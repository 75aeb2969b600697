-- Following one request: the status stream, the polls behind it, and what counts as news.
local answers = require "support.answers"
local service = require "support.service"

describe("a request that is followed", function()
  local fal, json

  before_each(function() fal, json = require "fal", require "fal.core.json" end)

  -- The statuses that following a request brings.
  local function follow(req, opts)
    local list = {}
    for status in req:events(opts) do list[#list + 1] = status end
    return list
  end

  local function words(list)
    local text = {}
    for i, status in ipairs(list) do text[i] = status.status end
    return table.concat(text, " ")
  end

  -- A service whose n-th poll answers with statuses[n] (the last one stays), and a request at it.
  local function polled(statuses, on_request)
    local polls = 0
    local server = answers.start(function(request)
      if on_request then on_request(request) end
      if request.method == "POST" then return 200, nil, '{"request_id":"r"}' end
      polls = polls + 1
      return 202, nil, assert(json.encode(statuses[math.min(polls, #statuses)]))
    end)
    return server, assert(server:client().submit("a/b", {}))
  end

  local modes = { "auto", "stream", "poll" }

  for _, mode in ipairs(modes) do
    it("tells each change once, mode " .. mode, function()
      local sandbox <close> = service.start { queue_time = 0.2, run_time = 0.2 }
      service.walk(sandbox)
      local req = assert(service.client(sandbox).submit("acme/echo", {}))
      local list = follow(req, { mode = mode, interval = 0.005 })
      local text = words(list)
      assert.matches("^IN_QUEUE IN_QUEUE.* IN_PROGRESS COMPLETED$", text)
      assert.are.equal(1, select(2, text:gsub("IN_PROGRESS", "")))
      assert.is_table(req.metrics)
      for i = 2, #list do
        assert.is_false(list[i].status == list[i - 1].status and list[i].queue_position == list[i - 1].queue_position)
        for _, value in pairs(list[i]) do assert.are_not.equal(json.null, value) end
      end
      local streams = #sandbox:requests "status_stream"
      assert.are.equal(mode == "poll" and 0 or 1, streams)
      if mode ~= "poll" then assert.are.equal(0, #sandbox:requests "status") end
    end)

    it("may go back to the queue, mode " .. mode, function()
      local faults = { { what = "back_to_queue" } }
      local sandbox <close> = service.start { queue_time = 0.1, run_time = 0.2, faults = faults }
      service.walk(sandbox)
      local req = assert(service.client(sandbox).submit("acme/echo", { a = 1 }))
      local text = words(follow(req, { mode = mode, interval = 0.004 })):gsub("IN_QUEUE IN_QUEUE", "IN_QUEUE")
      assert.matches("IN_PROGRESS IN_QUEUE.* IN_PROGRESS COMPLETED$", text)
      assert.are.equal(1, req:result().a)
    end)

    it("may have a status that nobody knows, mode " .. mode, function()
      local sandbox <close> = service.start {
        queue_time = 0.15, run_time = 0.15, faults = { { what = "unknown_status", status = "PAUSED" } },
      }
      service.walk(sandbox)
      local req = assert(service.client(sandbox).submit("acme/echo", { a = 1 }))
      assert.matches("IN_QUEUE PAUSED COMPLETED$", words(follow(req, { mode = mode, interval = 0.004 })))
      assert.are.equal(1, req:wait().a)
    end)

    it("brings each log line once, mode " .. mode, function()
      for _, faults in ipairs { {}, { { what = "duplicate_logs" } } } do
        local sandbox <close> = service.start { faults = faults, endpoints = {
          ["acme/talks"] = function(_, job)
            for i = 1, 25 do
              job:log("line " .. i)
              if i % 5 == 0 then fal.sleep(0.01) end
            end
            return {}
          end,
        } }
        local req = assert(service.client(sandbox).submit("acme/talks", {}))
        local lines = {}
        for status in req:events { mode = mode, logs = true, interval = 0.002 } do
          for _, line in ipairs(status.logs or {}) do lines[#lines + 1] = line.message end
        end
        assert.are.equal(25, #lines)
        for i, line in ipairs(lines) do assert.are.equal("line " .. i, line) end
      end
    end)
  end

  it("falls back to polls, without loss, when the stream breaks", function()
    for _, what in ipairs {
      "reset_before", "reset_after", "cut", "nginx_502", 404, 500, "nonsense", "empty", "cut_in_character", "end_early",
      "event_nonsense", "redirect",
    } do
      local sandbox <close> = service.start { queue_time = 0.02, run_time = 0.02 }
      sandbox:fault { what = what, match = { call = "status_stream" } }
      local opts = { logs = true, interval = 0.01 }
      local output, err = service.client(sandbox).subscribe("acme/echo", { word = "ä€😀" }, opts)
      assert.are.equal("ä€😀", output and output.word, ("%s: %s"):format(what, err))
      assert.is_true(#sandbox:requests "status" >= 1, tostring(what))
      -- libcurl asks once more where a kept connection breaks
      assert.is_true(#sandbox:requests "status_stream" <= 2, tostring(what))
      assert.are.equal(1, sandbox:accepted())
    end
  end)

  -- Puts time forward by what the returned function is told; its second value puts it right again.
  local function hurried()
    local sys = require "fal.core.sys"
    local clock <const>, skew = sys.monotonic, 0
    sys.monotonic = function() return clock() + skew end
    return function(seconds) skew = skew + seconds end,
      setmetatable({}, { __close = function() sys.monotonic = clock end })
  end

  it("opens a stream again that had served for a while when it broke", function()
    local pass, _ <close> = hurried()
    local sandbox <close> = service.start { queue_time = 0.1 }
    service.walk(sandbox)
    sandbox:fault { what = "end_early", match = { call = "status_stream" }, times = 1 }
    assert(service.client(sandbox).subscribe("acme/echo", {}, { on_update = function() pass(60) end }))
    assert.are.equal(2, #sandbox:requests "status_stream")
    assert.are.equal(1, #sandbox:requests "status")
  end)

  it("is streamed where its URL says, with a query or without", function()
    local urls, seen = { "/s/status?token=a", "/s/status" }, {}
    for _, url in ipairs(urls) do
      local server <close> = answers.start(function(request)
        seen[#seen + 1] = request.path .. "?" .. (request.query or "")
        return 200, nil, '{"status":"COMPLETED"}'
      end)
      local client = server:client()
      local req = client.request("a/b", "r")
      req.status_url = client.option "queue_url" .. url
      follow(req, { logs = true })
    end
    assert.are.equal("/s/status/stream?token=a&logs=1", seen[1])
    assert.are.equal("/s/status/stream?logs=1", seen[2])
  end)

  it("reads a stream whose pieces end inside a character", function()
    local sandbox <close> = service.start { queue_time = 0.01, endpoints = {
      ["acme/talks"] = function(_, job)
        job:log "schön – 日本 😀"
        return { word = "ü" }
      end,
    } }
    sandbox:fault { what = "split_in_character", match = { call = "status_stream" } }
    local lines = {}
    local output = assert(service.client(sandbox).subscribe("acme/talks", {}, {
      logs = true, mode = "stream",
      on_update = function(status)
        for _, line in ipairs(status.logs or {}) do lines[#lines + 1] = line.message end
      end,
    }))
    assert.are.equal("ü", output.word)
    assert.are.same({ "schön – 日本 😀" }, lines)
    assert.are.equal(0, #sandbox:requests "status")
  end)

  it("is a stream again for an id that was kept", function()
    local sandbox <close> = service.start { queue_time = 0.05 }
    service.walk(sandbox)
    local client = service.client(sandbox)
    local id = assert(client.submit("acme/echo", { a = 1 })).id
    local output, req = client.request("acme/echo", id):wait()
    assert.are.equal(1, output.a)
    assert.are.equal(id, req.id)
    assert.are.equal(1, #sandbox:requests "status_stream")
    assert.are.equal(1, #sandbox:requests "status")
  end)

  it("is polled more slowly while nothing changes", function()
    local sandbox <close> = service.start { endpoints = {
      ["acme/slow"] = function() fal.sleep(2) return {} end,
    } }
    assert(service.client(sandbox).subscribe("acme/slow", {}, { mode = "poll" }))
    local polls = #sandbox:requests "status"
    assert.is_true(polls >= 2 and polls <= 12, polls) -- at the first pace: some twenty
  end)

  it("is polled at the caller's interval when there is one", function()
    local sandbox <close> = service.start { queue_time = 0.4 }
    assert(service.client(sandbox).subscribe("acme/echo", {}, { mode = "poll", interval = 0.04 }))
    local polls = sandbox:requests "status"
    assert.is_true(#polls >= 3 and #polls <= 12, #polls)
    for i = 2, #polls do assert.is_true(polls[i].at - polls[i - 1].at >= 0.039) end
  end)

  it("tells log lines of moving windows once, and equal ones as often as they stand there", function()
    local function line(n, text) return { timestamp = "t" .. n, message = text } end
    local a, b, c = line(1, "a"), line(1, "b"), line(2, "a")
    local server <close>, req = polled {
      { status = "IN_PROGRESS", logs = { a, a } }, { status = "IN_PROGRESS", logs = { a, a, b } },
      { status = "IN_PROGRESS", logs = { a, b, c } }, { status = "IN_PROGRESS", logs = { b, c } },
      { status = "IN_PROGRESS", logs = json.null },
      { status = "IN_PROGRESS", logs = { { message = "bare" }, 5, "odd", json.null } },
      { status = "COMPLETED", logs = { c, { message = "bare" } } },
    }
    local seen = {}
    for status in req:events { mode = "poll", logs = true, interval = 0.001 } do
      for _, each in ipairs(status.logs or {}) do seen[#seen + 1] = each.message end
    end
    assert.are.same({ "a", "a", "b", "a", "bare" }, seen)
    assert.matches("logs=1", server.requests[2].query)
  end)

  it("counts a new line as a change for the stall limit", function()
    local n = 0
    local pass, _ <close> = hurried()
    local statuses = setmetatable({}, { __len = function() return 1 end, __index = function()
      n = n + 1
      pass(1)
      return { status = n > 20 and "COMPLETED" or "IN_PROGRESS", logs = { { timestamp = n, message = "m" } } }
    end })
    local server <close>, req = polled(statuses)
    assert.is_truthy(req:wait { mode = "poll", logs = true, interval = 0.01, stall_timeout = 10 })
    assert.is_true(#server.requests > 20)
  end)

  it("ends its stream when the loop over its events ends early", function()
    local sandbox <close> = service.start { queue_time = 10 }
    local req = assert(service.client(sandbox).submit("acme/echo", {}))
    for status in req:events { mode = "stream" } do
      if status then break end
    end
    assert.are.equal(0, require("fal.core.reactor").census().transfers)
  end)

  it("raises its error from the loop over its events", function()
    local sandbox <close> = service.start { queue_time = 10 }
    local client = service.client(sandbox)
    local ok, err = pcall(follow, client.request("acme/echo", "0000-none"))
    assert.is_false(ok)
    assert.are.equal(404, err.status)
    ok, err = pcall(follow, assert(client.submit("acme/echo", {})), { stall_timeout = 0.02 })
    assert.is_false(ok)
    assert.are.equal("stall", err.limit)
  end)

  it("opens no more streams than a quarter of the connections", function()
    local sandbox <close> = service.start { queue_time = 0.5 }
    local client = service.client(sandbox, { max_connections = 8 })
    local jobs = {}
    for i = 1, 20 do jobs[i] = function() return client.subscribe("acme/echo", { i = i }) end end
    local all = fal.async(fal.all, jobs)
    service.until_true(function() return #sandbox:requests "status" >= 20 end)
    assert.are.equal(2, #sandbox:requests "status_stream")
    assert(all:await())
    local before = #sandbox:requests "status_stream"
    assert(client.subscribe("acme/echo", {}))
    assert.are.equal(before + 1, #sandbox:requests "status_stream")
    client.config { max_connections = 64 }
    assert(client.run("acme/echo", {}))
  end)

  it("opens as few when it was another client that has set their number", function()
    local sandbox <close> = service.start { queue_time = 0.5 }
    local client, other = service.client(sandbox), service.client(sandbox, { max_connections = 4 })
    assert(other.run("acme/echo", {}))
    local jobs = {}
    for i = 1, 4 do jobs[i] = function() return client.subscribe("acme/echo", {}) end end
    local all = fal.async(fal.all, jobs)
    service.until_true(function() return #sandbox:requests "status" >= 3 end)
    assert.are.equal(1, #sandbox:requests "status_stream")
    assert(all:await())
    other.config { max_connections = 64 }
    assert(other.run("acme/echo", {}))
  end)
end)

describe("the program's random numbers", function()
  it("are left alone", function()
    local sandbox <close> = service.start { queue_time = 0.05 }
    local client = service.client(sandbox, { key = sandbox.config.key })
    sandbox:fault { what = "nginx_502", match = { call = "status" }, times = 2 }
    math.randomseed(42)
    local expected = { math.random(), math.random() }
    math.randomseed(42)
    local first = math.random()
    assert(client.subscribe("acme/echo", {}, { mode = "poll" }))
    assert.are.same(expected, { first, math.random() })
  end)
end)
