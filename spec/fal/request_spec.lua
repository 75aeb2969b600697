-- Request objects: an id with the client's verbs as methods.
local request = require "fal.request"

describe("a request", function()
  -- A client that notes how it was called.
  local function client()
    local calls = {}
    return setmetatable({ calls = calls }, { __index = function(_, name)
      return function(...)
        calls[#calls + 1] = { name, ... }
        return name
      end
    end })
  end

  it("hands its methods to the client that made it", function()
    local made = client()
    local req = setmetatable({ id = "r1", endpoint = "a/b" }, request.class(made))
    local opts = {}
    for _, name in ipairs { "status", "wait", "events" } do
      assert.are.equal(name, req[name](req, opts))
      assert.are.same({ name, req, opts }, made.calls[#made.calls])
    end
    for _, name in ipairs { "result", "cancel" } do
      assert.are.equal(name, req[name](req))
      assert.are.equal(req, made.calls[#made.calls][2])
    end
  end)

  it("prints as endpoint and id", function()
    assert.are.equal("a/b/c#r1", tostring(setmetatable({ id = "r1", endpoint = "a/b/c" }, request.class(client()))))
  end)

  it("needs an endpoint and an id", function()
    local fal = require "fal"
    assert.are.equal("a/b#r1", tostring(fal.request("a/b", "r1")))
    local function refused(call, ...)
      local ok, err = pcall(fal[call], ...)
      assert.is_false(ok)
      assert.matches(("bad argument #%%d to '%s' "):format(call), err)
    end
    for _, wrong in ipairs { {}, { "a/b" }, { 5, "r1" }, { {}, "r1" }, { "a/b", {} } } do
      refused("request", wrong[1], wrong[2])
    end
    for _, call in ipairs { "status", "result", "cancel", "wait", "events" } do
      refused(call)
      refused(call, "a/b")
      refused(call, {})
      refused(call, { id = 5 })
    end
    for _, call in ipairs { "status", "wait", "events" } do
      local _, err = pcall(fal[call], fal.request("a/b", "r1"), false)
      assert.matches(("^spec/.*: bad options for '%s' "):format(call), err)
    end
  end)
end)
