-- falua's history: on by itself, off when told, and the command that reads it.
local falua = require "support.falua"
local process = require "support.process"

local veo <const> = "fal-ai/veo3/fast"

local at

-- With a history in the folder of its own, as a person has it.
local function run(...) return at:run { env = { FAL_HISTORY = "on" }, ... } end

local function json(...)
  local result = run(...)
  assert(result.status == 0, result.err)
  return assert(require("fal.core.json").decode(result.out))
end

local function terminal(...)
  return (at:run { env = { FAL_HISTORY = "on" }, terminal = true, ... }.out:gsub("\r", ""))
end

before_each(function() at = falua.open { run_time = 0.01 } end)

after_each(function() at:close() end)

describe("the history of falua", function()
  local code <const> = "assert(require('fal').submit('acme/echo', { prompt = 'x' }))"

  it("is in the user's home, also where no HOME is set", function()
    local pipe <close> = io.popen "getent passwd $(id -u) | cut -d: -f6"
    local home = pipe:read "l"
    for _, unset in ipairs { "HOME=", "-u HOME" } do
      local command = ([[env %s %s -e "print(os.getenv 'HOME')"]]):format(unset, process.falua)
      assert.equal(home .. "\n", process.run({ "sh", "-c", command }).out)
    end
  end)

  it("is there without a word", function()
    local ask = ([[exec %s -e "print(os.getenv 'FAL_HISTORY')"]]):format(process.falua)
    assert.equal("on\n", process.run({ "sh", "-c", "unset FAL_HISTORY; " .. ask }).out)
    assert.equal("\n", process.run({ "sh", "-c", ask, env = { FAL_HISTORY = "" } }).out)
  end)

  it("is off with --no-history, whatever the environment says", function()
    assert.equal(0, run("--no-history", "-e", code).status)
    assert.same({}, json "history")
    assert.equal(0, run("-e", code).status)
    assert.equal(1, #json "history")
  end)

  it("does not fill with requests to a sandbox", function()
    local result = run("--sandbox", "-e", code)
    assert.equal(0, result.status, result.err)
    assert.same({}, json "history")
  end)

  it("stops a command that cannot be recorded, and says how to go on", function()
    local result = at:run { "submit", "acme/echo", "prompt=x", env = { FAL_HISTORY = "/proc/no/file" } }
    assert.equal(1, result.status)
    assert.matches("nothing was sent", result.err)
    assert.matches("%-%-no%-history", result.err)
    assert.equal(0, at.sandbox:accepted())
  end)
end)

describe("falua history", function()
  it("reads what is there although nothing can be written", function()
    assert.equal(0, run("run", "acme/echo", "text=kept").status)
    local function on_a_full_disk(...)
      return at:run_bash([[(trap '' XFSZ; ulimit -f 0; exec "$@" 2>&1) | cat; exit ${PIPESTATUS[0]}]], { ... },
        { FAL_HISTORY = "on" })
    end
    local listed = on_a_full_disk "history"
    assert.equal(0, listed.status, listed.out)
    assert.equal("kept", require("fal.core.json").decode(listed.out)[1].input.text)
    local refused = on_a_full_disk("run", "acme/echo", "text=lost", "--unchecked")
    assert.equal(1, refused.status)
    assert.matches("^falua run: io: the history cannot be used, so nothing was sent: [^:]+: [^:]+; FAL_HISTORY=off",
      refused.out)
    assert.equal(1, on_a_full_disk("history", "resume").status)
    assert.equal(1, at.sandbox:accepted())
  end)

  it("says when there is nothing yet", function()
    assert.same({}, json("history", "list"))
    assert.matches("nothing was sent from here yet", terminal "history")
  end)

  it("lists, shows and searches", function()
    assert.equal(0, run("run", veo, "prompt=A fox in the snow", "duration=8", "--yes").status)
    assert.equal(0, run("run", "acme/echo", "text=second").status)
    local list = json "history"
    assert.same({ 2, "acme/echo", "done" }, { list[1].id, list[1].endpoint, list[1].state })
    assert.equal("A fox in the snow", list[2].input.prompt)
    assert.is_nil(list[2].output)
    assert.equal(1, #json("history", "--limit", "1"))
    local one = json("history", "show", "1")
    assert.equal(one.output.video.url, one.files[1].url)
    assert.is_true(one.price > 0 and one.billable_units == 8)
    assert.same(one, json("history", "show", one.request_id:sub(1, 9)))
    assert.equal(1, json("history", "search", "SNOW", "veo3")[1].id)
    assert.same({}, json("history", "search", "nowhere"))
    local shown = terminal "history"
    assert.matches("ID +TIME +STATE +PRICE +MODEL +INPUT\n"
      .. "2 +%d+%-%d+%-%d+ %d+:%d+ +done +%? +acme/echo +second\n1 ", shown)
    assert.matches("%$3%.20 +" .. veo:gsub("%-", "%%-") .. " +A fox in the snow\n", shown)
    assert.matches('\n  "input": {\n', terminal("history", "show", "1"))
  end)

  it("knows a call by its number, and by the beginning of an id that is of digits", function()
    for _ = 1, 2 do assert.equal(0, run("submit", "acme/echo", "text=x").status) end
    do
      local db <close> = assert(require("fal.core.store").open(at.folder.path .. "/data/fal/history.db"))
      assert(db:run "UPDATE calls SET request_id = '21234567-d' WHERE id = 1")
    end
    assert.equal(2, json("history", "show", "2").id)
    assert.equal(1, json("history", "show", "21234567").id)
    assert.equal(1, json("history", "show", "212").id)
  end)

  it("tells what is wrong with its words", function()
    assert.equal(0, run("run", "acme/echo", "text=x").status)
    local missing = run("history", "show", "7000000")
    assert.matches("there is no call '7000000'", missing.err)
    assert.equal(1, missing.status)
    for _, words in ipairs { { "show" }, { "search" }, { "list", "x" }, { "lst" }, { "cost", "--by", "week" } } do
      assert.equal(2, run("history", table.unpack(words)).status)
    end
  end)

  it("adds up what was spent", function()
    assert.equal(0, run("run", veo, "prompt=x", "duration=8", "--yes").status)
    assert.equal(0, run("submit", veo, "prompt=x", "duration=8", "--yes").status)
    local sums = json("history", "cost", "--by", "model")
    assert.equal(1, #sums)
    assert.same({ veo, 2 }, { sums[1].model, sums[1].calls })
    assert.equal(2 * sums[1].price, sums[1].price_at_most)
    assert.equal(os.date "%Y-%m-%d", json("history", "cost")[1].day)
    assert.matches("DAY +CALLS +COST +AT MOST +PRICE UNKNOWN\n[%d-]+ +2 +%$3%.20 +%$6%.40\n"
      .. "total +2 +%$3%.20 +%$6%.40\n", terminal("history", "cost"))
  end)

  it("fetches what is under way", function()
    assert.equal(0, run("submit", veo, "prompt=x", "--yes").status)
    assert.equal(0, run("submit", "acme/echo", "text=y").status)
    assert.same({ "open", "open" }, { json("history")[1].state, json("history")[2].state })
    local resumed = run("history", "resume")
    assert.equal(0, resumed.status, resumed.err)
    assert.matches("acme/echo#[%x-]+: done\n", resumed.err)
    local list = json("history", "list")
    assert.same({ "done", "done" }, { list[1].state, list[2].state })
    assert.equal("y", json("history", "show", "2").output.text)
    assert.same({}, json("history", "resume"))
  end)

  it("resumes nothing of the service's against a sandbox", function()
    run("submit", veo, "prompt=x")
    local refused = at:run { "--sandbox", "history", "resume" }
    assert.matches("the sandbox keeps no history", refused.err)
    assert.equal(1, refused.status)
    assert.equal("open", json("history")[1].state)
    assert.equal(1, at.sandbox:accepted())
  end)

  it("resumes what can be resumed, and names the rest", function()
    at.sandbox:fault { what = "lose_answer", match = { call = "submit" }, times = 1 }
    assert.equal(8, run("submit", "acme/echo", "text=lost").status)
    assert.equal(0, run("submit", "acme/echo", "text=kept").status)
    local store = require "fal.core.store"
    local db <close> = assert(store.open(at.folder.path .. "/data/fal/history.db"))
    assert(db:run "UPDATE calls SET at = at - 1000 WHERE id = 1")
    assert(db:run [[INSERT INTO calls (at, how, endpoint, state, request_id)
      VALUES (0, 'submit', 'acme/echo', 'open', '00000000-0000-4000-8000-000000000000')]])
    local resumed = run("history", "resume")
    assert.equal(9, resumed.status)
    assert.matches("no answer came: 1; look at", resumed.err)
    assert.matches("HTTP 404", resumed.err)
    local list = json "history"
    assert.same({ "failed", "done", "unconfirmed" }, { list[1].state, list[2].state, list[3].state })
  end)
end)
