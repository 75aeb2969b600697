-- Killed at any moment and started again, a workflow pays for each step once:
-- the sandbox, in this process, counts the jobs it accepted, while the workflow
-- runs in a child that is killed by SIGKILL at a fault point or after some
-- milliseconds. KILLS=200 in the environment tries so many moments.
local bench = require "fal.workflow.bench"
local json = require "fal.core.json"
local process = require "support.process"

local kills = math.tointeger(tonumber(os.getenv "KILLS")) or 24
local expected = { "idea", "idea a", "idea b", "idea c", "idea a + idea b + idea c",
  "poster of idea a + idea b + idea c" }

-- How often the harness saw what it is there to see.
local seen = { died = 0, unconfirmed = 0, resubmitted = 0 }

describe("a workflow that is killed", function()
  local b, sandbox, whole, points

  setup(function()
    b = bench.echo()
    sandbox = b.sandbox
  end)

  teardown(function() b:close() end)

  -- Starts the program; kills it after `seconds`, when given. Returns what it printed.
  local function run(journal, deadly, seconds, ...)
    local child <close> = process.start {
      "lua", process.root .. "/spec/fal/workflow/killed.lua", journal, deadly or "none", env = b:environment(), ...,
    }
    if seconds then
      child:until_true(function() return child:status() end, seconds)
      child:kill "KILL"
    end
    local ended = assert(child:wait(60), "it did not end")
    return ended.out, ended
  end

  -- What was accepted since `before`: the inputs of the jobs, and their ids.
  local function accepted_since(known)
    local list, by_input = {}, {}
    for id, job in pairs(sandbox.jobs) do
      if not known[id] then
        local x = json.decode(job.input).x
        list[#list + 1] = x
        by_input[x] = id
      end
    end
    table.sort(list)
    return list, by_input
  end

  local input_of = {}
  for i, name in ipairs { "idea", "a", "b", "c", "film", "poster" } do input_of[name] = expected[i] end

  -- What somebody would do who looks at the dashboard.
  local function verdicts(out, by_input)
    local words = {}
    for name in out:gmatch "unconfirmed (%w+)" do
      words[#words + 1] = name
      words[#words + 1] = by_input[input_of[name]] or "resubmit"
      seen.unconfirmed = seen.unconfirmed + 1
      if words[#words] == "resubmit" then seen.resubmitted = seen.resubmitted + 1 end
    end
    return words
  end

  local function survive(what, deadly, seconds, again)
    local folder <close> = process.temporary()
    local journal, known = folder.path .. "/six.journal", {}
    for id in pairs(sandbox.jobs) do known[id] = true end
    local out = run(journal, deadly, seconds)
    if not out:find "outputs " then seen.died = seen.died + 1 end
    -- Once more, while it goes on.
    if again and not out:find "outputs " and not out:find "unconfirmed " then out = run(journal, again) end
    local settled = {}
    for _ = 1, 8 do
      if out:find "outputs " then break end
      local ended
      out, ended = run(journal, nil, nil, table.unpack(settled))
      assert(out ~= "", what .. ": " .. ended.err)
      assert.is_nil(out:find "error ", what .. ": " .. out)
      local _, by_input = accepted_since(known)
      settled = verdicts(out, by_input)
    end
    assert.are.equal(whole, out:match "outputs [^\n]*", what)
    local list = accepted_since(known)
    local wanted = table.move(expected, 1, #expected, 1, {})
    table.sort(wanted)
    assert.are.same(wanted, list, what)
  end

  it("runs through when it is let live", function()
    local folder <close> = process.temporary()
    local out, ended = run(folder.path .. "/six.journal")
    whole = out:match "outputs [^\n]*"
    points = tonumber(out:match "points (%d+)")
    assert(whole and points and points > 60, ended.err .. out)
    assert.are.equal(6, sandbox:accepted())
  end)

  it("at a fault point pays for each step once", function()
    local tries = math.max(1, kills * 2 // 3)
    for i = 1, tries do
      local point = 1 + (i - 1) * points // tries
      local again = i % 2 == 0 and 1 + (i * 37) % 60 or nil
      survive(("killed at point %d, then %s"):format(point, again), point, nil, again)
    end
    assert.are.equal(tries, seen.died)
    assert.is_true(seen.unconfirmed > 0 and seen.resubmitted < seen.unconfirmed)
  end)

  it("after some time pays for each step once", function()
    for i = 1, math.max(1, kills // 3) do
      local seconds = 0.01 + 0.35 * ((i * 0.618034) % 1)
      survive(("killed after %.3f s"):format(seconds), nil, seconds)
    end
  end)
end)
