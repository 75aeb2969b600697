-- The retry policy: pure, so every case is a row.
local retry = require "fal.retry"

local settings <const> = { retries = 5, retry_base = 0.5, retry_max = 30 }
local noon <const> = 1772452800 -- Mon, 02 Mar 2026 12:00:00 GMT

local function delay(policy, err, attempt, share, now)
  return retry.delay(policy, err, attempt or 1, settings, share or 1, now or noon)
end

describe("Retry-After", function()
  local rows = {
    { nil, nil }, { "0", 0 }, { "7", 7 }, { " 120 ", 120 }, { "1.5", nil }, { "-1", nil }, { "soon", nil }, { "", nil },
    { "Mon, 02 Mar 2026 12:00:00 GMT", 0 }, { "Mon, 02 Mar 2026 12:01:40 GMT", 100 },
    { "Mon, 02 Mar 2026 11:00:00 GMT", 0 }, { "Tue, 03 Mar 2026 12:00:00 GMT", 86400 },
    { "Sun, 01 Mar 2026 12:00:00 GMT", 0 },
    { "Mon, 02 Foo 2026 12:00:00 GMT", nil }, { "Monday, 02-Mar-26 12:00:00 GMT", nil },
    { "Mon, 02 Mar 2026 12:01:40 CET", nil },
  }

  for _, row in ipairs(rows) do
    it(("'%s' is %s seconds"):format(row[1], row[2]), function()
      assert.are.equal(row[2], retry.retry_after(row[1], noon))
    end)
  end

  it("agrees with the C library's calendar", function()
    for day = 0, 40000, 37 do
      local moment = day * 86400 + 3723
      local text = os.date("!%a, %d %b %Y %H:%M:%S GMT", moment)
      assert.are.equal(moment, retry.retry_after(text, 0))
    end
  end)
end)

describe("the delay", function()
  it("is a share of a bound that doubles up to the maximum", function()
    local most = { 0.5, 1, 2, 4, 8 }
    for attempt = 1, 5 do
      local err = { retryable = true }
      assert.are.equal(most[attempt], delay("read", err, attempt, 1))
      assert.are.equal(0, delay("read", err, attempt, 0))
      assert.are.equal(most[attempt] / 2, delay("read", err, attempt, 0.5))
    end
    local many = { retries = 100, retry_base = 0.5, retry_max = 30 }
    assert.are.equal(30, retry.delay("read", { retryable = true }, 90, many, 1, noon))
  end)

  it("ends after so many retries", function()
    assert.is_nil(delay("read", { retryable = true }, 6))
    assert.is_nil(retry.delay("read", { retryable = true }, 1, { retries = 0, retry_base = 1, retry_max = 1 }, 1, noon))
  end)

  it("is at least what the service asks for, unless that is too long to wait unasked", function()
    local err = { retryable = true, retry_after = "7" }
    assert.are.equal(7, delay("read", err, 1, 1))
    err.retry_after = "1"
    assert.are.equal(4, delay("read", err, 4, 1))
    err.retry_after = "3600"
    assert.are.equal(3600, delay("read", err, 1, 1))
    err.retry_after = "3601"
    assert.is_nil(delay("read", err, 1, 1))
    err.retry_after = "nonsense"
    assert.are.equal(0.5, delay("read", err, 1, 1))
  end)
end)

describe("a policy", function()
  -- The error; whether read, status, result and paid try again after the first time.
  local rows = {
    { "a passing failure", { retryable = true, status = 503 }, true, true, true, false },
    { "a lasting failure", { retryable = false, status = 404 }, false, false, false, false },
    { "a lost connection", { kind = "network", retryable = true }, true, true, true, false },
    { "one never made", { kind = "network", retryable = true, accepted = false }, true, true, true, true },
    { "one not to be trusted", { kind = "network", retryable = false, accepted = false }, false, false, false, false },
    { "too many", { status = 429, retryable = true, accepted = false }, true, true, true, true },
    { "an unconfirmed submit", { kind = "unconfirmed", retryable = false }, false, false, false, false },
    { "a plain 500", { status = 500, retryable = false }, false, true, false, false },
    { "a 500 with advice against", { status = 500, needs_retry = false }, false, false, false, false },
    { "a stored failure", { status = 503, type = "runner_disconnected", retryable = true }, true, true, true, false },
    { "the user's start timeout", { status = 504, kind = "timeout", retryable = false, type = "request_timeout" },
      false, false, false, false },
  }

  for _, row in ipairs(rows) do
    it("on " .. row[1], function()
      for i, policy in ipairs { "read", "status", "result", "paid" } do
        assert.are.equal(row[i + 2], delay(policy, row[2]) ~= nil, policy)
      end
    end)
  end

  it("asks for a stored failure only once more", function()
    local stored = { status = 503, type = "runner_disconnected", retryable = true }
    assert.is_truthy(delay("result", stored, 1))
    assert.is_nil(delay("result", stored, 2))
    assert.is_truthy(delay("result", { status = 503, retryable = true }, 5))
  end)
end)
