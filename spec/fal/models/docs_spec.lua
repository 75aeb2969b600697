-- docs/models.md: it is what the catalogue gives, and the inputs of its
-- examples are right and cost what it says.
local file = require "support.file"
local models = require "fal.models"
local process = require "support.process"

local function page() return file.read "docs/models.md" end

-- Something that can be indexed like an output.
local function output()
  return setmetatable({}, { __index = output, __tostring = function() return "output" end })
end

describe("docs/models.md", function()
  it("is current", function()
    local done = process.run { "lua", "tools/gen-models-docs", "--check", env = { BUILD_DIR = process.build } }
    assert.same({ "", 0 }, { done.err, done.status })
  end)

  it("has a right example and its price for each of the 21 endpoints", function()
    local seen = {}
    for block in page():gmatch "```lua\n(.-)```" do
      local price = block:match "^%-%- [^\n]* = (%$[%d.]+[^\n]*)\n"
      local fal = {
        subscribe = function(id, input)
          assert.is_nil(seen[id])
          seen[id] = true
          assert.equal(input, models.validate(id, input))
          local low, _, line = models.cost(id, input)
          assert.equal(price, low and line:match "= ([^;]*)")
          return output()
        end,
      }
      if block:find "fal.subscribe" then
        assert(load(block, "=example", "t", { fal = fal, assert = assert, print = tostring }))()
      else
        assert(load(block))
      end
    end
    local count = 0
    for _ in pairs(seen) do count = count + 1 end
    assert.equal(21, count)
  end)

  it("names every endpoint that is built in", function()
    local text = page()
    for _, entry in ipairs(models.list()) do
      assert.is_truthy(text:find("`" .. entry.id .. "`", 1, true), entry.id)
    end
  end)
end)
