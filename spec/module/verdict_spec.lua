-- What a failed exchange means: the table of kinds, field by field.
local answers = require "support.answers"

local json_type <const> = { ["content-type"] = "application/json" }

local function with(headers)
  headers["content-type"] = headers["content-type"] or "application/json"
  return headers
end

local long <const> = ("a whole prompt "):rep(100)

-- An answer (status, headers, body), and the fields that the error must have; false: must be absent.
local rows = {
  { "a plain detail", 404, json_type, '{"detail":"Application \\"x\\" not found"}',
    { kind = "http", status = 404, message = 'Application "x" not found', retryable = false, hint = false } },
  { "a wrong key", 401, json_type, '{"detail":"No user found"}',
    { kind = "http", message = "No user found", hint = "check the key (FAL_KEY)" } },
  { "a locked account", 403, json_type, '{"detail":"User is locked"}',
    { kind = "http", hint = "see https://fal.ai/dashboard/billing" } },
  { "a list of faults", 422, json_type,
    '{"detail":[{"loc":["body","images",0,"url"],"msg":"Image is too small","type":"image_too_small"},'
      .. '{"loc":["body","seed"],"msg":"bad","type":"value_error"}]}',
    { kind = "model", type = "image_too_small", field = "images[0].url", retryable = false,
      message = "images[0].url: Image is too small; seed: bad" } },
  { "valid values", 422, json_type,
    '{"detail":[{"loc":["body","x"],"msg":"wrong","type":"one_of","ctx":{"expected":["a","b"]}}]}',
    { kind = "model", type = "one_of", field = "x", allowed = { "a", "b" } } },
  { "a plain 422", 422, json_type, '{"detail":"Unprocessable"}',
    { kind = "model", message = "Unprocessable", field = false, allowed = false, type = false } },
  { "an object as detail", 422, json_type, '{"detail":{"msg":"odd"}}', { kind = "model", status = 422 } },
  { "a model's failure", 500, json_type,
    '{"detail":[{"loc":["body"],"msg":"gone","type":"downstream_service_unavailable"}]}',
    { kind = "model", type = "downstream_service_unavailable", status = 500, message = "gone", retryable = false } },
  { "a content policy", 422, json_type,
    '{"detail":[{"loc":["body","prompt"],"msg":"no","type":"content_policy_violation","input":"' .. long .. '"}]}',
    { kind = "model", type = "content_policy_violation", field = "prompt" } },
  { "a platform failure", 503, with { ["x-fal-request-id"] = "g1" },
    '{"detail":"Runner disconnected","error_type":"runner_disconnected"}',
    { kind = "http", type = "runner_disconnected", retryable = true, request_id = "req" } },
  { "a type in the header only", 503, with { ["x-fal-error-type"] = "runner_disconnected" }, '{"detail":"x"}',
    { kind = "http", type = "runner_disconnected", retryable = true } },
  { "advice against", 503, with { ["x-fal-needs-retry"] = "0" }, '{"detail":"x","error_type":"runner_disconnected"}',
    { retryable = false } },
  { "advice for", 500, with { ["x-fal-needs-retry"] = "1" }, '{"detail":"x"}', { retryable = true } },
  { "advice by its older name", 422, with { ["x-fal-retryable"] = "true" },
    '{"detail":[{"type":"generation_timeout","msg":"slow","loc":["body"]}]}', { kind = "model", retryable = true } },
  { "the caller's own start timeout", 504, with { ["x-fal-request-timeout-type"] = "user" },
    '{"detail":"Request timed out","error_type":"request_timeout"}',
    { kind = "timeout", limit = "start", type = "request_timeout", retryable = false } },
  { "the gateway's timeout", 504, json_type, '{"detail":"Request timed out","error_type":"request_timeout"}',
    { kind = "http", type = "request_timeout", limit = false, retryable = true } },
  { "too many at once", 429, with { ["retry-after"] = "7" }, '{"detail":"slow down"}',
    { kind = "http", status = 429, retry_after = "7", retryable = true } },
  { "too many, said in a list", 429, json_type,
    '{"detail":[{"msg":"slow down","type":"concurrent_requests_limit","loc":[]}]}',
    { type = "concurrent_requests_limit", retryable = true } },
  { "a cancelled request", 499, json_type, '{"detail":"Request cancelled","error_type":"client_cancelled"}',
    { kind = "cancelled", type = "client_cancelled", retryable = false } },
  { "an early look", 400, json_type, '{"detail":"Request is still in progress"}',
    { kind = "pending", retryable = false } },
  { "an ingress", 502, { ["content-type"] = "text/html" }, "<html><h1>502 Bad Gateway</h1><hr>nginx</html>",
    { kind = "http", status = 502, message = "502 Bad Gatewaynginx", retryable = true, request_id = "req" } },
  { "nothing at all", 500, json_type, "", { kind = "http", message = "refused with status 500, no reason given" } },
  { "an empty object", 418, json_type, "{}", { kind = "http", message = "refused with status 418, no reason given" } },
  { "an empty list", 422, json_type, '{"detail":[]}', { message = "refused with status 422, no reason given" } },
  { "a message", 400, json_type, '{"message":"by name"}', { kind = "http", message = "by name" } },
  { "the platform's own form", 404, json_type, '{"error":{"type":"not_found","message":"no such model"}}',
    { message = "no such model" } },
  { "JSON of another kind", 404, json_type, "null", { kind = "http", status = 404 } },
  { "broken JSON", 404, json_type, '{"detail":', { kind = "http", status = 404, message = '{"detail":' } },
  { "bytes of no text", 500, { ["content-type"] = "image/png" }, "\x89PNG\r\n\0\1\xff",
    { kind = "http", status = 500 } },
  { "a place with strange parts", 422, json_type, '{"detail":[{"loc":["body","a",{"b":1},null,[],2],"msg":"m"}]}',
    { kind = "model", field = "a[2]", message = "a[2]: m" } },
  { "a list with strange entries", 422, json_type, '{"detail":[5,null,{"loc":5,"msg":{}},"x"]}', { kind = "model" } },
  { "an unknown id", 404, json_type, '{"status":"NOT_FOUND"}', { kind = "http", message = "NOT_FOUND" } },
}

