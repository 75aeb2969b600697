-- all, settle, race, map: what is kept, what is ended, what is never begun.
local service = require "support.service"

describe("several tasks at once", function()
  local fal, failure

  before_each(function()
    fal, failure = require "fal", require "fal.core.error"
  end)

  local function after(seconds, ...)
    local values = table.pack(...)
    return function()
      fal.sleep(seconds)
      return table.unpack(values, 1, values.n)
    end
  end

  local function failing(seconds, message)
    return function()
      fal.sleep(seconds)
      return nil, failure.new { kind = "model", message = message, type = "no_media_generated", status = 422 }
    end
  end

  describe("fal.all", function()
    it("returns the first results in order, of tasks and functions", function()
      local list = assert(fal.all { after(0.02, "a", "x"), fal.async(after(0.001, "b")), after(0, false) })
      assert.are.same({ "a", "b", false }, list)
      assert.are.same({}, fal.all {})
    end)

    it("finishes what is under way after a failure, and keeps it", function()
      local finished = 0
      local list, err = fal.all {
        failing(0.001, "first"),
        function()
          fal.sleep(0.02)
          finished = finished + 1
          return "kept"
        end,
        function() error "mistake" end,
      }
      assert.is_nil(list)
      assert.are.equal(1, finished)
      assert.are.equal("model", err.kind)
      assert.are.equal("no_media_generated", err.type)
      assert.are.same({ [2] = "kept" }, err.results)
      assert.are.equal("first", err.failures[1].message)
      assert.matches("gather_spec.lua:%d+: mistake", err.failures[3].message)
      assert.is_nil(err.failures[2])
      assert.are.equal(err.failures[1], err.cause)
      assert.matches("^model: 2 of 3 failed; the first: model: first", tostring(err))
      assert.is_true(#tostring(err) <= 400)
    end)

    it("with cancel ends the others", function()
      local sys = require "fal.core.sys"
      local start = sys.monotonic()
      local _, err = fal.all({ after(10, "never"), failing(0.001, "first"), fal.async(after(10)) }, { cancel = true })
      assert.is_true(sys.monotonic() - start < 5)
      assert.are.equal("model", err.kind)
      assert.are.equal("cancelled", err.failures[1].kind)
      assert.are.equal("cancelled", err.failures[3].kind)
      assert.are.equal(0, require("fal.task").count())
    end)

    it("takes what is raised as failure, whatever it is", function()
      local thing = {}
      local _, err = fal.all { function() error(thing) end }
      assert.are.equal(thing, err.failures[1].cause)
      _, err = fal.all { function() return nil, "plain text" end }
      assert.are.equal("plain text", err.failures[1].message)
    end)

    it("is cancelled together with the task that waits for it", function()
      local ended = 0
      local function waiter()
        local _ <close> = require("fal.task").closing(function() ended = ended + 1 end)
        fal.sleep(10)
      end
      local outer = fal.async(fal.all, { waiter, waiter, fal.async(waiter) })
      for _ = 1, 3 do fal.step() end
      outer:cancel()
      pcall(outer.await, outer)
      assert.are.equal(3, ended)
    end)

    it("starts nothing when an item is neither task nor function", function()
      local begun = false
      local ok, err = pcall(fal.all, { function() begun = true end, 5 })
      fal.step()
      assert.is_false(ok)
      assert.matches("item 2 for 'all' must be a task or a function, not a number", err)
      assert.is_false(begun)
      assert.is_false((pcall(fal.all)))
    end)

    it("knows its options", function()
      local ok, err = pcall(fal.all, {}, { cancell = true })
      assert.is_false(ok)
      assert.matches("unknown option 'cancell' for 'all'; did you mean 'cancel'?", err)
    end)
  end)

  describe("fal.settle", function()
    it("tells of each how it ended, and never fails", function()
      local list = fal.settle { after(0.001, "a"), failing(0, "no"), function() error "x" end, after(0) }
      assert.are.same({ ok = true, value = "a" }, list[1])
      assert.is_false(list[2].ok)
      assert.are.equal("no", list[2].err.message)
      assert.is_false(list[3].ok)
      assert.is_true(failure.is(list[3].err))
      assert.are.same({ ok = true }, list[4])
    end)
  end)

  describe("fal.race", function()
    it("returns the first success and ends the others", function()
      local sys = require "fal.core.sys"
      local start = sys.monotonic()
      assert.are.equal("quick", fal.race { failing(0, "at once"), after(10, "slow"), after(0.01, "quick") })
      assert.is_true(sys.monotonic() - start < 5)
      assert.are.equal(0, require("fal.task").count())
    end)

    it("fails when all do", function()
      local value, err = fal.race { failing(0.001, "one"), failing(0, "two") }
      assert.is_nil(value)
      assert.are.equal("one", err.failures[1].message)
      assert.are.equal("two", err.failures[2].message)
    end)

    it("has no sense with nobody in it", function()
      assert.is_false((pcall(fal.race, {})))
      assert.is_false((pcall(fal.race)))
    end)

    it("cancels the losers at the service before it returns", function()
      local sandbox <close> = service.start { queue_time = 5, endpoints = {
        ["acme/quick"] = function() return { quick = true } end,
      } }
      local client = service.client(sandbox)
      local function slow() return client.subscribe("acme/slow", {}) end
      assert.are.same({ winner = 1 }, fal.race {
        slow, slow,
        function()
          service.until_true(function() return sandbox:accepted() == 2 end)
          return { winner = 1 }
        end,
      })
      assert.are.equal(2, #sandbox:requests "cancel")
      assert.are.equal(2, sandbox:accepted())
    end)
  end)

  describe("fal.map", function()
    it("calls the function for each item, so many at once and no more", function()
      local now, most = 0, 0
      local list = assert(fal.map({ 5, 4, 3, 2, 1 }, function(item, index)
        now = now + 1
        most = math.max(most, now)
        fal.sleep(item / 1000)
        now = now - 1
        return item * 10 + index
      end, { concurrency = 2 }))
      assert.are.same({ 51, 42, 33, 24, 15 }, list)
      assert.are.equal(2, most)
    end)

    it("runs eight at once by default, none for an empty list", function()
      local now, most, items = 0, 0, {}
      for i = 1, 30 do items[i] = i end
      assert(fal.map(items, function()
        now = now + 1
        most = math.max(most, now)
        fal.sleep(0.001)
        now = now - 1
      end))
      assert.are.equal(8, most)
      assert.are.same({}, fal.map({}, print))
    end)

    it("begins nothing after a failure, finishes what is under way", function()
      local begun = {}
      local list, err = fal.map({ 1, 2, 3, 4, 5, 6 }, function(item)
        begun[#begun + 1] = item
        fal.sleep(item == 2 and 0.001 or 0.02)
        if item == 2 then return nil, failure.new { kind = "http", message = "gone", status = 500 } end
        return item
      end, { concurrency = 3 })
      assert.is_nil(list)
      assert.are.same({ 1, 2, 3 }, begun)
      assert.are.same({ [1] = 1, [3] = 3 }, err.results)
      assert.are.equal("gone", err.failures[2].message)
      assert.are.equal("cancelled", err.failures[4].kind)
      assert.are.equal("no", err.failures[6].billed)
      assert.matches("1 of 6 failed, 3 not begun; the first: http: gone", err.message)
    end)

    it("refuses an impossible number at once", function()
      for _, n in ipairs { 0, -1, 1.5, "2" } do
        local ok, err = pcall(fal.map, { 1 }, print, { concurrency = n })
        assert.is_false(ok)
        assert.matches("gather_spec.lua:%d+: option 'concurrency' for 'map' must be a whole number, 1 or more", err)
      end
    end)
  end)
end)
