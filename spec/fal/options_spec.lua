-- The check of options tables: names, kinds of values, and whose line is blamed.
local options = require "fal.options"

describe("options.set", function()
  it("reads names, kinds and other sets", function()
    local base = options.set "logs:flag timeout:seconds"
    local all = options.set(base, "mode:mode anything")
    options.check({ logs = true, timeout = 1.5, mode = "poll", anything = {} }, all, "f")
    assert.is_true(all.anything)
    assert.are.equal(base.logs, all.logs)
    assert.is_nil(base.mode)
  end)
end)

describe("options.check", function()
  local known = options.set [[any logs:flag hint:text acl:table fn:function timeout:seconds start:start n:count
    path:path url:url life:lifecycle width:width priority:priority mode:mode headers:headers tags:tags
    seed:integer speed:factor wait:span port:port]]

  local function fault(given)
    local ok, err = pcall(function() options.check(given, known, "f") end)
    return not ok and err or nil
  end

  local good = {
    logs = { true, false }, hint = { "", "text", "ä" }, acl = { {} }, fn = { print }, timeout = { 1, 0.001, math.huge },
    start = { 0.2, 30 }, n = { 0, 7 }, width = { 1 }, priority = { "low", "normal" },
    mode = { "auto", "stream", "poll" }, headers = { {}, { ["X-A"] = "b" }, { a = 5 } },
    tags = { {}, { a = "b c" }, { ["A.b-c_9"] = 5 }, { a = "" } },
    any = { 1, "x", false }, path = { "a", "/a/b/", "a.b/c-d_e~f" }, url = { "http://x", "https://a.b/c?d=e#f" },
    life = { {}, { expires_in = 0 }, { expires_in = "never", acl = {} } },
    seed = { -1 }, speed = { 0.1, 3600 }, wait = { 0, 0.5 }, port = { 0, 65535 },
  }
  local bad = {
    logs = { 1, "true" }, hint = { 5, "a\nb", "a\0b", "a\27b" }, acl = { "x" }, fn = { {} },
    timeout = { 0, -1, "1", 0 / 0 }, start = { 0.1, math.huge, "1" },
    seed = { "1", 1.5 }, speed = { 0, -1, "1" }, wait = { -1, "1", 0 / 0 }, port = { -1, 1.5, 65536, "80" },
    n = { -1, 0.5, "1" }, width = { 0, 1.0 }, priority = { "high", 1 }, mode = { "x" },
    headers = { "x", { "x" }, { a = true }, { ["a b"] = "c" }, { [""] = "c" }, { a = "b\r\nc" }, { ["a\0"] = "c" },
      { Authorization = "Key a:b" }, { host = "x" }, { ["content-LENGTH"] = 5 }, { ["Transfer-Encoding"] = "x" } },
    path = { "", "/", "a//b", "..", "a/../b", ".", "a b", "a?b", "a%2e", 5 }, url = { "x", "ftp://x", "http://a b", 5 },
    life = { "1h", { "1h" }, { expires_in = "2h" }, { expires_in = true }, { acl = 1 }, { other = 1 } },
    tags = { "x", { "x" }, { a = "b,c" }, { ["a=b"] = "c" }, { a = "ä" }, { [("x"):rep(65)] = "c" } },
  }

  it("accepts what fits", function()
    for name, values in pairs(good) do
      for _, value in ipairs(values) do assert.is_nil(fault { [name] = value }) end
    end
    assert.is_nil(fault(nil))
    assert.is_nil(fault {})
  end)

  it("refuses what does not, and says what would", function()
    for name, values in pairs(bad) do
      for i, value in ipairs(values) do
        local err = fault { [name] = value }
        assert.matches("^spec/fal/options_spec.lua:%d+: option '" .. name .. "' for 'f' must be ", err,
          ("%s, %d"):format(name, i))
      end
    end
  end)

  it("says nothing of a long or secret value", function()
    assert.is_nil(fault({ mode = "canary" }):find "canary")
  end)

  it("names the nearest option", function()
    assert.matches("unknown option 'timeuot' for 'f'; did you mean 'timeout'%?$", fault { timeuot = 1 })
    assert.matches("unknown option 'zzzzzzzzzz' for 'f'$", fault { zzzzzzzzzz = 1 })
    assert.matches("unknown option '1' for 'f'", fault { "x" })
    assert.matches("bad options for 'f' %(table expected, got string%)", fault "x")
  end)
end)

describe("a mistake", function()
  local misuse = require "fal.misuse"

  it("is raised at the caller's line", function()
    local function check(v) misuse.check(v, "string", 2, "f") end
    local _, err = pcall(function() check(5) end)
    assert.matches("^spec/fal/options_spec.lua:%d+: bad argument #2 to 'f' %(string expected, got number%)$", err)
    _, err = pcall(function() check() end)
    assert.matches("got no value", err)
    check "text"
  end)

  it("is raised there through our own wrappers too", function()
    local fal, raising = require "fal", require "fal.raise"
    for _, call in ipairs { fal.submit, fal.subscribe, fal.run, fal.stream, raising.submit, raising.run } do
      local line = debug.getinfo(1, "l").currentline + 1
      local _, err = pcall(function() call(5, {}) end)
      assert.matches("^spec/fal/options_spec.lua:" .. line .. ": bad argument #1", err)
    end
    local _, err = pcall(fal.submit, "a/b", "x")
    assert.matches("^spec/fal/options_spec.lua:%d+: bad argument #2 to 'submit' %(table expected, got string%)", err)
  end)
end)
