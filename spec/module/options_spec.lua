-- Options of a call: the header or the query each of them becomes, and what is refused.
local answers = require "support.answers"

describe("an option of a call", function()
  local server, client

  before_each(function()
    server = answers.start(function() return 200, nil, '{"request_id":"r"}' end)
    client = server:client()
  end)

  after_each(function() server:close() end)

  -- What the last request said when the submit had these options.
  local function sent(opts)
    assert(client.submit("a/b", {}, opts))
    return server.requests[#server.requests]
  end

  local headers = {
    { { priority = "low" }, "x-fal-queue-priority", "low" },
    { { priority = "normal" }, "x-fal-queue-priority", "normal" },
    { { hint = "session 1" }, "x-fal-runner-hint", "session 1" },
    { { hint = "" }, "x-fal-runner-hint", "" },
    { { start_timeout = 30 }, "x-fal-request-timeout", "30.0" },
    { { start_timeout = 0.5 }, "x-fal-request-timeout", "0.5" },
    { { no_retry = true }, "x-fal-no-retry", "true" },
    { { no_retry = false }, "x-fal-no-retry", nil },
    { { no_fallback = true }, "x-app-fal-disable-fallback", "true" },
    { { store_io = true }, "x-fal-store-io", "1" },
    { { store_io = false }, "x-fal-store-io", "0" },
    { { tags = { team = "blue" } }, "x-fal-tags", "team=blue" },
    { { tags = { run = 7 } }, "x-fal-tags", "run=7" },
    { { headers = { ["X-Mine"] = "a b" } }, "x-mine", "a b" },
    { { headers = { ["X-Count"] = 5 } }, "x-count", "5" },
    { { lifecycle = { expires_in = "1h" } }, "x-fal-object-lifecycle-preference",
      '{"expiration_duration_seconds":3600}' },
    { { lifecycle = { expires_in = 90 } }, "x-fal-object-lifecycle-preference", '{"expiration_duration_seconds":90}' },
    { { lifecycle = { expires_in = "immediate" } }, "x-fal-object-lifecycle-preference",
      '{"expiration_duration_seconds":60}' },
    { { lifecycle = { expires_in = "never" } }, "x-fal-object-lifecycle-preference", "{}" },
    { { lifecycle = { acl = { default = "forbid" } } }, "x-fal-object-lifecycle-preference",
      '{"initial_acl":{"default":"forbid"}}' },
    { { validate = false }, "x-fal-validate", nil },
    { nil, "x-fal-queue-priority", nil },
  }

  for i, row in ipairs(headers) do
    it(("becomes the header %s, row %d"):format(row[2], i), function()
      assert.are.equal(row[3], sent(row[1]).headers[row[2]])
    end)
  end

  it("lists all tags", function()
    local all = {}
    for pair in sent({ tags = { a = "1", ["b.c-d_e"] = "x y", z = 3 } }).headers["x-fal-tags"]:gmatch "[^,]+" do
      all[#all + 1] = pair
    end
    table.sort(all)
    assert.are.same({ "a=1", "b.c-d_e=x y", "z=3" }, all)
  end)

  it("becomes part of the query", function()
    assert.are.equal("fal_max_queue_length=0", sent({ max_queue_length = 0 }).query)
    assert.are.equal("fal_webhook=https%3A%2F%2Fex.org%2Fhook%3Fa%3D1%26b%3D%C3%A4%23x",
      sent({ webhook_url = "https://ex.org/hook?a=1&b=ä#x" }).query)
    assert.are.equal("fal_webhook=https%3A%2F%2Fex.org&fal_max_queue_length=7",
      sent({ webhook_url = "https://ex.org", max_queue_length = 7 }).query)
  end)

  it("adds the webhook's token, escaped", function()
    client.config { webhook_token = "s e&c=r/et" }
    assert.are.equal("fal_webhook=https%3A%2F%2Fex.org%2Fh%3Ftoken%3Ds%2520e%2526c%253Dr%252Fet",
      sent({ webhook_url = "https://ex.org/h" }).query)
    assert.matches("%%3Fa%%3D1%%26token%%3D", sent({ webhook_url = "https://ex.org/h?a=1" }).query)
    assert.is_nil(sent({}).query)
  end)

  it("appends a path", function()
    assert.are.equal("/a/b/edit/fast", sent({ path = "/edit/fast" }).path)
    assert.are.equal("/a/b/edit", sent({ path = "edit/" }).path)
  end)

  local impossible = {
    { priority = "high" }, { priority = true }, { hint = 5 }, { start_timeout = 0.1 }, { start_timeout = "30" },
    { start_timeout = 0 / 0 }, { start_timeout = math.huge }, { no_retry = 1 }, { no_fallback = "yes" },
    { store_io = 0 }, { tags = "a=b" }, { tags = { "a" } }, { tags = { a = {} } }, { tags = { a = "x,y" } },
    { tags = { ["a=b"] = "c" } }, { tags = { ["fal.x"] = "c" } }, { tags = { a = ("x"):rep(257) } },
    { headers = "X: y" }, { headers = { "X" } }, { headers = { x = true } }, { lifecycle = "1h" },
    { webhook_url = 5 }, { max_queue_length = -1 }, { max_queue_length = 1.5 }, { max_queue_length = "1" },
    { path = 5 }, { validate = 1 }, { hint = ("x"):rep(20000) }, { webhook_url = "ex.org" }, { webhook_url = "" },
    { webhook_url = "http://x/" .. ("x"):rep(20000) }, { lifecycle = { expires_in = "2w" } },
    { lifecycle = { expires_in = -1 } }, { lifecycle = { expires_in = 1.5 } }, { lifecycle = { expire = 5 } },
    { lifecycle = { acl = "x" } }, { path = "../x" }, { path = "a//b" }, { path = "" }, { path = "a?b" },
    { path = "a/./b" },
  }

  for i, opts in ipairs(impossible) do
    local name = next(opts)
    it(("is refused at the caller's line when impossible: %s, row %d"):format(name, i), function()
      local ok, err = pcall(function() client.submit("a/b", {}, opts) end)
      assert.is_false(ok)
      assert.matches("^spec/module/options_spec.lua:%d+: option '" .. name .. "' for 'submit' must be ", err)
      assert.are.equal(0, #server.requests)
    end)
  end

  it("is refused when it is too much", function()
    local tags = {}
    for i = 1, 11 do tags["t" .. i] = "x" end
    assert.is_false((pcall(client.submit, "a/b", {}, { tags = tags })))
    assert.are.equal(0, #server.requests)
  end)

  it("of an unknown name is refused with the nearest one", function()
    local calls = {
      run = function(o) client.run("a/b", {}, o) end, submit = function(o) client.submit("a/b", {}, o) end,
      subscribe = function(o) client.subscribe("a/b", {}, o) end, stream = function(o) client.stream("a/b", {}, o) end,
      status = function(o) client.status("a/b", "r", o) end,
      wait = function(o) client.request("a/b", "r"):wait(o) end,
      events = function(o) client.request("a/b", "r"):events(o) end,
    }
    local near = { status = "logs", wait = "timeout", events = "interval" }
    for name, call in pairs(calls) do
      local known = near[name] or "start_timeout"
      local ok, err = pcall(function() call { [known .. "s"] = 1 } end)
      assert.is_false(ok)
      assert.matches("^spec/module/options_spec.lua:%d+: unknown option '" .. known .. "s' for '" .. name
        .. "'; did you mean '" .. known .. "'?", err)
      assert.is_false((pcall(call, "options")))
    end
    assert.is_false((pcall(client.run, "a/b", {}, { priority = "low" })))
    assert.are.equal(0, #server.requests)
  end)
end)
