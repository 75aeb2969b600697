-- A service that reads slowly is waited for as long as bytes move; one that
-- stands still is a timeout. The sandbox is as slow as this process turns its
-- loop.
local harbour = require "fal.harbour"
local sys = require "fal.core.sys"

local at
local bytes = ("slow but sure, "):rep(2000000) -- more than fits into the buffers of the system

before_each(function() at = harbour.open() end)
after_each(function() at:close() end)

local limit <const> = 1  -- seconds of silence

local function start(code, ...)
  local script = at:write("script.lua", ([[
    local fal = require "fal"
    fal.config { exchange_timeout = %g, retries = 0, history = false }
    local value, err = %s
    print(value or err.kind)]]):format(limit, code))
  return at:start { "lua", script, ... }
end

-- Turns the loop with a pause after so many turns until the child has ended.
local function slowly(child, turns)
  local began, turn = sys.monotonic(), 0
  assert(child:until_true(function()
    turn = turn + 1
    if turn % turns ~= 0 then return false end
    os.execute "sleep 0.01"
    return child:status()
  end, 60))
  local done = child:wait()
  assert.equal("", done.err)
  return done.out, sys.monotonic() - began
end

describe("a slow service", function()
  it("gets all of an upload", function()
    local child <close> = start("fal.upload(arg[1])", at:write("in.bin", bytes))
    local out, seconds = slowly(child, 4)
    assert.is_true(at:stored(out:match "http%S+") == bytes)
    assert.is_true(seconds > limit, "it was not slow: " .. seconds)
  end)

  it("that stands still is given up", function()
    local child <close> = start("fal.upload(arg[1])", at:write("in.bin", bytes))
    assert(child:until_true(function() return at:count "initiate" > 0 end))
    local began = sys.monotonic()
    repeat os.execute "sleep 0.05" until child:status() or sys.monotonic() - began > 30
    local seconds = sys.monotonic() - began
    assert.equal("timeout\n", child:out())
    assert.is_true(seconds > limit / 2 and seconds < 3 * limit)
  end)
end)
