-- The command `falua workflow`, as somebody would use it from a shell, against
-- a sandbox in this process.
local falua = require "support.falua"
local file = require "support.file"
local json = require "fal.core.json"
local service = require "support.service"

describe("falua workflow", function()
  local at, sandbox

  before_each(function()
    at = falua.open { endpoints = {
      ["me/echo"] = function(input) return { got = input.x } end,
      ["me/still"] = function(input, job)
        return { image = job:file("png", "a.png", "image/png"), seed = input.seed }
      end,
    } }
    sandbox = at.sandbox
  end)

  after_each(function() at:close() end)

  local function write(name, text) at:write(name, text) end
  local function workflow(...) return at:run("workflow", ...) end

  local film <const> = [[
    local wf = require "fal.workflow" ("film", { budget = 7 })
    local still = wf:call("me/still", { prompt = "x" }, { name = "still" })
    wf:review(still, { name = "look" })
    wf:call("fal-ai/veo3/fast", { prompt = "x" }, { name = "clip" })
    return wf:main()]]

  it("goes the whole way: plan, run, review, redo, approve, report", function()
    write("film.lua", (film:gsub("budget = 7", "budget = 7, allow_unknown_price = true")))
    local done = workflow("plan", "film.lua")
    assert.matches("^film: 3 steps, no journal at film.journal yet\n", done.out)
    assert.matches("\n  clip +fal%-ai/veo3/fast +new +$3.20\n", done.out)
    assert.matches("to pay: $3.20 and 1 unknown %(still%)", done.out)
    assert.are.same({ 0, 0 }, { done.status, sandbox:accepted() })
    local told = json.decode(workflow("plan", "film.lua", "--json").out)
    assert.are.same({ 3.2, { "still" } }, { told.cost.highest, told.cost.unknown })
    assert.are.same({ "still", "look" }, { told.steps[2].needs[1], told.steps[3].needs[1] })

    done = workflow("run", "film.lua")
    assert.are.equal(0, done.status, done.err)
    assert.matches("'look' waits for your decision: look at film.journal.review.html", done.err)
    assert.is_table(json.decode(done.out).still)
    local events = 0
    for line in done.err:gmatch "[^\n]+" do
      if line:find "^{" then
        assert.is_string(json.decode(line).state)
        events = events + 1
      end
    end
    assert.is_true(events >= 3)

    assert.matches("'still' will be made anew", workflow("redo", "film.lua", "still", "--seed", "7").out)
    assert.matches("asked to be made anew", workflow("explain", "film.lua", "still").out)
    assert.are.equal(7, json.decode(workflow("run", "film.lua").out).still.seed)
    assert.are.equal("'look' is approved\n", workflow("approve", "film.lua").out)
    done = workflow("run", "film.lua")
    assert.is_table(json.decode(done.out).clip.video)
    assert.are.equal(3, sandbox:accepted())
    assert.are.equal("film.html\n", workflow("report", "film.lua").out)
    assert.matches("^flowchart LR\n", workflow("graph", "film.lua").out)
    assert.matches('^digraph "film"', workflow("graph", "film.lua", "dot").out)
  end)

  it("takes the service's own workflows, and gives a file its input", function()
    write("portrait.json", [[{ "name": "portrait", "version": "0.1", "nodes": {
      "draw": { "id": "draw", "type": "run", "app": "me/echo", "input": { "x": "$input.prompt" } },
      "again": { "id": "again", "type": "run", "app": "me/echo", "input": { "x": "$draw.got", "n": "$input.n" } },
      "show": { "id": "show", "type": "display", "depends": ["again"], "fields": {} } },
      "output": { "text": "$again.got" } }]])
    local done = workflow("run", "portrait.json", "prompt=a fox", "n:=2")
    assert.are.equal("a fox", json.decode(done.out).output.text, done.err)
    assert.matches("left out: node 'show' of type 'display'", done.err)
    assert.are.equal(2, sandbox:accepted())
    done = workflow("plan", "portrait.json", "prompt=a fox", "n:=2")
    assert.matches("\n  draw +me/echo +cached\n", done.out)
    done = workflow("run", "portrait.json")
    assert.are.equal(4, done.status)
    assert.matches("%$input%.%a+ has no value; give it as input; with falua workflow as a word: %a+=VALUE", done.err)
    write("lua.lua", [[
      local input = ...
      local wf = require "fal.workflow" "lua"
      wf:call("me/echo", { x = input.text }, { name = "only" })
      return wf]])
    assert.are.equal("hello", json.decode(workflow("run", "lua.lua", "text=hello").out).only.got)
    assert.matches("only: cached", workflow("explain", "lua.lua", "text=hello", "only").out)
    assert.are.equal(2, workflow("run", "lua.lua", "=hello").status)
  end)

  it("names the way to go on as it was called", function()
    write("board.lua", [[
      local wf = require "fal.workflow" "board"
      wf:review(wf:call("me/still", { prompt = "x" }, { name = "still" }), { name = "look" })
      return wf]])
    local done = at:run("--sandbox", "workflow", "run", "board.lua")
    assert.matches("then: falua %-%-sandbox workflow approve board.lua, or falua %-%-sandbox workflow redo", done.err)
    local sheet = file.read(at.folder.path .. "/board.journal.review.html")
    assert.matches("Approve: falua %-%-sandbox workflow approve board.lua", sheet)
  end)

  it("tells what happened by its exit status", function()
    write("film.lua", film)
    assert.are.equal(1, workflow("run", "film.lua").status) -- a price is unknown
    write("two.lua", [[
      local wf = require "fal.workflow" ("two", { budget = 4 })
      wf:call("fal-ai/veo3/fast", { prompt = "a" }, { name = "a" })
      wf:call("fal-ai/veo3/fast", { prompt = "b" }, { name = "b" })
      return wf]])
    local done = workflow("run", "two.lua")
    assert.are.equal(7, done.status)
    assert.matches("1 of 2 steps are done, $3.20 paid", done.err)

    write("lost.lua", [[
      local wf = require "fal.workflow" "lost"
      local a = wf:call("me/echo", { x = "a" }, { name = "a" })
      wf:call("me/echo", { x = a.got }, { name = "b" })
      return wf]])
    sandbox:fault { what = "lose_answer", match = { call = "submit" }, times = 1 }
    done = workflow("run", "lost.lua")
    assert.are.equal(8, done.status)
    assert.matches("falua workflow settle lost.lua a ID", done.err)
    assert.are.equal("'a' will be sent again\n", workflow("settle", "lost.lua", "a", "resubmit").out)
    sandbox:fault { what = 403, match = { call = "submit" }, after = 1, times = 1 }
    assert.are.equal(9, workflow("run", "lost.lua").status)
    assert.are.equal(0, workflow("run", "lost.lua").status)

    write("wrong.lua", [[
      local wf = require "fal.workflow" "wrong"
      wf:call("fal-ai/veo3/fast", { prompt = "a", aspect_ratio = "1:2" })
      return wf]])
    assert.are.equal(4, workflow("plan", "wrong.lua").status)
    assert.are.equal(4, workflow("run", "wrong.lua").status)
  end)

  it("says what is wrong with its words and files", function()
    write("film.lua", film)
    write("none.lua", "return 1")
    write("broken.lua", "return (")
    local rows = {
      { 2, "unknown action 'fly'; there are plan, run", "fly", "film.lua" },
      { 2, "unknown action 'aprove'; did you mean 'approve'%?", "aprove", "film.lua" },
      { 1, "nowhere/x.svg: No such file", "graph", "film.lua", "svg", "--output", "nowhere/x.svg" },
      { 2, "FILE is missing", "plan" },
      { 2, "STEP is missing", "redo", "film.lua" },
      { 2, "'%-%-concurrency' needs an integer above 0, not '0'", "run", "film.lua", "--concurrency", "0" },
      { 2, "'%-%-seed' needs an integer or 'new', not 'old'", "redo", "film.lua", "still", "--seed", "old" },
      { 2, "settle needs a STEP", "settle", "film.lua", "still" },
      { 2, "a graph is dot, mermaid or svg", "graph", "film.lua", "png" },
      { 4, "there is no step 'stil'; did you mean 'still'%?", "redo", "film.lua", "stil" },
      { 1, "never been run", "approve", "film.lua" },
      { 1, "returns its workflow, this one returned number", "plan", "none.lua" },
      { 1, "broken.lua:1: unexpected symbol", "plan", "broken.lua" },
      { 1, "No such file", "plan", "nothere.lua" },
    }
    for _, row in ipairs(rows) do
      local done = workflow(table.unpack(row, 3))
      assert.matches(row[2], done.err)
      assert.are.equal(row[1], done.status, done.err)
    end
    assert.are.equal(0, sandbox:accepted())
  end)

  it("names the way to go on when it is interrupted", function()
    local ended = false
    sandbox:endpoint("me/echo", function(input)
      service.until_true(function() return ended end)
      return { got = input.x }
    end)
    write("slow.lua", [[
      local wf = require "fal.workflow" "slow"
      wf:call("me/echo", { x = 1 }, { name = "a" })
      return wf]])
    local child <close> = at:start { "workflow", "run", "slow.lua" }
    assert(child:until_true(function() return child:err():find '"queued"' or child:err():find '"running"' end))
    child:kill "INT"
    local done = assert(child:wait(), "still running")
    ended = true
    assert.are.equal(130, done.status, done.err)
    assert.matches("go on with: falua workflow run slow.lua", done.err)
    assert.are.equal(1, json.decode(workflow("run", "slow.lua").out).a.got)
    assert.are.equal(1, sandbox:accepted())
  end)
end)
