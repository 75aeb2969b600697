-- The loop's Lua face, for the scheduler and for hosts.
describe("fal.core.reactor", function()
  local reactor, sys

  before_each(function()
    require "fal.scheduler"
    reactor, sys = require "fal.core.reactor", require "fal.core.sys"
  end)

  it("makes timers to wait for", function()
    local start = sys.monotonic()
    local timer = reactor.after(0.02)
    assert.is_false(reactor.is_set(timer))
    assert.are.equal(1, reactor.census().timers)
    reactor.wait(timer)
    assert.is_true(sys.monotonic() - start >= 0.02)
    assert.is_true(reactor.is_set(timer))
    reactor.wait(timer)
    assert.are.equal(0, reactor.census().timers)
  end)

  it("stops timers, once or twice", function()
    local timer = reactor.after(100)
    timer:stop()
    timer:stop()
    assert.is_true(reactor.is_set(timer))
    assert.are.equal(0, reactor.census().timers)
  end)

  it("takes times of every size", function()
    for _, seconds in ipairs { 0, -1, 1e-9, 0 / 0 } do reactor.wait(reactor.after(seconds)) end
    local far = { reactor.after(1e300), reactor.after(math.huge), reactor.after(3e9) }
    assert.is_true(reactor.timeout() > 1e6)
    reactor.step(0)
    for _, timer in ipairs(far) do timer:stop() end
  end)

  it("forgets timers that nobody holds", function()
    for _ = 1, 100 do reactor.after(1000) end
    for _ = 1, 3 do collectgarbage() end
    assert.are.equal(0, reactor.census().timers)
  end)

  it("says how long to sleep, and steps no longer than told", function()
    assert.is_nil(reactor.timeout())
    local timer = reactor.after(50)
    local seconds = reactor.timeout()
    assert.is_true(seconds > 40 and seconds <= 50.001)
    local start = sys.monotonic()
    reactor.step(0.01)
    assert.is_true(sys.monotonic() - start < 40)
    timer:stop()
    assert.is_true(math.type(reactor.pollfd()) == "integer")
  end)

  it("waits for nothing but what can be waited for", function()
    for _, other in ipairs { io.stdout, 5, "x", {}, print, true } do
      assert.is_false(reactor.is_waitable(other))
      assert.is_false((pcall(reactor.wait, other)))
    end
    assert.is_false((pcall(reactor.wait)))
    assert.is_true(reactor.is_waitable(reactor.after(0)))
  end)

  it("waits without a scheduler", function()
    reactor.drive_with(nil)
    local late = reactor.after(0.001)
    reactor.wait(reactor.after(0.02))
    assert.is_true(reactor.is_set(late))
    package.loaded["fal.scheduler"] = nil
    require "fal.scheduler"
  end)
end)
