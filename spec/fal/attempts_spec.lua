-- Attempts: a verb repeated as the policy allows, and no more.
local service = require "support.service"

describe("attempts.run", function()
  local attempts, failure, sys

  before_each(function()
    attempts, failure, sys = require "fal.attempts", require "fal.core.error", require "fal.core.sys"
  end)

  local function client(changes)
    local options = { retries = 3, retry_base = 0.001, retry_max = 0.001 }
    for name, value in pairs(changes or {}) do options[name] = value end
    return require("fal").new(options)
  end

  -- A verb that fails so often, then returns its arguments.
  local function verb(failures, fields)
    local calls = 0
    return function(...)
      calls = calls + 1
      if calls > failures then return calls, ... end
      local err = { kind = "network", message = "try " .. calls, retryable = true }
      for name, value in pairs(fields or {}) do err[name] = value end
      return nil, failure.new(err)
    end
  end

  it("returns the first success, with two results", function()
    local calls, argument = attempts.run(client(), "read", verb(2), "argument")
    assert.are.equal(3, calls)
    assert.are.equal("argument", argument)
  end)

  it("takes false for a success", function()
    assert.is_false((attempts.run(client(), "read", function() return false end)))
  end)

  it("gives up after so many, and counts them", function()
    local value, err = attempts.run(client(), "read", verb(10))
    assert.is_nil(value)
    assert.are.equal("try 4", err.message)
    assert.are.equal(4, err.attempts)
  end)

  it("counts one where it is not repeated", function()
    local _, err = attempts.run(client(), "read", verb(10, { retryable = false }))
    assert.are.equal(1, err.attempts)
    _, err = attempts.run(client(), "paid", verb(10))
    assert.are.equal(1, err.attempts)
  end)

  it("waits as long as the service asks", function()
    local start = sys.monotonic()
    attempts.run(client(), "read", verb(1, { retry_after = "1" }))
    assert.is_true(sys.monotonic() - start >= 1)
  end)

  it("passes on what is no error object", function()
    local value, err = attempts.run(client(), "read", function() return nil, "text" end)
    assert.is_nil(value)
    assert.are.equal("text", err)
  end)

  it("stops when its task is cancelled between two tries", function()
    local fal = require "fal"
    local calls = 0
    local made = fal.async(attempts.run, client { retry_base = 100, retry_max = 100 }, "read", function()
      calls = calls + 1
      return nil, failure.new { kind = "network", retryable = true, retry_after = "100" }
    end)
    fal.step()
    made:cancel()
    assert.is_false((pcall(made.await, made)))
    assert.are.equal(1, calls)
  end)

  it("repeats reads through what passes, at the service", function()
    local sandbox <close> = service.start()
    local made = service.client(sandbox)
    local req = assert(made.submit("acme/echo", { a = 1 }))
    for _, what in ipairs { "reset_before", "reset_after", "cut", "nginx_502", 429, 500, "runner_disconnected" } do
      sandbox:fault { what = what, match = { call = "status" }, times = 1 }
    end
    sandbox:fault { what = "nginx_503", match = { call = "result" }, times = 2 }
    made.config { retries = 10 }
    assert.are.equal("COMPLETED", assert(made.status(req)).status)
    assert.are.equal(1, assert(made.result(req)).a)
    assert.are.equal(8, #sandbox:requests "status")
    assert.are.equal(3, #sandbox:requests "result")
    assert.are.equal(1, sandbox:accepted())
  end)
end)
