-- The definitions for editors that ship with the library: their fields are
-- those of the values that are there, their options those that the functions
-- accept.
local service = require "support.service"
local stubs = require "support.stubs"
local tree = require "support.tree"

local classes, sorted = stubs.classes, stubs.sorted
local same_fields, same_options = stubs.same_fields, stubs.same_options

describe("the fields of", function()
  local fal = require "fal"

  it("requests, statuses, infos and answers", function()
    local sandbox <close> = service.start { queue_time = 0.05, run_time = 0.05 }
    local seen = {}
    local client = service.client(sandbox, {
      on_request = function(request) seen.request = request end,
      on_response = function(answer) seen.answer = answer end,
    })
    local hailuo = "fal-ai/minimax/hailuo-02/standard/text-to-video"
    local request, statuses, events = assert(client.submit(hailuo, { prompt = "x" })), {}, {}
    local kept = client.request(hailuo, request.id)
    same_fields("fal.request", { kept }, [[status_url response_url cancel_url queue_position gateway_request_id metrics
      billable_units price price_how]])
    local function on_update(status) statuses[#statuses + 1] = status end
    assert(request:wait { logs = true, mode = "poll", on_update = on_update })
    sandbox:fault { what = "break_down", times = 1 }
    statuses[#statuses + 1] = assert(client.submit(hailuo, { prompt = "x" })):status()
    local failed = assert(client.submit(hailuo, { prompt = "x" }))
    for status in failed:events() do events[#events + 1] = status end
    for _, status in ipairs(events) do statuses[#statuses + 1] = status end
    same_fields("fal.request", { request }, "gateway_request_id")
    same_fields("fal.status", statuses, "error error_type")
    local _, info = assert(client.run(hailuo, { prompt = "x" }))
    same_fields("fal.info", { info })
    same_fields("fal.seen_request", { seen.request }, "note")
    seen.answer.method = nil
    same_fields("fal.seen_answer", { seen.answer })
    local answer = assert(client.http { url = sandbox.url .. "/api/v1/meta" })
    same_fields("fal.http_answer", { answer }, "freight")
  end)

  it("errors, as their page has them", function()
    local told = {}
    local rows = tree.read "docs/errors.md":match "\n| field .-\n|[-|]+\n(.-)\n\n"
    for line in rows:gmatch "[^\n]+" do
      for word in line:match "^| ([^|]*)|":gmatch "`([%w_]+)`" do told[word] = true end
    end
    assert.same(sorted(told), sorted(classes["fal.error"].fields))
  end)

  it("file values", function()
    same_fields("fal.file", {
      fal.file "a.png", fal.file { data = "x", name = "a.png", type = "image/png", inline = true, lifecycle = {} },
    })
  end)

  it("models, schemas and their fields", function()
    local models, index = require "fal.models", require "fal.models.index"
    local json, schemas, fields = require "fal.core.json", {}, {}
    for i, id in ipairs(index.ids) do schemas[i] = models.find(id) end
    local document = json.decode(tree.read "spec/fixtures/models/openapi.json")
    schemas[#schemas + 1] = assert(require("fal.models.openapi").reduce(document, "somebody/painter"))
    local function gather(list)
      for _, field in ipairs(list) do
        fields[#fields + 1] = field
        gather(field.fields or {})
        gather(field.any or {})
      end
    end
    for _, schema in ipairs(schemas) do
      gather(schema.input)
      gather(schema.output)
    end
    same_fields("fal.field", fields, "min_length below multiple_of")
    same_fields("fal.schema", schemas, "age open")
    same_fields("fal.model", models.list())
  end)

  it("what a sandbox remembers", function()
    local sandbox <close> = service.start { faults = { { what = "nginx_502", match = { call = "meta" } } } }
    local client = service.client(sandbox)
    assert(client.submit("acme/echo", {}, { webhook_url = "http://127.0.0.1:9/hook" }))
    client.http { url = sandbox.url .. "/api/v1/meta?x=1" }
    same_fields("fal.sandbox.seen", sandbox:requests())
    same_fields("fal.sandbox.webhook", sandbox:webhooks(), "status accepted over")
    same_fields("fal.sandbox.server", { { url = sandbox.url, key = sandbox.key, config = sandbox.config } })
  end)
end)

-- What each function accepts, asked of the one room that checks options: the
-- first check of a call is noted, and the call goes no further.
describe("the options of", function()
  local options = require "fal.options"
  local check = options.check

  after_each(function() options.check = check end)

  local function accepted(fn, ...)
    local known
    options.check = function(_, set) -- luacheck: ignore 122
      known = set
      error("enough", 0)
    end
    pcall(fn, ...)
    options.check = check
    return known or error("no options were checked", 2)
  end

  it("every function are those that it accepts", function()
    local fal, workflow = require "fal", require "fal.workflow"
    local request = fal.request("a/b", "1")
    local wf = workflow("stubs", { journal = "/nowhere/journal" })
    local step = wf:call("a/b", {})
    local sandbox <close> = service.start()
    local function start() return require("fal.sandbox").start {} end
    for name, known in pairs {
      ["fal.run_options"] = accepted(fal.run, "a/b", {}), ["fal.submit_options"] = accepted(fal.submit, "a/b", {}),
      ["fal.subscribe_options"] = accepted(fal.subscribe, "a/b", {}),
      ["fal.wait_options"] = accepted(request.wait, request),
      ["fal.events_options"] = accepted(request.events, request),
      ["fal.status_options"] = accepted(fal.status, request), ["fal.upload_options"] = accepted(fal.upload, "x"),
      ["fal.download_options"] = accepted(fal.download, "x", "y"), ["fal.file_fields"] = accepted(fal.file, {}),
      ["fal.all_options"] = accepted(fal.all, {}), ["fal.map_options"] = accepted(fal.map, {}, print),
      ["fal.models_filter"] = accepted(fal.models, {}), ["fal.schema_options"] = accepted(fal.schema, "a/b", {}),
      ["fal.options"] = accepted(fal.new, {}), ["fal.workflow.options"] = accepted(workflow, "x"),
      ["fal.workflow.call_options"] = accepted(wf.call, wf, "a/b", {}),
      ["fal.workflow.map_options"] = accepted(wf.map, wf, step, print),
      ["fal.workflow.named_options"] = accepted(wf.review, wf, step),
      ["fal.workflow.run_options"] = accepted(wf.run, wf), ["fal.sandbox.options"] = accepted(start),
      ["fal.sandbox.description"] = accepted(sandbox.describe, sandbox, "a/b", {}),
    } do
      same_options(name, known)
    end
    same_options("fal.run_options", accepted(fal.stream, "a/b", {}))
    same_options("fal.options", accepted(fal.config, {}))
  end)

  it("prompts are their fields", function()
    local names = {}
    for _, name in ipairs(require("fal.prompt.value").names()) do names[name] = true end
    same_options("fal.prompt.fields", names)
  end)
end)
