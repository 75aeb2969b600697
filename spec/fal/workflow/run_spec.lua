-- Runs: order, reuse, going on, and what a failure leaves behind.
local bench = require "fal.workflow.bench"
local file = require "support.file"
local task = require "fal.task"

describe("a workflow", function()
  local b

  before_each(function()
    b = bench.open {
      endpoints = {
        ["me/idea"] = function(input) return { prompt = "idea of " .. input.topic, n = { 1, 2 } } end,
        ["me/draw"] = function(input, job)
          if input.prompt:find "bad" then job:break_down "internal_error" end
          return { image = job:file("png of " .. input.prompt, "a.png", "image/png"), got = input.prompt }
        end,
        ["me/refuse"] = function(_, job) job:fail(422, "no", { ["x-fal-billable-units"] = "1" }) end,
      },
    }
  end)

  after_each(function() b:close() end)

  local function story(changes)
    local wf = b:workflow("story", changes)
    local idea = wf:call("me/idea", { topic = "sea" })
    local draws = wf:each({ "day", "night" }, function(time)
      return wf:call("me/draw", { prompt = wf:text("{} by {}", idea.prompt, time) }, { name = time })
    end)
    wf:save(draws, b:path "out/{step}.png")
    return wf, idea, draws
  end

  it("runs its steps in order and saves their files", function()
    local out, info = assert(story():run())
    assert.are.equal("idea of sea by day", out.day.got)
    assert.are.equal("idea of sea by night", out.night.got)
    assert.are.same({ b:path "out/day.png", b:path "out/night.png" }, out.save)
    assert.are.equal("png of idea of sea by night", file.read(b:path "out/night.png"))
    assert.are.same({ "idea", "day", "night", "save" }, info.done)
    assert.are.equal(3, b.sandbox:accepted())
  end)

  it("calls nothing twice, also under other names", function()
    assert(story():run())
    local note, notes = b.notes()
    local out = assert(story():run { on_event = note })
    assert.are.equal("idea of sea by day", out.day.got)
    assert.are.same({
      "idea waiting", "day waiting", "night waiting", "save waiting", "idea cached", "day cached", "night cached",
      "save saved",
    }, notes)
    local wf = b:workflow "story"
    wf:call("me/idea", { topic = "sea" }, { name = "renamed" })
    assert(wf:run())
    assert.are.equal(3, b.sandbox:accepted())
  end)

  it("calls a changed step and what depends on it, and no other", function()
    assert(story():run())
    local wf = b:workflow "story"
    local idea = wf:call("me/idea", { topic = "sea" })
    wf:call("me/draw", { prompt = wf:text("{} by dawn", idea.prompt) }, { name = "day" })
    wf:call("me/draw", { prompt = wf:text("{} by {}", idea.prompt, "night") }, { name = "night" })
    assert(wf:run())
    assert.are.equal(4, b.sandbox:accepted())
  end)

  it("makes equal calls as often as they are written", function()
    for _ = 1, 2 do
      local wf = b:workflow "takes"
      wf:each({ 1, 2, 3 }, function() return wf:call("me/idea", { topic = "same" }) end)
      assert(wf:run())
      assert.are.equal(3, b.sandbox:accepted())
    end
  end)

  it("takes over the calls of renamed steps, each one once", function()
    local rows = { { 3, "a", "b", "c" }, { 1, "x", "b", "y", "z" }, { 0, "x", "b", "y", "z" } }
    for _, row in ipairs(rows) do
      local wf = b:workflow "renamed"
      for i = 2, #row do wf:call("me/idea", { topic = "same" }, { name = row[i] }) end
      assert.are.equal(row[1], assert(wf:plan()).count.new or 0)
      assert(wf:run())
    end
    assert.are.equal(4, b.sandbox:accepted())
  end)

  it("says what is still under way of steps that are gone", function()
    b.sandbox:fault { what = 503, match = { call = "result" } }
    story():run()
    b.sandbox:mend()
    local wf = b:workflow "story"
    wf:call("me/idea", { topic = "hill" }, { name = "other" })
    assert.matches("\n  idea, no longer a step, is pending %x+", tostring(wf:plan()))
  end)

  it("keeps what different services said apart, and their money", function()
    local client = b:client_with { queue_url = "http://fal.example:1/queue" }
    local function made(with)
      local wf = b:workflow("apart", { client = with, budget = 3.20 })
      wf:call("fal-ai/veo3/fast", { prompt = "x" }, { name = "clip" })
      return wf
    end
    assert(made(b.client):run())
    assert.are.equal("cached", made(b.client):plan().steps[1].state)
    local plan = made(client):plan()
    assert.are.equal("new", plan.steps[1].state)
    assert.matches("budget: $3.20, $3.20 left", tostring(plan))
  end)

  it("takes the whole output of a step as an input, and leaves it as it is", function()
    local function made()
      local wf = b:workflow "whole"
      local idea = wf:call("me/idea", { topic = "sea" }, { name = "idea" })
      wf:call("me/draw", idea, { name = "draw" })
      return wf
    end
    assert.matches("draw .* depends on idea", tostring(made():plan()))
    assert.are.equal("idea of sea", assert(made():run()).draw.got)
    assert(made():redo("draw", { seed = 5 }))
    assert.is_nil(assert(made():run()).idea.seed)
    assert.matches('"seed":5', b:rows("SELECT input FROM calls WHERE step = 'draw' AND discarded IS NULL")[1].input)
    assert.are.equal(3, b.sandbox:accepted())
  end)

  it("calls fresh steps once in each run", function()
    for n = 1, 3 do
      local wf = b:workflow "fresh"
      wf:call("me/idea", { topic = "now" }, { fresh = true })
      wf:call("me/idea", { topic = "once" })
      assert(wf:run())
      assert.are.equal(n + 1, b.sandbox:accepted())
    end
  end)

  it("stops only what depends on a failed step, and goes on from there", function()
    local function made()
      local wf = b:workflow "half"
      local good = wf:call("me/idea", { topic = "good" }, { name = "good" })
      local bad = wf:call("me/draw", { prompt = "bad" }, { name = "bad" })
      wf:call("me/draw", { prompt = bad.got }, { name = "after-bad" })
      wf:call("me/draw", { prompt = good.prompt }, { name = "after-good" })
      return wf
    end
    local out, err = made():run()
    assert.is_nil(out)
    assert.are.same({ "good", "after-good" }, err.done)
    assert.are.same({ "bad" }, err.failed)
    assert.are.same({ "after-bad" }, err.blocked)
    assert.are.equal("idea of good", err.results["after-good"].got)
    assert.matches("^http: 2 of 4 steps are done, $0.00 paid; failed: bad %(http: Internal server error%); "
      .. "not begun: after%-bad", tostring(err))
    assert.matches("falua workflow run .*run_spec.lua", tostring(err))
    b.sandbox:endpoint("me/draw", function(input) return { got = input.prompt } end)
    assert(made():run())
    assert.are.equal(5, b.sandbox:accepted())
  end)

  it("says which reference leads nowhere, and what is there", function()
    local wf = b:workflow "typo"
    local idea = wf:call("me/idea", { topic = "x" }, { name = "idea" })
    wf:call("me/draw", { prompt = idea.promt })
    local _, err = wf:run()
    assert.matches("idea.promt does not exist: in idea there is: n, prompt", err.message)
  end)

  it("raises what its on_event raises, and has lost nothing", function()
    for _, state in ipairs { "done", "failed", "blocked" } do
      local wf = b:workflow("raises-" .. state)
      wf:call("me/idea", { topic = "x" }, { name = "good" })
      local bad = wf:call("me/draw", { prompt = "bad" }, { name = "bad" })
      local blocked = wf:call("me/draw", { prompt = bad.got }, { name = "blocked" })
      wf:call("me/draw", { prompt = blocked.got }, { name = "last" })
      local ok, out, err = pcall(wf.run, wf, { on_event = function(event)
        if event.state == state then error("a mistake in on_event", 0) end
      end })
      assert.matches("a mistake in on_event", tostring(ok and (err.failures.good or err) or out))
      assert.are.equal("cached", wf:plan().steps[1].state)
    end
  end)

  it("skips where it is told to", function()
    local wf = b:workflow "skips"
    local bad = wf:call("me/draw", { prompt = "bad" }, { name = "bad", on_error = "skip" })
    wf:call("me/draw", { prompt = bad.got }, { name = "child" })
    wf:call("me/idea", { topic = "x" }, { name = "free" })
    local out, info = assert(wf:run())
    assert.is_table(out.free)
    assert.is_nil(out.bad)
    assert.are.same({ "bad", "child" }, info.skipped)
  end)

  it("does not repeat by itself what failed and may have been billed", function()
    local function made(name)
      local wf = b:workflow "billed"
      wf:call("me/refuse", { x = 1 }, { name = name or "refused" })
      return wf
    end
    for _, name in ipairs { "first", "first", "refused" } do -- the name makes no difference
      local _, err = made(name):run()
      assert.are.equal("model", err.kind)
      assert.are.equal(1, b.sandbox:accepted())
    end
    assert(made():redo "refused")
    made():run()
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("has at most so many calls under way", function()
    local now, most = 0, 0
    b.sandbox:endpoint("me/slow", function()
      now = now + 1
      most = math.max(most, now)
      task.sleep(0.02)
      now = now - 1
      return {}
    end)
    local wf = b:workflow "wide"
    wf:each({ 1, 2, 3, 4, 5, 6, 7 }, function(n) return wf:call("me/slow", { n = n }) end)
    assert(wf:run { concurrency = 2 })
    assert.are.equal(2, most)
  end)

  it("computes local steps once, until their code or input changes", function()
    local calls, factor = {}, 10
    local function made(topic)
      local wf = b:workflow "local"
      local idea = wf:call("me/idea", { topic = topic })
      return wf, wf:map(idea.n, function(list)
        calls[#calls + 1] = #list
        local sum = 0
        for _, n in ipairs(list) do sum = sum + n * factor end
        return { sum = sum }
      end, { name = "sum" })
    end
    local wf, sum = made "a"
    wf:call("me/draw", { prompt = wf:text("sum {}", sum.sum) }, { name = "draw" })
    assert.are.equal("sum 30", assert(wf:run()).draw.got)
    assert((made "a"):run())
    assert.are.equal(1, #calls)
    factor = 20
    assert.are.equal(60, assert((made "a"):run()).sum.sum)
    assert.are.equal(2, #calls)
    local failing = b:workflow "local-bad"
    failing:map(failing:call("me/idea", { topic = "z" }), function() error "oops" end, { name = "m" })
    local _, err = failing:run()
    assert.matches("oops", err.message)
  end)

  it("keeps saved files when their links are dead, and replaces no stranger's file", function()
    assert(story():run())
    os.remove(b:path "out/day.png")
    b.sandbox:fault { what = 404, match = { call = "download" } }
    assert(story():run())
    assert.is_truthy(file.read(b:path "out/day.png"))
    file.write(b:path "out/day.png", "mine")
    local _, err = story():run()
    assert.matches("a file of another origin is there", err.message)
  end)

  it("checks every input that it can before anything is paid", function()
    local wf = b:workflow "checked"
    wf:call("me/idea", { topic = "x" })
    wf:call("fal-ai/veo3/fast", { prompt = "x", aspect_ratio = "17:9" }, { name = "wrong" })
    local _, err = wf:run()
    assert.are.same({ "validation", "aspect_ratio" }, { err.kind, err.field })
    assert.matches("'wrong'", err.message)
    assert.are.equal(0, b.sandbox:accepted())
  end)
end)
