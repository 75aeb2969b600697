-- Review gates: nothing after one is sent before it is approved, for exactly
-- these outputs; and what people decide by hand.
local bench = require "fal.workflow.bench"
local file = require "support.file"
local workflow = require "fal.workflow"

describe("a review", function()
  local b, takes

  before_each(function()
    takes = 0
    b = bench.open { endpoints = {
      ["me/still"] = function(input, job)
        takes = takes + 1
        return { image = job:file("take " .. takes, "s.png", "image/png"), seed = input.seed or 0 }
      end,
      ["me/clip"] = function(input) return { from = input.image_url } end,
    } }
  end)

  after_each(function() b:close() end)

  local function board()
    local wf = b:workflow "board"
    local stills = wf:each({ "a", "b" }, function(name)
      return wf:call("me/still", { prompt = name }, { name = "still-" .. name })
    end)
    wf:review(stills, { name = "look" })
    for i, still in ipairs(stills) do
      wf:call("me/clip", { image_url = still.image.url }, { name = "clip-" .. i })
    end
    wf:call("fal-ai/veo3/fast", { prompt = "free of the stills" }, { name = "other" })
    return wf
  end

  it("ends the run cleanly, with a sheet of what is to be looked at", function()
    local out, info = assert(board():run())
    assert.are.equal("look", info.review)
    assert.are.same({ "clip-1", "clip-2", "other" }, info.blocked)
    assert.is_table(out["still-a"])
    assert.are.equal(2, b.sandbox:accepted())
    local sheet = file.read(info.sheet)
    assert.matches("what follows costs $3.20 and 2 unknown prices", sheet)
    assert.matches("falua workflow approve .*review_spec.lua", sheet)
    local picture = sheet:match '<img [^>]*src="([^"]+)"'
    assert.matches("^take %d$", file.read(b.folder.path .. "/" .. picture))
    assert.is_nil(sheet:find("step-clip-1", 1, true))
    assert(board():run())
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("goes on when it was approved", function()
    assert.are.same({}, board():waiting())
    assert(board():run())
    assert.are.same({ "look" }, board():waiting())
    assert.are.equal("look", board():approve())
    local out = assert(board():run())
    assert.are.equal(out["still-b"].image.url, out["clip-2"].from)
    assert.are.equal(5, b.sandbox:accepted())
    assert.are.same({}, board():waiting())
  end)

  it("is asked again when a step was made anew, with a new seed", function()
    assert(board():run())
    assert(board():approve())
    assert(board():redo("still-a", { seed = "new" }))
    assert.are.same({ "it was asked to be made anew" }, board():explain("still-a").reasons)
    local out, info = assert(board():run())
    assert.are.equal("look", info.review)
    assert.are_not.equal(0, out["still-a"].seed)
    assert.are.equal(0, out["still-b"].seed)
    assert.are.equal(3, b.sandbox:accepted())
    assert(board():run())
    assert.are.equal(3, b.sandbox:accepted())
    assert(board():approve "look")
    assert(board():run())
    assert.are.equal(6, b.sandbox:accepted())
  end)

  it("ends the run with an error when it was rejected", function()
    assert(board():run())
    assert(board():reject())
    local _, err = board():run()
    assert.are.equal("cancelled", err.kind)
    assert.matches("looked at and rejected", err.message)
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("is about what there is when a step may be skipped", function()
    local function made()
      local wf = b:workflow "some"
      local good = wf:call("me/still", { prompt = "good" }, { name = "good" })
      local bad = wf:call("me/nothing", { prompt = "bad" }, { name = "bad", on_error = "skip" })
      wf:review({ good, bad }, { name = "look" })
      wf:save({ good.image, bad.image }, b:path "{step}.png")
      wf:call("me/clip", { image_url = bad.image.url }, { name = "from-bad" })
      return wf
    end
    b.sandbox:endpoint("me/nothing", function(_, job) job:break_down "runner_scheduling_failure" end)
    assert.are.equal("look", select(2, assert(made():run())).review)
    assert.are.same({ "look" }, made():waiting())
    assert(made():approve())
    local out, info = assert(made():run())
    assert.are.same({ b:path "good.png" }, out.save)
    assert.are.same({ "bad", "from-bad" }, info.skipped)
  end)

  it("cannot be decided before there is something to look at", function()
    local _, err = board():approve()
    assert.matches("never been run", err.message)
    b.sandbox:fault { what = 403, match = { call = "submit" } }
    board():run()
    _, err = board():approve()
    assert.are.equal("no review is waiting", err.message:match "^[^;]*")
    _, err = board():approve "look"
    assert.matches("'look' cannot be decided yet: 'still%-a' is not done", err.message)
    _, err = board():approve "clip-1"
    assert.matches("is no review", err.message)
    _, err = board():redo "still-c"
    assert.matches("there is no step 'still%-c'; did you mean 'still%-[ab]'%?", err.message)
    _, err = board():redo("clip-1")
    assert.matches("'clip%-1' was never called", err.message)
  end)

  it("takes no seed where the model takes none", function()
    local wf = b:workflow "seedless"
    wf:call("fal-ai/video-prompt-generator", { input_concept = "x" }, { name = "idea" })
    assert(wf:run())
    local _, err = wf:redo("idea", { seed = "new" })
    assert.matches("takes no seed", err.message)
    assert.matches("cached", tostring(wf:explain "idea"))
  end)
end)

describe("an explanation", function()
  local b

  before_each(function()
    b = bench.echo()
  end)

  after_each(function() b:close() end)

  local function made(x, more, fn)
    local wf = b:workflow "why"
    local a = wf:call("me/echo", { x = x, list = { 1, { deep = more or "same" } } }, { name = "a" })
    local m = wf:map(a.got, fn or function(v) return v end, { name = "m" })
    return wf, wf:call("me/echo", { x = wf:text("{}!", m) }, { name = "b" })
  end

  it("names what has changed, and on what a step depends", function()
    local wf, last = made "one"
    assert.matches("never called", tostring(wf:explain "a"))
    assert(wf:run())
    assert.matches("nothing has changed", tostring(wf:explain(last)))
    wf = made("one", "other")
    assert.are.same({ 'list[2].deep has changed: "same" is now "other"' }, wf:explain("a").reasons)
    assert.are.same({ "it depends on 'm', which is not done" }, wf:explain("b").reasons)
    wf = made("one", "same", function(v) return v .. "?" end)
    assert.are.same({ "its function has changed" }, wf:explain("m").reasons)
    assert(wf:redo "a")
    assert.are.same({ "it was asked to be made anew" }, wf:explain("a").reasons)
  end)

  it("knows files by their bytes", function()
    local file_of = require("fal.file").new
    local function with(bytes)
      local wf = b:workflow("files", { client = b.client })
      wf:call("me/echo", { x = 1, file = file_of { data = bytes, name = "a.txt" } }, { name = "f" })
      return wf
    end
    assert.are.equal("new", assert(with("one"):plan()).steps[1].state)
    assert.are.equal(0, #b.sandbox:requests()) -- a plan uploads nothing
    assert(with("one"):run())
    assert.are.equal("cached", assert(with("one"):plan()).steps[1].state)
    assert(with("one"):run())
    assert.are.equal(1, b.sandbox:accepted())
    assert.matches("^file.%$file has changed: \"sha256:%x+", with("two"):explain("f").reasons[1])
    local key = require "fal.workflow.key"
    local one = key.canonical { file_of { data = "one", name = "a" } }
    assert.are.equal(one, key.canonical { file_of { data = "one", name = "b" } })
    assert.are_not.equal(one, key.canonical { file_of { data = "two", name = "a" } })
    local none, err = key.canonical { file_of "/proc/self/mem" }
    assert.is_nil(none)
    assert.are.same({ "io", "no" }, { err.kind, err.billed })
    assert.are.equal("/proc/self/mem: Input/output error", err.message)
  end)
end)

describe("canonical JSON", function()
  local key = require "fal.workflow.key"
  local json = require "fal.core.json"

  it("is one text for equal inputs", function()
    assert.are.equal('{"a":[1,2.5,0.1],"b":{"c":null,"d":true}}',
      key.canonical { b = { d = true, c = json.null }, a = { 1.0, 2.5, 0.1 } })
    assert.are.equal('{"big":18446744073709551615,"int":9007199254740993}',
      key.canonical { big = json.number "18446744073709551615", int = 9007199254740993 })
    assert.are.equal('[[],{}]', key.canonical { json.array {}, {} })
    assert.are_not.equal(key.canonical { 0.1 + 0.2 }, key.canonical { 0.3 })
    for _, whole in ipairs { 0, -7, 10 ^ 15 // 1 | 0, 1 << 53, -(1 << 62) } do
      assert.are.equal(key.canonical { whole }, key.canonical { whole + 0.0 })
    end
  end)

  it("refuses what is no JSON, with its path", function()
    local _, err = key.canonical { a = { b = print } }
    assert.matches("^input.a.b: ", err.message)
    _, err = key.canonical { a = { 0 / 0 } }
    assert.matches("^input.a%[1%]: ", err.message)
    _, err = key.canonical { a = { 1, x = 2 } }
    assert.matches("^input.a: ", err.message)
  end)
end)

describe("misuse of a workflow", function()
  local wf = workflow "misuse"
  local rows = {
    { function() wf:call() end, "bad argument #1 to 'call'" },
    { function() wf:call("a/b", { x = 1 }, { nmae = "x" }) end, "did you mean 'name'" },
    { function() wf:call("a/b", {}, { on_error = "go" }) end, '"stop" or "skip"' },
    { function() wf:call("a/b", {}, { fallback = { { "x/y", on = { "rain" } } } }) end, '"outage" or "refusal"' },
    { function() wf.call("a/b", {}) end, "with a colon" },
    { function() wf:save({}, "x") end, "a step, or a list of steps" },
    { function() wf:review "x" end, "a step, or a list of steps" },
    { function() workflow("../x") end, "a workflow's name" },
    { function() workflow("x", { budget = "5" }) end, "a number of dollars" },
    { function() wf:run { concurrency = 0 } end, "concurrency" },
    { function() wf:graph "png" end, '"dot", "mermaid" or "svg"' },
  }
  for _, row in ipairs(rows) do
    it("raises at the caller: " .. row[2], function()
      local ok, message = pcall(row[1])
      assert.is_false(ok)
      assert.matches("review_spec.lua", message)
      assert.is_truthy(message:find(row[2], 1, true), message)
    end)
  end
end)
