-- What the sandbox tells about its models and requests, on the wire; and what
-- the library makes of it.
local index = require "fal.models.index"
local models = require "fal.models"
local openapi = require "fal.models.openapi"
local wire = require "fal.sandbox.wire"

local w

before_each(function()
  w = wire.open { endpoints = {
    ["me/film"] = function(_, job)
      job.units = 3
      return { ok = true }
    end,
    ["me/gone"] = false,
  } }
end)
after_each(function() w:close() end)

local function description(id)
  return w:get("/site/api/openapi/queue/openapi.json?endpoint_id=" .. id, { Authorization = false })
end

-- What a document can say of a field.
local function told(field)
  local out = {}
  for _, name in ipairs {
    "name", "type", "enum", "default", "required", "description", "min", "max", "max_length", "min_items", "max_items",
    "of",
  } do
    out[name] = field[name]
  end
  if field.items then
    out.items = told(field.items)
    out.items.name, out.items.required = nil, nil
  end
  for i, inner in ipairs(field.fields or {}) do
    out.fields = out.fields or {}
    out.fields[i] = told(inner)
  end
  return out
end

describe("the description of an endpoint", function()
  it("is read back as the catalogue has it, for every endpoint", function()
    for _, id in ipairs(index.ids) do
      local answer = description(id)
      assert.equal(200, answer.status)
      local ours, theirs = models.find(id), assert(openapi.reduce(answer.json, id))
      assert.same({ ours.id, ours.category }, { theirs.id, theirs.category })
      assert.equal(#ours.input, #theirs.input)
      for i, field in ipairs(ours.input) do assert.same(told(field), told(theirs.input[i])) end
      for i, field in ipairs(ours.output) do
        local there = theirs.output[i]
        assert.same({ field.name, field.type, field.required }, { there.name, there.type, there.required })
      end
    end
  end)

  it("has the service's form", function()
    local id = "fal-ai/minimax/speech-02-hd"
    local document = description(id).json
    assert.equal("3.0.4", document.openapi)
    assert.equal("Queue OpenAPI for " .. id, document.info.title)
    assert.same({ id, "text-to-speech" },
      { document.info["x-fal-metadata"].endpointId, document.info["x-fal-metadata"].category })
    assert.equal("https://queue.fal.run", document.servers[1].url)
    for _, path in ipairs { "", "/requests/{request_id}", "/requests/{request_id}/status" } do
      assert.is_table(document.paths["/" .. id .. path])
    end
    assert.is_table(document.paths["/" .. id .. "/requests/{request_id}/cancel"].put)
    local input = document.components.schemas.MinimaxSpeech02HdInput
    assert.same({ "text" }, input.required)
    assert.equal("text", input["x-fal-order-properties"][1])
    assert.same({ "status", "request_id" }, document.components.schemas.QueueStatus.required)
  end)

  it("takes anything for a function, and is null for what nobody answers", function()
    local schema = assert(openapi.reduce(description("me/film").json, "me/film"))
    assert.same({ true, {}, "other" }, { schema.open, schema.input, schema.category })
    for _, id in ipairs { "me/gone", "acme/echo", "fal-ai/veo3/fats", "", "%2e%2e/x" } do
      local answer = description(id)
      assert.same({ 404, "null" }, { answer.status, answer.body })
    end
  end)

  it("is what was said, word for word", function()
    w.sandbox:describe("me/film", { openapi = "[[[", title = "A film" })
    assert.equal("[[[", description("me/film").body)
    w.sandbox:describe("you/new", { openapi = { paths = {} } })
    assert.same({ paths = {} }, description("you/new").json)
    assert.has_error(function() w.sandbox:describe("me/film", { titel = "x" }) end,
      "unknown option 'titel' for 'describe'; did you mean 'title'?")
  end)
end)

describe("the search for models", function()
  local function ids(query, status)
    local answer = w:get("/api/v1/models" .. query, { Authorization = false })
    assert.equal(status or 200, answer.status, answer.body)
    local list = {}
    for i, model in ipairs(answer.json.models or {}) do list[i] = model.endpoint_id end
    return list, answer.json
  end

  it("finds the catalogue and the functions, by words and category", function()
    assert.same({ "fal-ai/veo3/fast" }, (ids "?q=FAST%20veo3%2F"))
    assert.same({ "me/film" }, (ids "?q=film"))
    assert.same({ "fal-ai/video-prompt-generator" }, (ids "?category=llm"))
    assert.same({}, (ids "?q=gone"))
    assert.same({}, (ids "?status=deprecated"))
    w.sandbox:describe("me/film", { title = "Moving pictures", category = "text-to-video" })
    assert.same({ "me/film" }, (ids "?q=moving&category=text-to-video"))
  end)

  it("comes in pages", function()
    local seen, cursor, pages = {}, "", 0
    repeat
      local list, answer = ids("?limit=40" .. cursor)
      for _, id in ipairs(list) do seen[#seen + 1] = id end
      pages, cursor = pages + 1, "&cursor=" .. tostring(answer.next_cursor)
      assert.equal(answer.has_more, type(answer.next_cursor) == "string")
    until not answer.has_more
    assert.same({ 3, #index.ids + 1 }, { pages, #seen })
    for _, query in ipairs { "?limit=0", "?limit=101", "?limit=x", "?limit=1.5", "?cursor=x" } do
      local _, answer = ids(query, 400)
      assert.equal("validation_error", answer.error.type)
    end
  end)

  it("ends with its last page", function()
    for limit, more in pairs { true, false, false } do
      local list, answer = ids("?endpoint_id=fal-ai/veo2,me/film&limit=" .. limit)
      assert.same({ math.min(limit, 2), more }, { #list, answer.has_more })
    end
  end)

  it("takes ids, repeated or with commas, and expands", function()
    assert.same({ "fal-ai/veo2", "me/film", "fal-ai/veo3" },
      (ids "?endpoint_id=fal-ai/veo2,me/film&endpoint_id=fal-ai%2Fveo3"))
    local _, answer = ids("?endpoint_id=fal-ai/veo2,no/body", 404)
    assert.equal("not_found", answer.error.type)
    assert.is_string(answer.error.request_id)
    _, answer = ids "?endpoint_id=fal-ai/veo2&expand=openapi-3.0"
    assert.equal("3.0.4", answer.models[1].openapi.openapi)
    w.sandbox:describe("me/film", { openapi = "<html>" })
    _, answer = ids "?endpoint_id=me/film&expand=openapi-3.0"
    assert.equal("expansion_failed", answer.models[1].openapi.error.code)
  end)
end)

describe("prices", function()
  local function price(id, headers)
    local answer = w:get("/api/v1/models/pricing?endpoint_id=" .. id, headers)
    return answer.json.prices and answer.json.prices[1], answer
  end

  it("are those of the pages, and those that were said", function()
    assert.same({ endpoint_id = "fal-ai/veo3/fast", unit_price = 0.4, unit = "second", currency = "USD" },
      (price "fal-ai/veo3/fast"))
    local pro = price "fal-ai/sora-2/image-to-video/pro" -- the resolution is auto unless given
    assert.same({ 0.3, "second" }, { pro.unit_price, pro.unit })
    assert.equal("video", price("fal-ai/pika/v2.2/text-to-video").unit)
    assert.is_nil((price "fal-ai/veo2"))
    assert.is_nil((price "me/film"))
    w.sandbox:describe("me/film", { price = { unit_price = 0.02, unit = "image" } })
    assert.same({ endpoint_id = "me/film", unit_price = 0.02, unit = "image", currency = "USD" }, (price "me/film"))
  end)

  it("need a key, an id, and one that is known", function()
    local _, answer = price("fal-ai/veo2", { Authorization = false })
    assert.same({ 401, "authorization_error" }, { answer.status, answer.json.error.type })
    _, answer = price ""
    assert.same({ 400, "validation_error" }, { answer.status, answer.json.error.type })
    _, answer = price "no/body"
    assert.same({ 404, "not_found" }, { answer.status, answer.json.error.type })
    _, answer = price(("fal-ai/veo2,"):rep(51))
    assert.equal(400, answer.status)
  end)
end)

describe("the list of requests", function()
  local function list(query, headers)
    local answer = w:get("/api/v1/models/requests/by-endpoint?endpoint_id=" .. query, headers)
    return answer.json.items, answer
  end

  it("shows what has ended, the latest first, with its payloads on demand", function()
    local first = w:submit("acme/echo", { n = 1 })
    w:hold()
    w:pass(1)
    local second = w:submit("acme/echo", { n = 2 })
    w:submit("acme/other", {})
    local items = list "acme/echo"
    assert.same({ second, first, 2 }, { items[1].request_id, items[2].request_id, #items })
    assert.same({ 200, "acme/echo", 0 }, { items[1].status_code, items[1].endpoint_id, items[1].duration })
    assert.matches("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d+Z$", items[1].sent_at)
    assert.is_nil(items[1].json_input)
    items = list "acme/echo&expand=payloads&limit=1"
    assert.same({ { n = 2 }, { n = 2 }, 1 }, { items[1].json_input, items[1].json_output, #items })
    assert.same({ first }, { list("acme/echo&request_id=" .. first)[1].request_id })
    assert.same({}, list "acme/echo&request_id=nothing")
  end)

  it("does not show what is under way, nor payloads that were not to be kept", function()
    w:close()
    w = wire.open { queue_time = 5, run_time = 5 }
    w:hold()
    w:submit("acme/echo", { n = 1 }, { ["X-Fal-Store-IO"] = "0" })
    assert.same({}, list "acme/echo")
    w:pass(10)
    local item = list("acme/echo&expand=payloads")[1]
    assert.equal(5, item.duration)
    assert.same({ nil, nil }, { item.json_input, item.json_output })
  end)

  it("is cut by time and by what became of them", function()
    w:submit("fal-ai/veo2", { prompt = "x" })
    w:submit("fal-ai/veo2", { prompt = 5 })
    w.sandbox:fault { what = "break_down", error_type = "runner_disconnected" }
    w:submit("fal-ai/veo2", { prompt = "x" })
    for status, code in pairs { success = 200, user_error = 422, error = 503 } do
      local items = list("fal-ai/veo2&status=" .. status)
      assert.same({ 1, code }, { #items, items[1].status_code })
    end
    local now = os.time()
    local function day(seconds) return os.date("!%Y-%m-%d", seconds) end
    local function second(seconds) return os.date("!%Y-%m-%dT%H:%M:%SZ", seconds) end
    assert.equal(3, #list("fal-ai/veo2&start=" .. day(now)))
    assert.equal(0, #list("fal-ai/veo2&end=" .. day(now)))
    assert.equal(3, #list(("fal-ai/veo2&start=%s&end=%s"):format(second(now - 60), second(now + 60))))
    assert.equal(0, #list(("fal-ai/veo2&start=%s&end=%s"):format(second(now + 60), second(now + 90))))
    local _, answer = list "fal-ai/veo2&start=yesterday"
    assert.same({ 400, "validation_error" }, { answer.status, answer.json.error.type })
  end)

  it("needs a key and an endpoint", function()
    local _, answer = list("acme/echo", { Authorization = "Key a:b" })
    assert.equal(401, answer.status)
    answer = w:get "/api/v1/models/requests/by-endpoint"
    assert.same({ 400, "endpoint_id is required" }, { answer.status, answer.json.error.message })
  end)
end)
