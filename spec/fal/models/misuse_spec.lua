-- Mistakes of the program in what it asks about models: raised at the caller's
-- line, with the name of the function.
local fal = require "fal"

describe("a mistake in the call of", function()
  local function raises(message, fn, ...)
    local ok, err = pcall(fn, ...)
    assert.is_false(ok)
    assert.equal(message, (err:gsub("^%S+%.lua:%d+: ", "")))
  end

  it("fal.models", function()
    raises("bad options for 'models' (table expected, got number)", fal.models, 5)
    raises("unknown option 'qq' for 'models'; did you mean 'q'?", fal.models, { qq = "veo" })
    raises("option 'q' for 'models' must be a string, not 5", fal.models, { q = 5 })
    raises("option 'remote' for 'models' must be a boolean, not 1", fal.models, { remote = 1 })
  end)

  it("fal.schema", function()
    raises("bad argument #1 to 'schema' (string expected, got no value)", fal.schema)
    raises("unknown option 'refrsh' for 'schema'; did you mean 'refresh'?", fal.schema, "a/b", { refrsh = true })
    raises("bad options for 'schema' (table expected, got boolean)", fal.schema, "fal-ai/veo2", true)
  end)

  it("fal.validate and fal.cost", function()
    for _, name in ipairs { "validate", "cost" } do
      raises(("bad argument #1 to '%s' (string expected, got table)"):format(name), fal[name], {}, {})
      raises(("bad argument #2 to '%s' (table expected, got string)"):format(name), fal[name], "fal-ai/veo2", "x")
    end
    raises("bad argument #2 to 'validate' (table expected, got no value)", fal.validate, "nobody/knows")
    assert.is_number((fal.cost "fal-ai/veo3/fast"))
  end)

  it("any of them is raised where it was made", function()
    local function caller()
      local schema = fal.schema(5)
      return schema
    end
    local line = debug.getinfo(caller, "S").linedefined + 1
    local _, err = pcall(caller)
    assert.equal(("misuse_spec.lua:%d: bad argument #1 to 'schema' (string expected, got number)"):format(line),
      err:match "[^/]*$")
  end)
end)
