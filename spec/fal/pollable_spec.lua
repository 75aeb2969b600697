-- A host with its own loop: cqueues drives fal.pollable as it stands. In a
-- child process, so that this one has no second loop.
local process = require "support.process"

describe("cqueues", function()
  it("drives tasks and the sandbox beside its own coroutines", function()
    local done = process.run { "lua", "-e", [[
      local cqueues = require "cqueues"
      local fal = require "fal"
      local sandbox = assert(require("fal.sandbox").start { queue_time = 0.03, run_time = 0.03 })
      fal.config(sandbox.config)
      local loop, ticks, order = cqueues.new(), 0, {}
      local jobs = {}
      for i = 1, 5 do
        jobs[i] = fal.async(function()
          local output = assert(fal.subscribe("acme/echo", { i = i }))
          order[#order + 1] = output.i
        end)
      end
      local function left()
        for _, job in ipairs(jobs) do
          if not job.done then return true end
        end
      end
      loop:wrap(function()
        while left() do
          cqueues.poll(fal.pollable)
          fal.step()
        end
      end)
      loop:wrap(function()
        while left() do
          cqueues.sleep(0.01)
          ticks = ticks + 1
        end
      end)
      assert(loop:loop())
      assert(ticks >= 3, ticks)
      table.sort(order)
      print(table.concat(order, " "))
    ]], timeout = 20 }
    assert.are.equal("1 2 3 4 5\n", done.out, done.err)
  end)

  it("is woken by timers and sleeps when there is nothing", function()
    local done = process.run { "lua", "-e", [[
      local cqueues = require "cqueues"
      local fal = require "fal"
      assert(fal.pollable:timeout() == nil)
      assert(fal.pollable:events() == "r")
      assert(fal.pollable:pollfd() == fal.pollfd() and fal.pollfd() >= 0)
      local loop, turns = cqueues.new(), 0
      local job = fal.async(function() fal.sleep(0.1) return "slept" end)
      loop:wrap(function()
        while not job.done do
          cqueues.poll(fal.pollable)
          fal.step()
          turns = turns + 1
        end
      end)
      assert(loop:loop())
      print(job:await(), turns < 20)
    ]], timeout = 20 }
    assert.are.equal("slept\ttrue\n", done.out, done.err)
  end)
end)
