-- Keys of other services that are part of an input: they are sent, and neither
-- written down nor shown.
local bench = require "fal.workflow.bench"
local file = require "support.file"
local json = require "fal.core.json"

local sora <const> = "fal-ai/sora-2/text-to-video"

describe("somebody's own key in an input", function()
  local b

  before_each(function() b = bench.open() end)
  after_each(function() b:close() end)

  local function film(key)
    local wf = b:workflow "film"
    wf:call(sora, { prompt = "a fox", api_key = key }, { name = "clip" })
    return wf
  end

  local function sent()
    local keys = {}
    for i, seen in ipairs(b.sandbox:requests "submit") do keys[i] = json.decode(seen.body).api_key end
    return keys
  end

  it("is sent, but in no journal and no report", function()
    assert(film("sk-canary"):run())
    assert.same({ "sk-canary" }, sent())
    assert(film("sk-canary"):report(b:path "report.html"))
    local where = ("grep -rl sk-canary '%s'"):format(b.folder.path)
    local pipe <close> = assert(io.popen(where))
    assert.equal("", pipe:read "a")
    assert.matches("%(secret%)", file.read(b:path "report.html"))
  end)

  it("may change: the step stays as it is", function()
    assert(film("sk-canary"):run())
    assert(film("sk-other"):run())
    assert.equal(1, b.sandbox:accepted())
    assert.equal("cached", film("sk-other"):plan().steps[1].state)
    assert(film():run()) -- who has none is billed, which is another thing
    assert.equal(2, b.sandbox:accepted())
  end)

  it("does not keep a request from being found again", function()
    b.sandbox:fault { what = "lose_answer", match = { call = "submit" }, times = 1 }
    local _, err = film("sk-canary"):run()
    assert.equal("unconfirmed", err.kind)
    assert(film("sk-canary"):run())
    assert.equal(1, b.sandbox:accepted())
  end)
end)
