-- The service's own workflow JSON: there and back, and what is lost on the way.
local bench = require "fal.workflow.bench"
local json = require "fal.core.json"
local workflow = require "fal.workflow"

-- As the service's documentation writes one.
local theirs = [[{
  "name": "portrait", "version": "0.1", "schema": {"input": {}, "output": {}},
  "nodes": {
    "node_2": {"id": "node_2", "type": "run", "depends": ["node_1"], "app": "me/grow",
      "input": {"image_url": "$node_1.images.0.url", "price": "$5 a piece"}},
    "node_1": {"id": "node_1", "type": "run", "depends": [], "app": "me/draw", "input": {"prompt": "$input.prompt"}},
    "show": {"id": "show", "type": "display", "depends": ["node_2"], "fields": {"a": "$node_2.image"}}
  },
  "output": {"image": "$node_2.image"}
}]]

describe("the service's workflow JSON", function()
  local b

  before_each(function()
    b = bench.open { endpoints = {
      ["me/draw"] = function(input) return { images = { { url = "of " .. input.prompt } } } end,
      ["me/grow"] = function(input) return { image = input.image_url .. " grown, " .. input.price } end,
    } }
  end)

  after_each(function() b:close() end)

  local function opts(input)
    return { client = b.client, journal = b:path "kept.journal", input = input }
  end

  it("is read, run, and written back", function()
    local wf, lost = assert(workflow.import(theirs, opts { prompt = "a fox" }))
    assert.are.same({ "node 'show' of type 'display'" }, lost)
    assert.are.equal("of a fox grown, $5 a piece", assert(wf:run()).output.image)
    local _, err = wf:export()
    assert.are.same({ "'node_2': a text that begins with $ would be taken for a reference" }, err.lost)
    local back = json.decode(assert(wf:export { partial = true }))
    assert.are.equal("$node_1.images.0.url", back.nodes.node_2.input.image_url)
    assert.are.same({ "node_1" }, back.nodes.node_2.depends)
    assert.are.same({ image = "$node_2.image" }, back.output)
  end)

  it("is written from a workflow; what has no equivalent is named", function()
    local wf = b:workflow "mine"
    local drawn = wf:call("me/draw", { prompt = "x", deep = { json.array {}, 1 } }, { name = "v1.5" })
    wf:call("me/grow", { image_url = drawn.images[2].url }, { name = "grown" })
    local text, lost = assert(wf:export())
    assert.are.same({}, lost)
    local made = json.decode(text)
    assert.are.equal("$v1_5.images.1.url", made.nodes.grown.input.image_url)
    assert.are.same({ grown = "$grown" }, made.output)
    wf:map(drawn, function(v) return v end, { name = "local" })
    wf:call("me/draw", { prompt = wf:text("a {}", drawn.x) }, { name = "t", timeout = 5 })
    wf:review(drawn)
    wf:save(drawn, "x.png")
    local _, err = wf:export()
    assert.are.same({
      "'local' is computed here", "'t': a text with references in it", "'t': the option timeout",
      "'review' is a review", "'save' is a download",
    }, err.lost)
  end)

  it("is refused when it makes no sense", function()
    local _, err = workflow.import(theirs, opts {})
    assert.are.equal("$input.prompt has no value; give it as input", err.message)
    _, err = workflow.import("[1", opts {})
    assert.are.equal("validation", err.kind)
    local rows = {
      { "{}", "has no nodes" }, { "[]", "has no nodes" }, { '{"nodes":{"a":5}}', "node 'a' is no object" },
      { '{"nodes":{"a":{"type":"run","app":"x/y","input":"$b"}}}', "node 'a': input is no table" },
      { '{"nodes":{"a":{"type":"run","app":"x/y","depends":"b"}}}', "node 'a': depends is no table" },
      { '{"nodes":{"a b":{"type":"run","app":"x/y"}}}', 'a step\'s name is made of .*, not "a b"' },
      { '{"nodes":{"-a":{"type":"run","app":"x/y"},"a":{"type":"run","app":"x/y"}}}', "there is a step 'a' already" },
    }
    for _, row in ipairs(rows) do
      _, err = workflow.import(row[1], opts {})
      assert.matches("^no workflow: .*" .. row[2], err.message)
    end
    assert.matches("'etc'", tostring(assert(workflow.import('{"name":"../etc","nodes":{}}', opts {}))))
    local circle = { nodes = {
      a = { type = "run", app = "me/a", input = { x = "$b.y" } }, b = { type = "run", app = "me/b", depends = { "a" } },
    } }
    _, err = workflow.import(circle, opts {})
    assert.are.equal("the nodes depend on each other in a circle", err.message)
  end)
end)
