-- Waiting in C: what yields, what blocks, and that being resumed for nothing does no harm.
local service = require "support.service"

describe("a verb that waits", function()
  local fal, reactor

  before_each(function() fal, reactor = require "fal", require "fal.core.reactor" end)

  it("yields only in a task of ours", function()
    local sandbox <close> = service.start { run_time = 0.01 }
    local client = service.client(sandbox)
    local yields = 0
    local co = coroutine.create(function() return client.run("acme/echo", { a = 1 }) end)
    while coroutine.status(co) ~= "dead" do
      local ok, first = coroutine.resume(co)
      assert.is_true(ok, first)
      yields = yields + 1
      if coroutine.status(co) == "dead" then assert.are.equal(1, first.a) end
    end
    assert.are.equal(1, yields)
  end)

  it("gives its result through every kind of frame", function()
    local sandbox <close> = service.start { run_time = 0.005 }
    local client = service.client(sandbox)
    local function call() return client.run("acme/echo", { a = 7 }).a end
    local frames = {
      plain = call,
      pcall = function() return select(2, pcall(call)) end,
      xpcall = function() return select(2, xpcall(call, print)) end,
      gsub = function() return tonumber((("x"):gsub("x", call))) end,
      metamethod = function() return setmetatable({}, { __index = call }).x end,
      iterator = function()
        local got
        for value in function() return not got and call() or nil end do got = value end
        return got
      end,
      coroutine = function() return coroutine.wrap(call)() end,
      closing = function()
        local value
        do local _ <close> = setmetatable({}, { __close = function() value = call() end }) end
        return value
      end,
      required = function()
        package.preload["a room of the spec"] = call
        package.loaded["a room of the spec"] = nil
        return (require "a room of the spec")
      end,
      nested = function()
        local function inner() return select(2, pcall(call)) end
        return select(2, pcall(function() return tonumber((("x"):gsub("x", inner))) end))
      end,
    }
    for name, frame in pairs(frames) do
      assert.are.equal(7, frame(), name)
      assert.are.equal(7, fal.async(frame):await(), name)
    end
    local tasks = {}
    for name, frame in pairs(frames) do tasks[name] = fal.async(frame) end
    for name, task in pairs(tasks) do assert.are.equal(7, task:await(), name) end
  end)

  it("lets other tasks rest while one blocks in a callback, and go on afterwards", function()
    local sandbox <close> = service.start { run_time = 0.05 }
    local client = service.client(sandbox)
    local order = {}
    local other = fal.async(function()
      fal.sleep(0.001)
      order[#order + 1] = "other"
    end)
    local blocked = fal.async(function()
      return (("x"):gsub("x", function()
        client.run("acme/echo", {})
        order[#order + 1] = "callback"
      end))
    end)
    blocked:await()
    other:await()
    assert.are.same({ "callback", "other" }, order)
  end)

  it("goes on waiting when it is resumed for nothing", function()
    local timer = reactor.after(0.02)
    local co = coroutine.create(function()
      reactor.wait(timer)
      return "rang"
    end)
    reactor.mark_task(co)
    local ok, waited_for = coroutine.resume(co)
    assert.is_true(ok)
    assert.are.equal(timer, waited_for)
    for _ = 1, 5 do assert.are.equal(timer, select(2, coroutine.resume(co))) end
    while not reactor.is_set(timer) do reactor.step(0.01) end
    assert.are.equal("rang", select(2, coroutine.resume(co)))
  end)

  it("raises where it waits when it is resumed with an error, and lets go", function()
    local sandbox <close> = service.start { run_time = 10 }
    local client = service.client(sandbox)
    local co = coroutine.create(function() return pcall(client.run, "acme/echo", {}) end)
    reactor.mark_task(co)
    coroutine.resume(co)
    assert.is_true(reactor.census().transfers >= 1)
    local thing = {}
    local _, ok, err = coroutine.resume(co, thing)
    assert.is_false(ok)
    assert.are.equal(thing, err)
    assert.are.equal(0, reactor.census().transfers)
  end)
end)
