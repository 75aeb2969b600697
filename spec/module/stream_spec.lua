-- Streams: events as they come, whatever the answer is, and how they end.
local answers = require "support.answers"
local service = require "support.service"

-- All events of a stream, and the error that ended it.
local function collect(iterator, second, third, closing)
  if not iterator then return nil, second end
  local list = {}
  local ok, err = pcall(function()
    for event in iterator, second, third, closing do list[#list + 1] = event end
  end)
  return list, not ok and err or nil
end

describe("fal.stream", function()
  local fal, reactor

  before_each(function() fal, reactor = require "fal", require "fal.core.reactor" end)

  -- A service that answers with an event stream of these pieces.
  local function streaming(...)
    local pieces = { ... }
    return answers.start(function(request)
      request:start(200, { ["content-type"] = "text/event-stream", ["x-fal-request-id"] = "s1" })
      for _, piece in ipairs(pieces) do
        request:write(piece)
        fal.sleep(0.002)
      end
      request:finish()
    end)
  end

  it("hands out decoded events to their end", function()
    local sandbox <close> = service.start { run_time = 0.01 }
    local list = collect(service.client(sandbox).stream("acme/echo", { word = "ä" }))
    assert.are.equal("ä", list[#list].word)
    assert.is_true(#list >= 2)
    assert.are.equal("/run/acme/echo/stream", sandbox:requests("stream")[1].path)
    assert.are.equal("text/event-stream", sandbox:requests("stream")[1].headers.accept)
  end)

  it("reads any value, however the bytes are cut", function()
    local server <close> = streaming('data: {"a"', ':1}\r', "\n\r\n: ping\n\n", "data: [1,\ndata: 2]\n\n",
      'data: "\xe2', '\x82\xac"\n\n', "data: null\n\ndata: false\n\ndata: 5\n\n", "event: x\nid: 1\n\n",
      "data: [DONE]\n\n")
    local list, err = collect(server:client().stream("a/b", {}))
    assert.is_nil(err)
    assert.are.equal(6, #list)
    assert.are.equal(1, list[1].a)
    assert.are.same({ 1, 2 }, { list[2][1], list[2][2] })
    assert.are.equal("€", list[3])
    assert.are.equal(fal.null, list[4])
    assert.is_false(list[5])
    assert.are.equal(5, list[6])
  end)

  it("hands out what came before it broke, also when all of it is there at once", function()
    local server <close> = answers.start(function(request)
      request:cut(200, { ["content-type"] = "text/event-stream", ["x-fal-request-id"] = "s1" },
        'data: {"a":1}\n\ndata: {"b', 1000)
    end)
    local list, err = collect(server:client().stream("a/b", {}))
    assert.are.equal(1, list and list[1].a)
    assert.are.equal("unconfirmed", err.kind)
    assert.are.equal("s1", err.request_id)
  end)

  it("appends /stream unless the id or an option says otherwise", function()
    local server <close> = streaming "data: 1\n\n"
    local client = server:client()
    collect(client.stream("a/b", {}))
    collect(client.stream("a/b/stream", {}))
    collect(client.stream("a/b", {}, { path = "/live" }))
    local paths = {}
    for i, seen in ipairs(server.requests) do paths[i] = seen.path end
    assert.are.same({ "/a/b/stream", "/a/b/stream", "/a/b/live" }, paths)
  end)

  it("raises from the loop when it breaks, after what came", function()
    local server <close> = answers.start(function(request)
      request:start(200, { ["content-type"] = "text/event-stream" })
      request:write 'data: {"a":1}\n\ndata: {"b'
      request:finish()
    end)
    local list, err = collect(server:client().stream("a/b", {}))
    assert.are.equal(1, #list)
    assert.are.equal("unconfirmed", err.kind)
    assert.are.equal("protocol", err.cause.kind)
    server:close()
    local arrived
    local reset <close> = answers.start(function(request)
      request:start(200, { ["content-type"] = "text/event-stream" })
      request:write 'data: {"a":1}\n\n'
      repeat fal.sleep(0.001) until arrived -- a reset takes with it what is still on the way
      request:abort "reset"
    end)
    local stream = assert(reset:client().stream("a/b", {}))
    arrived = stream()
    assert.are.equal(1, arrived.a)
    err = select(2, pcall(stream))
    assert.are.equal("unconfirmed", err.kind)
    assert.are.equal("network", err.cause.kind)
    assert.are.equal("a/b", err.endpoint)
  end)

  it("raises on an event that is no JSON", function()
    local server <close> = streaming("data: 1\n\n", "data: {nonsense\n\n", "data: 2\n\n")
    local list, err = collect(server:client().stream("a/b", {}))
    assert.are.same({ 1 }, list)
    assert.are.equal("protocol", err.cause.kind)
  end)

  it("returns the error of an answer that is one", function()
    local sandbox <close> = service.start { endpoints = {
      ["acme/bad"] = function(_, job) job:fail(422, "too dark") end,
    } }
    local iterator, err = service.client(sandbox).stream("acme/bad", {})
    assert.is_nil(iterator)
    assert.are.equal("model", err.kind)
    assert.are.equal("too dark", err.message)
  end)

  it("hands out an answer in JSON as one event, other bytes in pieces", function()
    local server <close> = answers.start(function(request)
      if request.path:find "json" then return 200, { ["content-type"] = "application/json" }, '{"whole":true}' end
      return 200, { ["content-type"] = "audio/mpeg" }, ("\0\xff"):rep(40000)
    end)
    assert.is_true(collect(server:client().stream("a/json", {}))[1].whole)
    assert.are.equal(("\0\xff"):rep(40000), table.concat((collect(server:client().stream("a/audio", {})))))
    local broken <close> = answers.start(function() return 200, nil, "{" end)
    local _, err = broken:client().stream("a/b", {})
    assert.are.equal("unconfirmed", err.kind)
  end)

  it("holds back a server that sends faster than one takes", function()
    local event <const> = "data: \"" .. ("x"):rep(100000) .. "\"\n\n"
    local server <close> = answers.start(function(request)
      request:start(200, { ["content-type"] = "text/event-stream" })
      for _ = 1, 60 do request:write(event) end
      request:finish()
    end)
    local count = 0
    for text in assert(server:client({ exchange_timeout = 0.5 }).stream("a/b", {})) do
      assert.are.equal(100000, #text)
      count = count + 1
      if count == 3 then fal.sleep(0.8) end
    end
    assert.are.equal(60, count)
  end)

  it("gives up when no byte comes for so long", function()
    local server <close> = answers.start(function(request)
      request:start(200, { ["content-type"] = "text/event-stream" })
      for _ = 1, 7 do
        request:write ": ping\n\n"
        fal.sleep(0.1)
      end
      request:write "data: 1\n\n"
    end)
    local list, err = collect(server:client({ exchange_timeout = 0.5 }).stream("a/b", {}))
    assert.are.same({ 1 }, list)
    assert.are.equal("exchange", err.cause.limit)
  end)

  it("hangs up when the loop ends early, is left by an error, or its task is cancelled", function()
    local sandbox <close> = service.start { run_time = 30, endpoints = {
      ["acme/endless"] = function(_, job)
        while true do
          job:send { tick = true }
          fal.sleep(0.001)
        end
      end,
    } }
    local client = service.client(sandbox)
    for _ in assert(client.stream("acme/endless", {})) do
      if reactor.census().transfers > 0 then break end
    end
    assert.are.equal(0, reactor.census().transfers)
    pcall(function()
      for _ in assert(client.stream("acme/endless", {})) do error "enough" end
    end)
    assert.are.equal(0, reactor.census().transfers)
    local made = fal.async(function()
      for _ in assert(client.stream("acme/endless", {})) do end
    end)
    service.until_true(function() return sandbox:accepted() == 3 end)
    fal.sleep(0.01)
    made:cancel()
    pcall(made.await, made)
    assert.are.equal(0, reactor.census().transfers)
  end)

  it("goes when nobody holds it any more", function()
    local sandbox <close> = service.start { run_time = 30, queue_time = 1 }
    local client = service.client(sandbox)
    do
      local iterator = assert(client.stream("acme/echo", {}))
      iterator()
    end
    for _ = 1, 3 do collectgarbage() end
    assert.are.equal(0, reactor.census().transfers)
  end)

  it("ends once, and stays at its end", function()
    local server <close> = streaming "data: 1\n\n"
    local iterator = assert(server:client().stream("a/b", {}))
    assert.are.equal(1, iterator())
    assert.is_nil(iterator())
    assert.is_nil(iterator())
  end)

  it("is for one task at a time", function()
    local server <close> = answers.start(function(request)
      request:start(200, { ["content-type"] = "text/event-stream" })
      request:write "data: 1\n\n"
      fal.sleep(0.05)
      request:write "data: 2\n\n"
      request:finish()
    end)
    local iterator = assert(server:client().stream("a/b", {}))
    assert.are.equal(1, iterator())
    local first, second = fal.async(iterator), fal.async(iterator)
    local ok = pcall(second.await, second)
    assert.is_false(ok)
    assert.are.equal(2, first:await())
  end)
end)
