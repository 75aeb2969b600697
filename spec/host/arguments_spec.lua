-- The parser of a command's arguments, alone: options, operands, help.
local arguments = require "falua.arguments"

local description = {
  summary = "does something",
  options = {
    { name = "out", value = "FOLDER", help = "where to" },
    { name = "max-cost", value = "USD", type = "number", least = 0, most = 9, help = "at most" },
    { name = "count", value = "N", type = "integer", default = 3, help = "how many" },
    { name = "json", help = "as JSON" },
  },
  operands = {
    { name = "ENDPOINT", help = "the model" },
    { name = "ID", help = "the request", optional = true },
    { name = "INPUT", help = "key=value", optional = true, many = true },
  },
  examples = { "falua try fal-ai/x" },
}

local function parse(...) return arguments.parse(description, { ... }) end

describe("arguments.parse", function()
  local good = {
    { { "e" }, { endpoint = "e", count = 3, input = {} } },
    { { "e", "i" }, { endpoint = "e", id = "i", count = 3, input = {} } },
    { { "e", "i", "a=1", "b=2" }, { endpoint = "e", id = "i", count = 3, input = { "a=1", "b=2" } } },
    { { "--json", "e", "--count", "-2" }, { endpoint = "e", count = -2, json = true, input = {} } },
    { { "e", "--max-cost=1.5", "--out=", "i" },
      { endpoint = "e", id = "i", count = 3, max_cost = 1.5, out = "", input = {} } },
    { { "--out", "--json", "e" }, { endpoint = "e", out = "--json", count = 3, input = {} } },
    { { "--out=a=b", "e" }, { endpoint = "e", out = "a=b", count = 3, input = {} } },
    { { "e", "--", "--json", "-x" }, { endpoint = "e", id = "--json", count = 3, input = { "-x" } } },
    { { "-" }, { endpoint = "-", count = 3, input = {} } },
    { { "" }, { endpoint = "", count = 3, input = {} } },
    { { "--help" }, { help = true, count = 3 } },
  }
  for _, case in ipairs(good) do
    it("takes " .. table.concat(case[1], " "), function()
      assert.same(case[2], parse(table.unpack(case[1])))
    end)
  end

  local bad = {
    { {}, "ENDPOINT is missing" },
    { { "e", "--max-cost", "much" }, "'--max-cost' needs a number, not 'much'" },
    { { "e", "--max-cost", "nan" }, "'--max-cost' needs a number, not 'nan'" },
    { { "e", "--max-cost=-0.01" }, "'--max-cost' needs a number, not '-0.01'" },
    { { "e", "--max-cost=9.01" }, "'--max-cost' needs a number, not '9.01'" },
    { { "e", "--count", "1e3" }, "'--count' needs an integer, not '1e3'" },
    { { "e", "--count", "99999999999999999999" }, "'--count' needs an integer, not '99999999999999999999'" },
    { { "e", "--out" }, "'--out' needs a value (FOLDER)" },
    { { "e", "--json=1" }, "'--json' takes no value" },
    { { "e", "--nothing" }, "unknown option '--nothing'" },
    { { "e", "-j" }, "unknown option '-j'" },
    { { "e", "--=x" }, "unknown option '--=x'" },
  }
  for _, case in ipairs(bad) do
    it("refuses " .. table.concat(case[1], " "), function()
      local values, problem = parse(table.unpack(case[1]))
      assert.is_nil(values)
      assert.equal(case[2], problem)
    end)
  end

  it("leaves the description and the list as they are", function()
    local list = { "e", "i", "a=1" }
    local values = arguments.parse(description, list)
    values.input[1] = "changed"
    assert.same({ "e", "i", "a=1" }, list)
    assert.same({ endpoint = "e", count = 3, input = {} }, parse "e")
  end)
end)

describe("arguments.help", function()
  it("names everything in columns", function()
    assert.equal([[
usage: falua try [options] ENDPOINT [ID] [INPUT...]

does something

  ENDPOINT        the model
  ID              the request
  INPUT           key=value
  --out FOLDER    where to
  --max-cost USD  at most
  --count N       how many (default: 3)
  --json          as JSON
  --help          show this help

Examples:
  falua try fal-ai/x]], arguments.help("falua try", description))
  end)

  it("needs no more than a summary", function()
    assert.equal("usage: falua bare [options]\n\nis bare\n\n  --help  show this help",
      arguments.help("falua bare", { summary = "is bare" }))
  end)
end)
