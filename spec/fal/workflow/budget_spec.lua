-- The budget: reserved before each submit, settled by what was billed, never
-- passed, whoever shares it.
local bench = require "fal.workflow.bench"
local file = require "support.file"
local money = require "fal.money"
local process = require "support.process"

local clip <const> = "fal-ai/veo2" -- no listed price
local fast <const> = "fal-ai/veo3/fast" -- $0.40 a second with sound, 8 s

describe("a budget", function()
  local b

  before_each(function() b = bench.open() end)
  after_each(function() b:close() end)

  local function clips(budget, count, more)
    local opts = { budget = budget }
    for name, value in pairs(more or {}) do opts[name] = value end
    local wf = b:workflow("clips", opts)
    for i = 1, count do wf:call(fast, { prompt = "clip " .. i }, { name = "clip-" .. i }) end
    return wf
  end

  local function held() return b:rows("SELECT sum(held) AS held FROM calls")[1].held or 0 end

  it("stops new submits when it is used up, keeps the rest, and says what is missing", function()
    local _, err = clips(7.00, 3):run { concurrency = 3 }
    assert.are.equal("budget", err.kind)
    assert.are.equal(2, #err.done)
    assert.are.equal(6.4, err.paid)
    assert.matches("2 of 3 steps are done, $6.40 paid; failed: clip%-3 %(budget: the budget of $7.00 has $0.60 left, "
      .. "and 'clip%-3' may cost $3.20: $2.60 more is needed%)", err.message)
    assert.are.equal(2, b.sandbox:accepted())
    assert(clips(9.60, 3):run())
    assert.are.equal(3, b.sandbox:accepted())
    assert.are.equal(money.parse "9.60", held())
  end)

  it("that was passed once stops the cheaper calls too", function()
    local wf = b:workflow("order", { budget = 0.20 })
    wf:call("fal-ai/minimax/hailuo-02/standard/text-to-video", { prompt = "a" }, { name = "clip" })
    wf:call("fal-ai/video-prompt-generator", { input_concept = "b" }, { name = "idea" })
    local _, err = wf:run { concurrency = 1 }
    assert.are.same({ "budget", "budget" }, { err.failures.clip.kind, err.failures.idea.kind })
    assert.are.equal(0, b.sandbox:accepted())
  end)

  it("holds for a fallback, which is checked and priced anew", function()
    b.sandbox:endpoint("me/first", function(_, job) job:break_down "runner_scheduling_failure" end)
    local function made(budget, input)
      local wf = b:workflow("anew", { budget = budget, allow_unknown_price = true })
      wf:call("me/first", input, { name = "s", fallback = { fast } })
      return wf
    end
    assert.are.equal("budget", select(2, made(3.19, { prompt = "x" }):run()).kind)
    local _, err = made(3.20, { prompt = "x", aspect_ratio = "17:9" }):run()
    assert.are.same({ "validation", "aspect_ratio" }, { err.kind, err.failures.s.field })
    assert.are.equal(2, b.sandbox:accepted()) -- the first model alone
    assert(made(3.20, { prompt = "x" }):run())
    assert.are.same({ 4, money.parse "3.20" }, { b.sandbox:accepted(), held() })
    assert(made(3.20, { prompt = "x" }):run())
    assert.are.equal(4, b.sandbox:accepted())
  end)

  it("is not touched by what is cached", function()
    local costs = {}
    assert(clips(6.40, 2):run { on_event = function(event) costs[#costs + 1] = event.cost end })
    assert.are.same({ 3.2, 3.2 }, costs)
    assert(clips(6.40, 2):run())
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("gets back what was reserved for a call that was not accepted", function()
    b.sandbox:fault { what = 403, match = { call = "submit" }, times = 1 }
    local _, err = clips(6.40, 1):run()
    assert.are.equal(403, err.status)
    assert.are.equal(0, held())
    assert(clips(6.40, 2):run())
  end)

  it("keeps what is reserved for an unconfirmed call", function()
    b.sandbox:fault { what = "lose_answer", match = { call = "submit" }, times = 1 }
    b.sandbox:fault { what = 404, match = { call = "requests" } }
    local _, err = clips(6.40, 1):run()
    assert.are.equal("unconfirmed", err.kind)
    assert.are.equal(money.parse "3.20", held())
    _, err = clips(6.40, 3):run()
    assert.are.equal("unconfirmed", err.kind)
    assert.are.equal("budget", err.failures["clip-3"].kind)
    assert.are.equal(money.parse "6.40", held())
    assert(clips(6.40, 3):settle("clip-1", "resubmit"))
    assert.are.equal(money.parse "3.20", held())
  end)

  it("is settled by what the service bills", function()
    b.sandbox:endpoint(fast, function(_, job)
      job.units = 0
      return { video = { url = "http://127.0.0.1/x.mp4" } }
    end)
    assert(clips(3.20, 1):run())
    assert.are.equal(0, held())
  end)

  it("stops at a price that nobody knows, unless that is allowed", function()
    local function made(opts)
      local wf = b:workflow("unknown", opts)
      wf:call(clip, { prompt = "x" }, { name = "clip" })
      return wf
    end
    local _, err = made({ budget = 5 }):run()
    assert.are.equal("budget", err.kind)
    assert.matches("the price of 'clip' is unknown", err.message)
    assert.matches("allow_unknown_price", tostring(err))
    assert.are.equal(0, b.sandbox:accepted())
    assert(made({ budget = 5, allow_unknown_price = true }):run())
    assert(made({}):run())
  end)

  -- In a child with a cache folder of its own.
  it("is settled by the units times the price that the service tells", function()
    b.sandbox:endpoint("me/film", function(_, job)
      job.units = 3
      return {}
    end)
    b.sandbox:describe("me/film", { price = { unit_price = 0.02, unit = "images" } })
    local env = b:environment()
    env.XDG_CACHE_HOME = b:path "cache"
    file.write(b:path "film.lua", [[
      local wf = require "fal.workflow"("film", { journal = arg[1], budget = 1 })
      wf:call("me/film", { seconds = 5, num_images = 4 })
      print(select(2, assert(wf:run())).paid)]])
    local child <close> = process.start { "lua", b:path "film.lua", b:path "kept.journal", env = env }
    local done = assert(child:wait())
    assert.are.equal("0.06\n", done.out, done.err)
    assert.are.equal(1, #b.sandbox:requests "pricing")
    local row = b:rows()[1]
    assert.are.same({ money.parse "0.08", money.parse "0.06" }, { row.high, row.held })
    assert.matches("3 x $0.02 per image", row.settled)
  end)

  it("is planned", function()
    assert(clips(7.00, 1):run())
    local plan = assert(clips(7.00, 3):plan())
    assert.are.equal(6.4, plan.cost.highest)
    assert.matches("clip%-1 +fal%-ai/veo3/fast +cached\n", tostring(plan))
    assert.matches("\n  clip%-2 +fal%-ai/veo3/fast +new +$3.20\n", tostring(plan))
    assert.matches("to pay: $6.40; paid: $3.20; budget: $7.00, $3.80 left; up to $2.60 too little$", tostring(plan))
  end)

  local shared = {
    { endpoint = "fal-ai/minimax/hailuo-02/standard/text-to-video", field = "prompt", budget = "1.00", price = "0.27" },
    { endpoint = "fal-ai/video-prompt-generator", field = "input_concept", budget = "0.1", price = "0.001" },
  }
  for _, row in ipairs(shared) do
    it(("of $%s is never passed by four processes with fifty calls each"):format(row.budget), function()
      local children, made = {}, 0
      for i = 1, 4 do
        children[i] = process.start {
          "lua", process.root .. "/spec/fal/workflow/spender.lua", b:path "kept.journal", "batch-" .. i, row.endpoint,
          row.field, row.budget, env = b:environment(),
        }
      end
      for _, child in ipairs(children) do
        local ended <close> = child
        local result = assert(ended:wait(60))
        assert.is_truthy(result.out:find "\nbudget\n" or result.out:find "^made 50\ndone\n", result.out .. result.err)
        made = made + tonumber(result.out:match "made (%d+)")
      end
      assert.are.equal(money.parse(row.budget) // money.parse(row.price), made)
      assert.are.equal(made, b.sandbox:accepted())
      assert.are.equal(made * money.parse(row.price), held())
    end)
  end
end)
