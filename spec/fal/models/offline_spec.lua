-- Endpoints that are not built in, against the sandbox: what the site and the
-- platform API say of them, also when it is meant to do harm.
local process = require "support.process"

describe("without a network, the library", function()
  local folder

  before_each(function() folder = process.temporary() end)
  after_each(function() folder:remove() end)

  -- In a child, so that its cache folder is its own.
  local function run(code)
    local done = process.run { "lua", "-e", [[
      local fal = require "fal"
      local sandbox <close> = assert(require("fal.sandbox").start {
        queue_time = 0, run_time = 0, endpoints = { ["me/film"] = function(_, job) job.units = 3 return {} end } })
      sandbox:describe("me/film", { title = "Film", price = { unit_price = 0.1, unit = "second" }, openapi = {
        paths = { ["/me/film"] = { post = { requestBody = { content = { ["application/json"] = { schema = {
          properties = { duration = { type = "integer", maximum = 9 } }, required = { "duration" } } } } } } } } } })
      fal.config(sandbox.config)
    ]] .. code, env = { XDG_CACHE_HOME = folder.path, HOME = folder.path } }
    assert.equal("", done.err)
    return done.out
  end

  it("finds, checks, prices and bills an endpoint of one's own", function()
    local said = {
      "me/film", "film openapi 9", "validation: duration: must be at most 9, not 10 [me/film]",
      "0.3 3 s x $0.10 = $0.30; unit price of the service's pricing API",
      "0.3 3 x $0.10 per second = $0.30; units billed", "1", "",
    }
    assert.equal(table.concat(said, "\n"), (run [[
      for _, entry in ipairs(assert(fal.models { q = "film", remote = true })) do print(entry.id) end
      local schema = assert(fal.schema "me/film")
      print("film", schema.source, schema.input[1].max)
      print(select(2, fal.submit("me/film", { duration = 10 })))
      local low, _, line = fal.cost("me/film", { duration = 3 })
      print(low, line)
      local _, request = assert(fal.subscribe("me/film", { duration = 3 }))
      print(request.price, request.price_how)
      print(sandbox:accepted())]]):gsub("\t", " "))
  end)

  it("refuses documents that are hostile, and goes on", function()
    local deep = ('{"a":'):rep(5000)
    local out = run(([[
      local function says(text, hint)
        sandbox:describe("me/film", { openapi = text })
        local start = os.clock()
        local schema, err = fal.schema("me/film", { refresh = true })
        print(schema == nil and err.kind, os.clock() - start < 1, #tostring(err) <= 400)
      end
      local json = require "fal.core.json"
      local function input(schema, schemas)
        return json.encode { components = { schemas = schemas or {} }, paths = { ["/me/film"] = { post = {
          requestBody = { content = { ["application/json"] = { schema = schema } } } } } } }
      end
      local function ref(name) return { ["$ref"] = "#/components/schemas/" .. name } end
      says "" says "<html>" says "[]" says '{"paths":"x"}'
      says(%q)
      says(("x"):rep(5 * 1024 * 1024))
      says(input(ref "A", { A = ref "B", B = ref "A" }))
      says(input(ref "A", { A = { properties = { a = ref "A" } } }))
      says(input(ref "A", { A = { properties = { a = { anyOf = { ref "A", ref "A" } } } } }))
      says(input { properties = { a = 5 } })
      says(input { properties = { a = { type = "integer", minimum = "zero" } } })
      local wide = {}
      for i = 1, 5000 do wide["f" .. i] = { type = "string" } end
      says(input { properties = wide })
      local inner = { type = "string" }
      for _ = 1, 40 do inner = { properties = { a = inner } } end
      says(input(inner))
      says(input { ["$ref"] = "https://example.com/evil" })
      sandbox:fault { what = "cut", match = { call = "openapi" }, times = 1 }
      fal.config { retries = 0 }
      print((select(2, fal.schema("me/film", { refresh = true })).kind))
      sandbox:describe("me/film", {})
      print(assert(fal.schema "me/film").open, sandbox:accepted())]]):format(deep))
    local kinds = {}
    for line in out:gmatch "[^\n]+" do kinds[#kinds + 1] = line end
    for i = 1, 14 do assert.equal("protocol\ttrue\ttrue", kinds[i], i) end
    assert.same({ "network", "true\t0" }, { kinds[15], kinds[16] })
  end)
end)
