-- The flavour that raises what the other one returns.
local service = require "support.service"

describe("fal.raise", function()
  local fal, raising, failure

  before_each(function()
    fal, raising, failure = require "fal", require "fal.raise", require "fal.core.error"
  end)

  -- The error that a call raises.
  local function raised(fn, ...)
    local ok, err = pcall(fn, ...)
    assert.is_false(ok)
    assert.is_true(failure.is(err), tostring(err))
    return err
  end

  it("returns successes as they are", function()
    local sandbox <close> = service.start()
    local client = raising.new(sandbox.config)
    local output, info = client.run("acme/echo", { a = 1 })
    assert.are.equal(1, output.a)
    assert.is_truthy(info.request_id)
    local result, req = client.subscribe("acme/echo", { a = 2 })
    assert.are.equal(2, result.a)
    assert.are.equal(2, req:result().a)
    local last
    for event in client.stream("acme/echo", { a = 3 }) do last = event end
    assert.are.equal(3, last.a)
    assert.are.same({ 1, 4, 9 }, raising.map({ 1, 2, 3 }, function(i) return i * i end))
  end)

  it("raises failures as objects", function()
    assert.are.equal("config", raised(raising.new({}).run, "acme/echo", {}).kind)
    assert.are.equal("validation", raised(raising.new({ key = "a:b" }).submit, "nonsense", {}).kind)
    local err = raised(raising.all, { function() return nil, failure.new { kind = "model", message = "no" } end })
    assert.are.equal("model", err.kind)
  end)

  it("raises from the methods of its requests too, and only of its own", function()
    local sandbox <close> = service.start { queue_time = 5 }
    local client = raising.new(sandbox.config)
    local req = client.submit("acme/echo", {})
    assert.are.equal("pending", raised(req.result, req).kind)
    assert.are.equal("fal.request", getmetatable(req).__name)
    assert.are.equal("acme/echo#" .. req.id, tostring(req))
    assert.is_true(req:cancel())
    assert.are.equal("cancelled", raised(req.wait, req).kind)
    local kept = client.request("acme/echo", "0000-none")
    assert.are.equal(404, raised(kept.status, kept).status)
    local plain = service.client(sandbox).request("acme/echo", "0000-none")
    assert.are.equal(404, select(2, plain:status()).status)
  end)

  it("shares the default client and its values", function()
    assert.are.equal(fal.null, raising.null)
    assert.are.equal(fal.pollable, raising.pollable)
    raising.config { retries = 3 }
    assert.are.equal(3, fal.option "retries")
    raising.config { retries = 5 }
    assert.is_nil(raising.nothing_of_that_name)
  end)

  it("blames mistakes on the caller's line", function()
    local ok, err = pcall(function() raising.submit(5, {}) end)
    assert.is_false(ok)
    assert.matches("^spec/fal/raise_spec.lua:%d+: bad argument #1 to 'submit'", err)
  end)
end)
