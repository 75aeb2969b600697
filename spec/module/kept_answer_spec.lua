-- Answers that were nearly lost: a hook that fails after a submit was accepted,
-- a trailer that looks like another answer, a status URL that is too long.
local answers = require "support.answers"
local process = require "support.process"
local reactor = require "fal.core.reactor"
local server = require "fal.core.server"
local fal = require "fal"

-- Answers the first request a second time, unasked, when it is sent SIGUSR1; takes no more connections after SIGUSR2.
local answers_twice <const> = [[
  local uv = require "luv"
  local listening, count = uv.new_tcp(), 0
  local function answer(id)
    local body = ('{"status":"IN_QUEUE","request_id":"%s"}'):format(id)
    return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"):format(#body, body)
  end
  local function tell(...)
    print(...)
    io.stdout:flush()
  end
  listening:bind("127.0.0.1", 0)
  listening:listen(8, function()
    local peer = uv.new_tcp()
    listening:accept(peer)
    peer:read_start(function(_, bytes)
      if not bytes then return peer:close() end
      count = count + 1
      peer:write(answer("answer-" .. count))
    end)
    if count > 0 then return end
    uv.new_signal():start("sigusr1", function()
      peer:write(answer "unasked", function() tell "unasked" end)
    end)
  end)
  uv.new_signal():start("sigusr2", function() listening:close(function() tell "closed" end) end)
  tell(listening:getsockname().port)
  uv.run()
]]

local accepted <const> = '{"status":"IN_QUEUE","request_id":"kept"}'

describe("an answer is kept", function()
  it("when on_response fails", function()
    local serving <close> = answers.start(function()
      return 200, { ["content-type"] = "application/json" }, accepted
    end)
    local client = serving:client { on_response = function() error "the hook's own mistake" end }
    assert.equal("kept", assert(client.submit("acme/app", {})).id)
  end)

  it("when a trailer looks like a status line", function()
    local child <close> = process.start { "lua5.4", "-e", [[
      local uv = require "luv"
      local body = '{"status":"IN_QUEUE","request_id":"kept"}'
      local listening = uv.new_tcp()
      listening:bind("127.0.0.1", 0)
      listening:listen(1, function()
        local peer = uv.new_tcp()
        listening:accept(peer)
        peer:read_start(function(_, bytes)
          if not bytes then return uv.stop() end
          peer:write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
            .. ("%x\r\n%s\r\n0\r\nHTTP/1.1 500 late: x\r\n\r\n"):format(#body, body))
        end)
      end)
      print(listening:getsockname().port)
      io.stdout:flush()
      uv.run()
    ]] }
    assert.is_truthy(child:expect "%d+\n")
    local client = fal.new { key = "a:b", queue_url = "http://127.0.0.1:" .. child:out():match "%d+", retries = 0 }
    assert.equal("kept", assert(client.submit("acme/app", {})).id)
  end)

  it("and not taken from what lay unread in a kept connection", function()
    local child <close> = process.start { "lua5.4", "-e", answers_twice }
    assert.is_truthy(child:expect "%d+\n")
    local client = fal.new { key = "a:b", queue_url = "http://127.0.0.1:" .. child:out():match "%d+", retries = 0 }
    assert.equal("answer-1", assert(client.submit("acme/app", {})).id)
    child:kill "USR1"
    assert.is_truthy(child:expect "unasked\n")
    assert.equal("answer-2", assert(client.submit("acme/app", {})).id)
    assert.equal("answer-3", assert(client.submit("acme/app", {})).id)
  end)

  it("and an answer is not waited for in vain when such a connection was the last", function()
    local child <close> = process.start { "lua5.4", "-e", answers_twice }
    assert.is_truthy(child:expect "%d+\n")
    local client = fal.new { key = "a:b", queue_url = "http://127.0.0.1:" .. child:out():match "%d+", retries = 0 }
    assert(client.submit("acme/app", {}))
    child:kill "USR1"
    assert.is_truthy(child:expect "unasked\n")
    child:kill "USR2"
    assert.is_truthy(child:expect "closed\n")
    local in_time, err = require("fal.task").within(5, function() return select(2, client.submit("acme/app", {})) end)
    assert.is_true(in_time)
    assert.same({ "network", "no" }, { err.kind, err.billed })
  end)

  it("by a URL of our own when the service's is too long", function()
    local listening <close> = assert(server.listen {})
    local client = fal.new { key = "a:b", queue_url = "http://127.0.0.1:" .. listening:port(), retries = 0 }
    local request = client.request("acme/app", "abc")
    request.status_url = listening:port() .. ("x"):rep(9000)
    local asked = fal.async(function() return request:status() end)
    local seen = listening:next()
    while not seen do
      fal.step(1)
      if reactor.is_set(listening) then seen = listening:next() end
    end
    assert.equal("/acme/app/requests/abc/status", seen.path)
    seen:respond(200, { ["content-type"] = "application/json" }, '{"status":"IN_QUEUE"}')
    assert.equal("IN_QUEUE", assert(asked:await()).status)
  end)
end)
