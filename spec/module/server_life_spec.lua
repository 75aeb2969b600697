-- fal.core.server when things end early: faults on purpose, clients that hang
-- up, objects that are closed or collected.
local serving = require "support.serving"
local process = require "support.process"
local server = require "fal.core.server"
local reactor = require "fal.core.reactor"

-- What curl says of the ways in which an answer can fail to come.
local partial, nothing, reset = 18, 52, 56

local function status_of(fault) return serving.run("curl -s $URL/", fault).status end

local function fetch(listening, path)
  return process.start { "curl", "-s", ("http://127.0.0.1:%d%s"):format(listening:port(), path or "/") }
end

describe("a fault", function()
  it("announces more than it sends", function()
    local client = serving.run("curl -s $URL/", function(request)
      request:cut(200, { ["content-type"] = "application/json" }, '{"a":', 100)
    end)
    assert.are.equal(partial, client.status)
    assert.are.equal('{"a":', client.out)
  end)

  it("breaks off a stream, inside a character too", function()
    local client = serving.run("curl -sN $URL/", function(request) request:cut(200, nil, "data: \xc3") end)
    assert.are.equal(partial, client.status)
    assert.are.equal("data: \xc3", client.out)
  end)

  it("is no answer but a close or a reset", function()
    assert.are.equal(nothing, status_of(function(request) request:abort "close" end))
    assert.are.equal(nothing, status_of(function(request) request:abort() end))
    assert.are.equal(reset, status_of(function(request) request:abort "reset" end))
  end)

  it("closes or resets late, when the connection has gone to sleep", function()
    for how, status in pairs { close = nothing, reset = reset } do
      assert.are.equal(status, status_of(function(request)
        for _ = 1, 5 do reactor.step(0) end
        request:abort(how)
      end))
    end
  end)

  it("ends a stream that is under way, also beside older connections", function()
    for how, status in pairs { close = partial, reset = reset } do
      local older
      local client = serving.run("read go < <(curl -sN $URL/older); curl -sN $URL/; echo $?", function(request)
        request:start(200)
        if request.path == "/older" then
          older = request
          return request:write "go\n"
        end
        request:write "abc"
        for _ = 1, 5 do reactor.step(0.001) end
        request:abort(how)
      end)
      assert.are.equal("abc" .. status .. "\n", client.out)
      older:abort()
    end
  end)
end)

describe("a client that hangs up", function()
  local function take(listening, client)
    local request
    client:until_true(function() request = listening:next() return request end)
    return request
  end

  -- Gives a request to `handler` and then ends the client; returns what waiting
  -- for the request gave. It is the second one on its connection, and the first
  -- had to sleep for its answer too.
  local function left_alone(handler)
    local listening <close> = assert(server.listen {})
    local url = ("http://127.0.0.1:%d/"):format(listening:port())
    local client <close> = process.start { "curl", "-sN", url .. "first", url .. "second" }
    local first = take(listening, client)
    for _ = 1, 5 do reactor.step(0.001) end
    first:respond(200)
    local request = take(listening, client)
    handler(request, client)
    local before = request:alive()
    client:kill "KILL"
    assert(client:until_true(function() return reactor.is_set(request) end, 10), "nobody noticed")
    return { before = before, after = request:alive(), outcome = reactor.wait(request) }
  end

  local noticed = { before = true, after = false, outcome = false }

  it("is noticed while it waits for an answer", function()
    assert.are.same(noticed, left_alone(function() end))
  end)

  it("is noticed while it waits for more of a stream", function()
    assert.are.same(noticed, left_alone(function(request, client)
      request:start(200)
      request:write "abc\n"
      client:expect "abc"
    end))
  end)

  it("is noticed at once by alive, without a turn of the loop", function()
    local listening <close> = assert(server.listen {})
    local client <close> = fetch(listening)
    local request = take(listening, client)
    assert.is_true(request:alive())
    client:kill "KILL"
    repeat until client:status()
    assert.is_false(request:alive())
  end)

  it("makes a write fail, and a late answer harmless", function()
    local listening <close> = assert(server.listen {})
    local function request_of(path)
      local client = fetch(listening, path)
      return take(listening, client), client
    end
    local stream, one <close> = request_of "/stream"
    local plain, two <close> = request_of "/plain"
    stream:start(200)
    one:kill "KILL"
    two:kill "KILL"
    reactor.wait(stream)
    reactor.wait(plain)
    local written, err = stream:write "abc"
    assert.is_nil(written)
    assert.are.equal("network: the client has gone", tostring(err))
    assert.is_nil(stream:finish())
    plain:respond(200, nil, "too late")
    reactor.step(0)
    assert.has_error(function() plain:respond(200) end, "the request was answered already")
  end)
end)

