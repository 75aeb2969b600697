-- A client's word about models, over real HTTP, against the sandbox: when the
-- service is asked, and where its answers are kept.
local file = require "support.file"
local json = require "fal.core.json"
local process = require "support.process"

local painter = file.read "spec/fixtures/models/openapi.json"

-- The program runs in a child, so that its cache folder and key are its own. It
-- knows the sandbox by another name than that of this machine.
local program = [[
  local fal = require "fal"
  local json = require "fal.core.json"
  local sandbox <close> = assert(require("fal.sandbox").start())
  sandbox:describe("somebody/painter", { openapi = io.read "a" })
  local port = sandbox.url:match "%d+$"
  local function at(host) return ("http://%s:%s"):format(host, port) end
  local base = at(os.getenv "MODELS_HOST" or "models.invalid")
  local client = fal.new {
    site_url = base .. "/site", api_url = base .. "/api/v1", key = sandbox.key, retries = 0,
    connect_to = { "models.invalid::127.0.0.1:", "other.invalid::127.0.0.1:" },
  }
  local keyed = true
  local models = require("fal.models.service").new(client, function() return keyed end)
  local out = {}
  local function say(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    out[#out + 1] = table.concat(words, " ")
  end
]]

local finish = [[
  local asked = {}
  for i, request in ipairs(sandbox:requests()) do asked[i] = request.path .. "?" .. request.query end
  io.write(json.encode { said = json.array(out), asked = json.array(asked) })
]]

describe("a client's word about models", function()
  local folder

  local function run(script, host)
    local done = process.run {
      "lua", "-e", program .. script .. finish, stdin = painter,
      env = { XDG_CACHE_HOME = folder.path, HOME = folder.path, MODELS_HOST = host },
    }
    assert.equal("", done.err)
    return json.decode(done.out)
  end

  before_each(function() folder = process.temporary() end)
  after_each(function() folder:remove() end)

  local schema_path = "/site/api/openapi/queue/openapi.json?endpoint_id=somebody/painter"

  it("reads a schema once, checks by it, and finds it again", function()
    local found = run([[
      say(select(2, models:validate("somebody/painter", {})))
      say(assert(models:schema "somebody/painter").input[1].name)
      say(select(2, models:validate("somebody/painter", { image_url = "x" })).message)
      assert(models:schema "somebody/painter")
      local again = require("fal.models.service").new(client, function() return false end)
      say(select(2, again:validate("somebody/painter", { prompt = 5 })).message)
    ]])
    assert.same({
      "somebody/painter: no schema is known, the input was not checked", "prompt", "prompt: missing",
      "prompt: must be text, not a number | image_url: missing",
    }, found.said)
    assert.same({ schema_path }, found.asked)
  end)

  it("keeps nothing where there is no place for it", function()
    for _, without in ipairs { "unset HOME XDG_CACHE_HOME", "export HOME= XDG_CACHE_HOME=relative" } do
      local done = process.run {
        "sh", "-c", without .. '; exec "$0" -e "$1"', process.lua, program .. [[
          assert(models:schema "somebody/painter")
        ]] .. finish, stdin = painter, cwd = folder.path,
      }
      assert.equal("", done.err)
      assert.same({ schema_path }, json.decode(done.out).asked)
    end
    assert.equal("", process.run({ "ls", "-A", folder.path }).out)
  end)

  it("keeps what this machine says in memory: another may listen there tomorrow", function()
    local found = run([[
      assert(models:schema "somebody/painter")
      assert(models:schema "somebody/painter")
      say(table.concat(models:kept(), " "), models:known("somebody/painter").source)
      local again = require("fal.models.service").new(client, function() return true end)
      say(again:known "somebody/painter" == nil, again:schema("somebody/painter").age)
    ]], "127.0.0.1")
    assert.same({ "somebody/painter openapi", "true 0" }, { found.said[1], (found.said[2]:gsub("%..*", "")) })
    assert.same({ schema_path, schema_path }, found.asked)
    assert.equal("", process.run({ "ls", "-A", folder.path }).out)
  end)

  it("keeps the word of each site apart", function()
    local found = run([[
      assert(models:schema "somebody/painter")
      client.config { site_url = at "other.invalid" .. "/site" }
      say(select(2, models:validate("somebody/painter", {})))
      assert(models:schema "somebody/painter")
    ]])
    assert.same({ "somebody/painter: no schema is known, the input was not checked" }, found.said)
    assert.same({ schema_path, schema_path }, found.asked)
  end)

  it("asks for a price only where none is listed, and only with a key", function()
    local path = "/api/v1/models/pricing?endpoint_id=fal-ai/veo2"
    local found = run([[
      sandbox:describe("fal-ai/veo2", { price = { unit_price = 0.5, unit = "second" } })
      say(models:cost("fal-ai/veo3/fast", { duration = 4 }))
      say(models:cost("fal-ai/veo2", { duration = 6 }))
      say(models:cost "fal-ai/veo2")
      say(models:paid({ endpoint = "fal-ai/veo2" }, "7"))
      keyed = false
      say(select(2, models:cost "fal-ai/veo2").type)
      say(models:paid({ endpoint = "fal-ai/veo2" }, 0.5))
      say(models:paid({ endpoint = "fal-ai/veo3" }, 1))
      say(models:paid({ endpoint = "me/unpriced" }, 1))
    ]])
    local source = "; unit price of the service's pricing API"
    assert.same({
      "1.6 1.6 4 s x $0.40 (audio on) = $1.60; list price of 2025, fal.ai model page",
      "3.0 3.0 6 s x $0.50 = $3.00" .. source, "2.5 2.5 5 s x $0.50 = $2.50" .. source,
      "3500000000 7 x $0.50 per second = $3.50; units billed", "unknown_price",
      "250000000 0.5 x $0.50 per second = $0.25; units billed", "nil price unknown", "nil price unknown",
    }, found.said)
    assert.same({ path }, found.asked)
  end)

  it("says so when the service will not tell a price", function()
    local found = run([[
      local _, err = models:cost "nobody/knows"
      say(err.type, err.cause.kind, err.cause.status)
    ]])
    assert.same({ "unknown_price http 404" }, found.said)
  end)

  it("searches with a key or on demand", function()
    local found = run([[
      sandbox:describe("a/b", { title = "No veo2", category = "vision", openapi = {} })
      local function ids(...)
        local list, err = models:list(...)
        local words = {}
        for i, entry in ipairs(list or {}) do words[i] = entry.id end
        say(list and table.concat(words, " ") or err.kind)
      end
      ids "veo2"
      ids { q = "veo2", category = "vision" }
      say(#models:list() > 80)
      keyed = false
      ids "veo2"
      ids { q = "veo2", remote = true }
      sandbox:fault { what = 500, match = { call = "models" } }
      ids { q = "zzz", remote = true }
      keyed = true
      ids "zzz"
    ]])
    assert.same({ "a/b fal-ai/veo2", "a/b", "true", "fal-ai/veo2", "a/b fal-ai/veo2", "http", "" }, found.said)
    assert.equal(5, #found.asked)
  end)
end)
