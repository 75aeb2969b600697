-- Tasks: how they end, what a cancel does, how errors come out.
local process = require "support.process"

describe("a task", function()
  local fal, task, failure

  before_each(function()
    fal, task, failure = require "fal", require "fal.task", require "fal.core.error"
  end)

  it("returns all results and raises its error as it is", function()
    assert.are.same({ 1, nil, 3, n = 3 }, table.pack(fal.async(function() return 1, nil, 3 end):await()))
    local thing = {}
    local ok, err = pcall(function() fal.async(function() error(thing) end):await() end)
    assert.is_false(ok)
    assert.are.equal(thing, err)
  end)

  it("takes arguments, nil among them", function()
    local got = table.pack(fal.async(function(...) return select("#", ...), ... end, 1, nil, nil):await())
    assert.are.equal(3, got[1])
  end)

  it("closes its variables when it fails or is cancelled, and may wait there", function()
    local closed = 0
    local function body(fails)
      local _ <close> = task.closing(function()
        fal.sleep(0.001)
        closed = closed + 1
      end)
      if fails then error "boom" end
      fal.sleep(10)
    end
    pcall(function() fal.async(body, true):await() end)
    assert.are.equal(1, closed)
    local made = fal.async(body, false)
    fal.step()
    made:cancel()
    pcall(made.await, made)
    assert.are.equal(2, closed)
  end)

  it("that yields to nobody is ended with a traceback", function()
    local made = fal.async(function() coroutine.yield(1) end)
    local ok, err = pcall(made.await, made)
    assert.is_false(ok)
    assert.matches("attempt to yield from outside a coroutine", err)
    made = fal.async(function() coroutine.yield(io.stdout) end)
    assert.is_false((pcall(made.await, made)))
  end)

  it("can be cancelled before it begins, while it waits, and while it runs", function()
    local began = false
    local early = fal.async(function() began = true end)
    assert.is_true(early:cancel())
    assert.is_false((pcall(early.await, early)))
    assert.is_false(began)

    local waits = fal.async(function() fal.sleep(10) end)
    fal.step()
    waits:cancel()
    local ok, err = pcall(waits.await, waits)
    assert.is_false(ok)
    assert.are.equal("cancelled", err.kind)
    assert.is_false(waits:cancel())

    local itself
    itself = fal.async(function()
      itself:cancel()
      fal.sleep(10)
    end)
    ok, err = pcall(itself.await, itself)
    assert.is_false(ok)
    assert.are.equal("cancelled", err.kind)
  end)

  it("can be cancelled while it waits for another, which goes on", function()
    local slow = fal.async(function()
      fal.sleep(0.02)
      return "slow"
    end)
    local waits = fal.async(function() return slow:await() end)
    fal.step()
    waits:cancel()
    assert.is_false((pcall(waits.await, waits)))
    assert.are.equal("slow", slow:await())
  end)

  it("that fails in a host that only steps is not kept for ever", function()
    local done = process.run { "lua", "-e", [[
      warn "@on"
      local fal = require "fal"
      local kept = setmetatable({}, { __mode = "k" })
      for i = 1, 300 do
        local task = fal.async(function() error("mistake " .. i, 0) end)
        kept[task] = true
        fal.step()
        if i > 150 then pcall(task.await, task) end
      end
      collectgarbage()
      local count = 0
      for _ in pairs(kept) do count = count + 1 end
      print(count)
    ]] }
    assert.are.equal("100\n", done.out)
    local _, told = done.err:gsub("a task that nobody waited for failed: mistake %d+\n", "")
    assert.are.equal(150, told)
  end)

  it("that nobody waits for raises from fal.loop, with the way to the mistake", function()
    fal.async(function() error "lost" end)
    local ok, err = pcall(fal.loop)
    assert.is_false(ok)
    assert.matches("task_spec.lua:%d+: lost\nstack traceback:", err)
    fal.loop()
    local object = failure.new { kind = "http", message = "no" }
    fal.async(function() error(object) end)
    ok, err = pcall(fal.loop)
    assert.is_false(ok)
    assert.are.equal(object, err)
  end)

  it("that was cancelled raises from no loop", function()
    local made = fal.async(function() fal.sleep(10) end)
    fal.step()
    made:cancel()
    fal.loop()
  end)

  it("may not run the loop", function()
    local made = fal.async(fal.loop)
    local _, err = pcall(made.await, made)
    assert.matches("fal.loop cannot be called inside a task", err)
  end)

  it("is shown by its state", function()
    local made = fal.async(function() fal.sleep(0.001) end)
    assert.are.equal("fal.task (new)", tostring(made))
    fal.step()
    assert.are.equal("fal.task (waiting)", tostring(made))
    made:await()
    assert.are.equal("fal.task (done)", tostring(made))
  end)

  it("needs a function", function()
    local ok, err = pcall(fal.async, 5)
    assert.is_false(ok)
    assert.matches("bad argument #1 to 'async' %(function expected, got number%)", err)
  end)
end)

describe("task.within", function()
  local fal, task

  before_each(function() fal, task = require "fal", require "fal.task" end)

  it("returns what the function returns in time", function()
    assert.are.same({ true, 1, nil, 3, n = 4 }, table.pack(task.within(1, function() return 1, nil, 3 end)))
    assert.are.equal(0, require("fal.core.reactor").census().timers)
  end)

  it("ends it when time is up", function()
    local in_time, err = task.within(0.01, fal.sleep, 10)
    assert.is_false(in_time)
    assert.are.equal("cancelled", err.kind)
  end)

  it("raises what the function raises", function()
    assert.has_error(function() task.within(1, error, "boom", 0) end, "boom")
  end)

  it("passes on what else ended the wait, and does not wait for the end", function()
    local seen
    local outer = fal.async(task.within, 10, function()
      local _ <close> = task.closing(function(err)
        seen = err
        fal.sleep(0.05)
      end)
      fal.sleep(10)
    end)
    fal.step()
    fal.step()
    task.stop(outer, "interrupted!")
    local ok, err = pcall(outer.await, outer)
    assert.is_false(ok)
    assert.are.equal("interrupted!", err)
    fal.step()
    assert.are.equal("interrupted!", seen)
    assert.are.equal(1, task.count())
    fal.loop()
  end)

  it("ends with the task that waits for it", function()
    local closed = false
    local outer = fal.async(task.within, 10, function()
      local _ <close> = task.closing(function()
        fal.sleep(0.001)
        closed = true
      end)
      fal.sleep(10)
    end)
    fal.step()
    fal.step()
    outer:cancel()
    pcall(outer.await, outer)
    assert.is_true(closed)
    assert.are.equal(0, task.count())
  end)
end)

describe("fal.step", function()
  local fal

  before_each(function() fal = require "fal" end)

  it("does not wait unless told to", function()
    local sys = require "fal.core.sys"
    local start = sys.monotonic()
    fal.step()
    fal.step(0.02)
    local took = sys.monotonic() - start
    assert.is_true(took >= 0.02 and took < 10)
  end)

  it("drives tasks together with fal.timeout", function()
    assert.is_nil(fal.timeout())
    local done = false
    fal.async(function()
      fal.sleep(0.01)
      done = true
    end)
    assert.are.equal(0, fal.timeout())
    fal.step()
    local seconds = fal.timeout()
    assert.is_true(seconds > 0 and seconds <= 0.011)
    while not done do fal.step(fal.timeout()) end
  end)
end)