describe("what is dropped", function()
  it("unanswered closes its connection", function()
    local listening <close> = assert(server.listen {})
    local client <close> = fetch(listening)
    client:until_true(function()
      listening:next()
      collectgarbage()
      return client:status()
    end)
    assert.are.equal(nothing, client:status())
    assert.are.equal(nothing, status_of(function(request) local _ <close> = request end))
    assert.are.equal(partial, status_of(function(request)
      local stream <close> = request
      stream:start(200)
      stream:write "abc"
    end))
  end)

  it("after its answer still sends it", function()
    local client = serving.run("curl -s $URL/", function(request)
      local answered <close> = request
      answered:respond(200, nil, ("x"):rep(3000000))
    end)
    assert.are.equal(3000000, #client.out)
  end)

  it("as a closed server cuts off who waits and says so", function()
    local waiting, outcome
    local client = serving.run("curl -s $URL/wait & curl -s $URL/quick; wait $!; echo $?", function(request, listening)
      if request.path == "/wait" then waiting = request else request:respond(200, nil, "quick ") end
      if waiting then
        reactor.step(0)
        listening:close()
        outcome = reactor.wait(waiting)
        return false
      end
    end)
    assert.is_false(outcome)
    assert.is_truthy(client.out:find(nothing .. "\n$"))
    assert.are.equal("network", select(2, waiting:respond(200)).kind)
  end)

  it("as a server that is closed when a request arrives cuts that off", function()
    local listening = assert(server.listen {})
    local client <close> = process.start { "bash", "-c", [[
      exec 3<>/dev/tcp/127.0.0.1/$PORT; printf 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' >&3; echo sent; cat <&3]],
      env = { PORT = listening:port() } }
    repeat until client:out() == "sent\n" -- without a turn of the loop
    listening:close()
    assert.are.equal("sent\n", assert(client:wait()).out)
  end)

  it("in any order does no harm, nor does the end of a state", function()
    local script = [[
      local reactor, server = require "fal.core.reactor", require "fal.core.server"
      local listening = assert(server.listen {})
      local url = ("http://127.0.0.1:%d/"):format(listening:port())
      for i = 1, 3 do os.execute("curl -s " .. url .. i .. " >/dev/null 2>&1 &") end
      local held = {}
      while #held < 3 do
        reactor.wait(listening)
        for request in listening.next, listening do held[#held + 1] = request end
      end
      held[1]:start(200)
      held[1]:write "abc"
      held[2]:respond(200, nil, "abc")
      local how = ...
      if how == "server first" then
        listening = nil
        collectgarbage()
        listening = held[3]
        held = nil
        collectgarbage()
        reactor.step(0)
      elseif how == "requests first" then
        held = nil
        collectgarbage()
        reactor.step(0)
      end
      print "fine"
    ]]
    for _, how in ipairs { "server first", "requests first", "end of the state" } do
      local path <close> = process.temporary()
      assert(io.open(path.path .. "/end.lua", "w")):write(script):close()
        assert.are.same({ status = 0, out = "fine\n", err = "" }, process.run { "lua", path.path .. "/end.lua", how })
    end
  end)
end)

describe("a server", function()
  it("counts its connections and requests", function()
    local counted
    local held = {}
    serving.run("curl -s $URL/1 & curl -s $URL/2; wait", function(request, listening)
      held[#held + 1] = request
      if #held == 2 then
        counted = { listening:count() }
        for _, each in ipairs(held) do each:respond(200) end
      end
    end)
    assert.are.same({ 2, 2 }, counted)
  end)

  it("says why it cannot listen", function()
    local first <close> = assert(server.listen { port = 0 })
    local _, err = server.listen { port = first:port() }
    assert.is_truthy(tostring(err):find "^io: cannot listen on 127%.0%.0%.1 port %d+: Address already in use$")
    assert.is_nil(server.listen { host = "no such host" })
  end)

  it("listens on IPv6 where there is one", function()
    local listening <close> = server.listen { host = "::1" }
    if not listening then return pending "no IPv6 here" end
    assert.is_true(listening:port() > 0)
  end)

  it("wakes who waits for it when it is closed", function()
    local listening = assert(server.listen {})
    for _ = 1, 2 do listening:close() end
    assert.is_false(reactor.wait(listening))
    assert.are.equal("fal.server (closed)", tostring(listening))
    for _, method in ipairs { "next", "port", "count" } do
      assert.has_error(function() listening[method](listening) end, "the server is closed")
    end
  end)
end)
