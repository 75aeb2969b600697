-- Waiting: everywhere that Lua code can run, and what must never hang.
local process = require "support.process"

describe("a wait", function()
  local fal, task, sys

  before_each(function()
    fal, task, sys = require "fal", require "fal.task", require "fal.core.sys"
  end)

  -- Runs fn(i) in n tasks at once; returns how long all took and what they returned.
  local function at_once(n, fn)
    local start, tasks, results = sys.monotonic(), {}, {}
    for i = 1, n do tasks[i] = fal.async(fn, i) end
    for i = 1, n do results[i] = tasks[i]:await() end
    return sys.monotonic() - start, results
  end

  it("blocks on the main thread", function()
    local start = sys.monotonic()
    fal.sleep(0.02)
    assert.is_true(sys.monotonic() - start >= 0.02)
  end)

  it("suspends only its own task", function()
    local took, results = at_once(20, function(i)
      fal.sleep(0.2)
      return i * i
    end)
    assert.is_true(took < 2) -- one after the other: four
    assert.are.equal(400, results[20])
  end)

  it("yields nothing to the resumer of a stranger's coroutine", function()
    local co = coroutine.wrap(function()
      fal.sleep(0.01)
      coroutine.yield "mine"
      fal.sleep(0.01)
      return "end"
    end)
    assert.are.equal("mine", co())
    assert.are.equal("end", co())
  end)

  it("works in a coroutine of the user's inside a task", function()
    local seen = {}
    fal.async(function()
      for value in coroutine.wrap(function()
        for i = 1, 3 do
          fal.sleep(0.005)
          coroutine.yield(i)
        end
      end) do seen[#seen + 1] = value end
    end):await()
    assert.are.same({ 1, 2, 3 }, seen)
  end)

  it("crosses pcall and to-be-closed variables", function()
    local order = {}
    local ok, err = fal.async(function()
      return pcall(function()
        local _ <close> = setmetatable({}, { __close = function()
          fal.sleep(0.005)
          order[#order + 1] = "closed"
        end })
        fal.sleep(0.005)
        order[#order + 1] = "waited"
        error("out", 0)
      end)
    end):await()
    assert.is_false(ok)
    assert.are.equal("out", err)
    assert.are.same({ "waited", "closed" }, order)
  end)

  it("blocks its task in gsub, sort and metamethods", function()
    local value = setmetatable({}, {
      __index = function(_, name) fal.sleep(0.001) return name end,
      __add = function() fal.sleep(0.001) return 7 end,
      __lt = function() fal.sleep(0.001) return true end,
      __concat = function() fal.sleep(0.001) return "joined" end,
      __call = function() fal.sleep(0.001) return "called" end,
    })
    local function all_of_them()
      assert.are.equal("aBc", (("abc"):gsub("b", function(c)
        fal.sleep(0.001)
        return c:upper()
      end)))
      local list = { 3, 1, 2 }
      table.sort(list, function(a, b)
        fal.sleep(0.0001)
        return a < b
      end)
      assert.are.same({ 1, 2, 3 }, list)
      assert.are.equal("x", value.x)
      assert.are.equal(7, value + 1)
      assert.is_true(value < value)
      assert.are.equal("joined", value .. "")
      assert.are.equal("called", value())
    end
    all_of_them()
    fal.async(all_of_them):await()
    at_once(12, all_of_them)
  end)

  it("in callbacks of several tasks at once, with limits of time, loses no task", function()
    local _, results = at_once(8, function(i)
      local got
      ("x"):gsub("x", function()
        local _, value = task.within(5, function()
          fal.sleep(0.002)
          return i
        end)
        got = value
      end)
      return got
    end)
    assert.are.same({ 1, 2, 3, 4, 5, 6, 7, 8 }, results)
  end)

  it("in a finalizer does not hang", function()
    local done = process.run { "lua", "-e", [[
      local fal = require "fal"
      local waited = 0
      local function finalizer()
        return setmetatable({}, { __gc = function() fal.sleep(0.001) waited = waited + 1 end })
      end
      for _ = 1, 20 do finalizer() end
      fal.sleep(0.001)
      fal.async(function() finalizer() collectgarbage() fal.sleep(0.001) end):await()
      collectgarbage()
      print(waited)
    ]], timeout = 10 }
    assert.are.equal("21\n", done.out, done.err)
  end)

  it("in a finalizer after the loop has gone is an error and no crash", function()
    local done = process.run { "lua", "-e", [[
      local fal
      kept = setmetatable({}, { __gc = function() print(pcall(fal.sleep, 0.001)) end })
      fal = require "fal"
      fal.sleep(0.001)
    ]], timeout = 10 }
    assert.are.equal(0, done.status, done.err)
    assert.matches("^false\t.*the program is ending", done.out)
  end)

  it("is ended by Ctrl-C", function()
    local child <close> = process.start { "falua", "-e", [[
      local fal = require "fal"
      io.stdout:write("waiting\n"):flush()
      fal.sleep(30)
    ]] }
    assert(child:expect "waiting")
    child:kill "INT"
    local result = assert(child:wait(10), "still running")
    assert.are.equal(130, result.status, result.err)
  end)

  it("can be for ten thousand timers", function()
    local took = at_once(10000, function(i) fal.sleep(0.001 * (i % 50)) end)
    assert.is_true(took < 60) -- one after the other: 245
    assert.are.equal(0, require("fal.core.reactor").census().timers)
  end)

  it("of a task for a task that waits for it is an error", function()
    local one, two
    one = fal.async(function() return two:await() end)
    two = fal.async(function() return one:await() end)
    assert.has_error(function() one:await() end, "deadlock: every task waits for another one")
    one:cancel()
    two:cancel()
    fal.step()
  end)

  it("of tasks for each other is an error beside a sandbox too", function()
    local sandbox <close> = require("support.service").start()
    local one, two
    one = fal.async(function() return two:await() end)
    two = fal.async(function() return one:await() end)
    assert.has_error(fal.loop, "deadlock: every task waits for another one")
    one:cancel()
    two:cancel()
    fal.step()
    assert.is_truthy(sandbox.url)
  end)

  it("of a task for itself is an error at its line", function()
    local me
    me = fal.async(function() me:await() end)
    local ok, err = pcall(me.await, me)
    assert.is_false(ok)
    assert.matches("scheduler_spec.lua:%d+: a task cannot wait for itself", err)
  end)

  it("for what another task waits for already is an error, and the first goes on", function()
    local reactor = require "fal.core.reactor"
    local timer = reactor.after(0.02)
    local first = fal.async(function()
      reactor.wait(timer)
      return "rang"
    end)
    local second = fal.async(function() reactor.wait(timer) end)
    local ok, err = pcall(second.await, second)
    assert.is_false(ok)
    assert.matches("another task waits for this already", tostring(err))
    assert.are.equal("rang", first:await())
  end)

  it("refuses what is no number of seconds at the caller's line", function()
    local ok, err = pcall(fal.sleep, "soon")
    assert.is_false(ok)
    assert.matches("bad argument #1 to 'sleep' %(number expected, got string%)", err)
  end)
end)
