-- References and the graph: what users may write, what it becomes, and how each
-- mistake is told at its line.
local graph = require "fal.workflow.graph"
local json = require "fal.core.json"
local reference = require "fal.workflow.reference"

local function a_step(name, output)
  return { name = name, output = output }
end

local function output_of(step) return step.output end

local function message_of(fn, ...)
  local ok, message = pcall(fn, ...)
  assert.is_false(ok)
  return message
end

describe("a reference", function()
  local images = { { url = "u1" }, { url = "u2" } }
  local idea = a_step("idea", { prompt = "a fox", images = images, none = json.null, n = 3 })
  local ref = reference.to(idea)

  it("is written as it is indexed", function()
    assert.are.equal("idea.images[2].url", reference.spelling(ref.images[2].url))
    assert.are.equal('idea["odd name"]', reference.spelling(ref["odd name"]))
    assert.are.equal("<reference idea.prompt>", tostring(ref.prompt))
  end)

  it("is replaced by its value, at any depth", function()
    local value = assert(reference.fill({ a = { ref.images[2].url, "x" }, b = ref.prompt, c = true }, output_of))
    assert.are.same({ a = { "u2", "x" }, b = "a fox", c = true }, value)
    assert.are.equal(json.null, reference.fill(ref.none, output_of))
    assert.are.equal(idea.output, reference.fill(ref, output_of))
  end)

  it("keeps lists lists, also empty ones", function()
    local value = reference.fill({ list = json.array {} }, output_of)
    assert.is_true(json.is_array(value.list))
  end)

  local wrong = {
    { ref.promt, "idea.promt does not exist: in idea there is: images, n, none, prompt" },
    { ref.images[3].url, "idea.images[3].url does not exist: in idea.images it is a list of 2" },
    { ref.prompt.text, "idea.prompt.text does not exist: in idea.prompt it is a string" },
    { ref.none.url, "idea.none.url does not exist: in idea.none it is null" },
  }
  for _, row in ipairs(wrong) do
    it("that leads nowhere says what is there: " .. reference.spelling(row[1]), function()
      local value, err = reference.fill({ x = row[1] }, output_of)
      assert.is_nil(value)
      assert.are.equal(row[2], err.message)
      assert.are.equal("validation", err.kind)
    end)
  end

  it("cannot be mistaken for its value", function()
    assert.matches("use wf:map", message_of(function() return #ref.images end))
    assert.matches("use wf:map", message_of(function() return pairs(ref.images) end))
    assert.matches("use wf:map", message_of(function() for _ in ipairs(ref.images) do local _ = 1 end end))
    assert.matches("not a function", message_of(function() return ref:save() end))
    assert.matches("cannot be changed", message_of(function() ref.prompt = "x" end))
    assert.matches("numbers from 1, not by 0", message_of(function() return ref.images[0] end))
    assert.matches("numbers from 1, not by true", message_of(function() return ref[true] end))
  end)

  it("stands in texts", function()
    local text = reference.format("a film about {} and {}, {{} free", ref.prompt, ref.n)
    assert.are.equal("a film about a fox and 3, {} free", reference.fill(text, output_of))
    assert.are.equal("see a fox!", reference.fill("see " .. ref.prompt .. "!", output_of))
    local _, err = reference.fill(reference.format("{}", ref.images), output_of)
    assert.are.equal("idea.images cannot stand in a text: it is a list of 2", err.message)
    assert.matches("more {} than the 1 values", message_of(reference.format, "{} {}", ref))
    assert.matches("has 0 {}, but 1 values", message_of(reference.format, "none", ref))
  end)
end)

describe("a graph", function()
  local function call(g, endpoint, input, name)
    return g:add("call", { name = name, base = endpoint, endpoint = endpoint, input = input, options = {} })
  end

  it("names steps by their endpoint and place", function()
    local g = graph.new()
    assert.are.equal("veo3-fast", call(g, "fal-ai/veo3/fast", {}).name)
    assert.are.equal("veo3-fast-2", call(g, "fal-ai/veo3/fast", {}).name)
    assert.are.equal("mine", call(g, "fal-ai/veo3/fast", {}, "mine").name)
  end)

  it("knows the edges, in any depth and in texts", function()
    local g = graph.new()
    local a = call(g, "x/a", {})
    local b = call(g, "x/b", { deep = { { ref = reference.to(a).one } } })
    local c = call(g, "x/c", { prompt = reference.format("{} and {}", reference.to(a).one, reference.to(b).two) })
    assert.are.same({ a }, b.needs)
    assert.are.same({ a, b }, c.needs)
  end)

  it("refuses what cannot be meant", function()
    local g, other = graph.new(), graph.new()
    local a = reference.to(call(g, "x/a", {}))
    assert.matches("another workflow", message_of(call, other, "x/b", { a.x }))
    assert.matches("a step 'a' already", message_of(call, g, "x/b", {}, "a"))
    assert.matches("a step's name", message_of(call, g, "x/b", {}, "../up"))
    assert.matches("write wf:text%('... {} ...', a.x%)",
      message_of(call, g, "x/b", { prompt = ("film of %s"):format(a.x) }))
    local _, problem = g:find "aa"
    assert.are.equal("there is no step 'aa'; did you mean 'a'?", problem)
  end)

  it("puts all that comes after a gate behind it", function()
    local g = graph.new()
    local a = call(g, "x/a", {})
    local gate = g:add("review", { base = "review", input = reference.to(a), options = {} })
    local free = call(g, "x/free", {})
    assert.are.same({ gate }, free.needs)
  end)
end)