describe("an error status", function()
  local function error_of(row)
    local server <close> = answers.start(function() return row[2], row[3], row[4] end)
    local result, err = server:client().result("acme/echo", "req")
    assert.is_nil(result)
    return err
  end

  for _, row in ipairs(rows) do
    it("with " .. row[1], function()
      local err = error_of(row)
      for field, wanted in pairs(row[5]) do
        if wanted == false and field ~= "retryable" then
          assert.is_nil(err[field], field)
        else
          assert.are.same(wanted, err[field], field)
        end
      end
      assert.are.equal("acme/echo", err.endpoint)
      assert.are.equal(1, err.attempts)
      assert.is_true(require("fal.core.error").is(err))
      assert.is_true(#tostring(err) <= 400)
      assert.is_nil(tostring(err):find "%c")
    end)
  end

  it("keeps the service's list, but no whole prompt or image in it", function()
    local image = "data:image/png;base64," .. ("QUJD"):rep(5000)
    local encode = require("fal.core.json").encode
    local err = error_of { nil, 422, json_type, assert(encode { detail = { {
      loc = { "body", "prompt" }, msg = "bad: " .. long, type = "value_error", input = long,
      ctx = { given = image, error = { deep = { image } } },
    }, { loc = { "body" }, msg = "m", type = "t", input = { prompt = long, image_url = image } } } }) }
    assert.are.equal("value_error", err.detail[1].type)
    local function check(value)
      if type(value) == "string" then
        assert.is_true(#value <= 400)
      elseif type(value) == "table" then
        for _, field in pairs(value) do check(field) end
      end
    end
    check(err)
    assert.is_true(#err.detail[1].input <= 80)
    assert.is_nil(err.detail[2].input)
  end)

  it("cuts no character of what it keeps", function()
    local encode = require("fal.core.json").encode
    for n = 70, 90 do
      local text = ("x"):rep(n) .. ("€"):rep(200)
      local fault = { msg = text, type = "t", input = text }
      local err = error_of { nil, 422, json_type, assert(encode { detail = { fault } }) }
      assert.is_truthy(utf8.len(err.detail[1].input))
      assert.is_truthy(utf8.len(err.detail[1].msg))
      assert.is_truthy(utf8.len(err.message))
    end
    for n = 195, 200 do
      local err = error_of { nil, 500, { ["content-type"] = "text/plain" }, ("x"):rep(n) .. ("€"):rep(9) }
      assert.is_truthy(utf8.len(err.message))
    end
  end)
end)

describe("an answer of a paid call", function()
  -- status, headers, body; kind and billed.
  local paid = {
    { 422, with { ["x-fal-billable-units"] = "0" }, '{"detail":[{"type":"missing","msg":"x"}]}', "model", "no" },
    { 422, with { ["x-fal-billable-units"] = "0.5" }, '{"detail":[{"type":"missing","msg":"x"}]}', "model", "yes" },
    { 422, json_type, '{"detail":"x"}', "model", "unknown" },
    { 500, json_type, '{"detail":"x"}', "http", "no" },
    { 400, json_type, '{"detail":"x"}', "http", "no" },
    { 302, { location = "http://x" }, "", "http", "unknown" },
    { 504, { ["content-type"] = "text/html" }, "<html>504</html>", "unconfirmed", "unknown" },
    { 500, { ["content-type"] = "text/html" }, "<html>oops</html>", "unconfirmed", "unknown" },
    { 200, json_type, "{", "unconfirmed", "unknown" },
    { 200, json_type, '{"status":"IN_QUEUE"}', "unconfirmed", "unknown" },
    { 200, json_type, "[]", "unconfirmed", "unknown" },
    { 200, { ["content-type"] = "text/html" }, "<p>hotel</p>", "unconfirmed", "unknown" },
  }

  for _, row in ipairs(paid) do
    it(("%d %s is %s, billed %s"):format(row[1], row[3], row[4], row[5]), function()
      local server <close> = answers.start(function() return row[1], row[2], row[3] end)
      local _, err = server:client({ retries = 3, retry_base = 0 }).submit("acme/echo", {})
      assert.are.equal(row[4], err.kind)
      assert.are.equal(row[5], err.billed)
      assert.are.equal("acme/echo", err.endpoint)
      assert.are.equal(1, #server.requests)
      if err.kind == "unconfirmed" then
        assert.is_truthy(err.cause.message)
        assert.is_truthy(err.hint)
        assert.is_false(err.retryable)
      end
    end)
  end
end)

describe("no answer", function()
  it("from nobody is a network error", function()
    local fal = require "fal"
    local _, err = fal.new({ key = "a:b", run_url = "http://127.0.0.1:1", retries = 0 }).run("a/b", {})
    assert.are.equal("network", err.kind)
    assert.are.equal("no", err.billed)
    assert.is_true(err.retryable)
    assert.is_nil(err.status)
  end)

  it("of a name that is nobody's is a network error", function()
    local fal = require "fal"
    local _, err = fal.new({ key = "a:b", run_url = "http://nobody.invalid", retries = 0 }).run("a/b", {})
    assert.are.equal("network", err.kind)
    assert.are.equal("no", err.billed)
  end)

  it("in time names the limit", function()
    local server <close> = answers.start(function() end)
    local client = server:client { exchange_timeout = 0.05 }
    local _, err = client.status("a/b", "r")
    assert.are.equal("timeout", err.kind)
    assert.are.equal("exchange", err.limit)
    assert.matches("no answer in 0%.05 s %(exchange%)", err.message)
    _, err = client.run("a/b", {})
    assert.are.equal("unconfirmed", err.kind)
    assert.are.equal("timeout", err.cause.kind)
  end)
end)
