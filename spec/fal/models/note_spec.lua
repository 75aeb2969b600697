-- What the check of an input could not check, or let pass, is told to the hook
-- of the request, and only there.
local service = require "support.service"

describe("a note about the input", function()
  local sandbox, client, seen

  before_each(function()
    sandbox, seen = service.start(), {}
    client = service.client(sandbox, { on_request = function(request)
      if request.method == "POST" then seen[#seen + 1] = request.note or "nothing" end
    end })
  end)
  after_each(function() sandbox:stop() end)

  local function each_way(endpoint, input, opts)
    seen = {}
    assert(client.submit(endpoint, input, opts))
    assert(client.run(endpoint, input, opts))
    for _ in client.stream(endpoint, input, opts) or function() end do end -- luacheck: ignore 542
    return seen
  end

  it("reaches the hook of submit, run and stream where nobody knows the schema", function()
    local note = "acme/echo: no schema is known, the input was not checked"
    assert.same({ note, note, note }, each_way("acme/echo", { x = 1 }))
    assert.same({ note, note, note }, each_way("acme/echo", { x = 1 }, { hint = "h" }))
    assert.equal(6, sandbox:accepted())
  end)

  it("says that a value is an older page's", function()
    local input = { input_concept = "x", model = "google/gemini-flash-1.5" }
    assert.matches("only on an older page", each_way("fal-ai/video-prompt-generator", input)[1])
  end)

  it("is not there for what was checked, nor for what should not be", function()
    local nothing = { "nothing", "nothing", "nothing" }
    assert.same(nothing, each_way("fal-ai/veo2", { prompt = "x" }))
    assert.same(nothing, each_way("acme/echo", {}, { validate = false }))
  end)

  it("goes no further: not on the wire, not into the caller's options", function()
    local opts = { hint = "h" }
    each_way("acme/echo", { x = 1 }, opts)
    assert.same({ hint = "h" }, opts)
    for _, request in ipairs(sandbox:requests()) do
      for name, value in pairs(request.headers) do assert.is_nil((name .. value):find "no schema") end
      assert.is_nil((request.body or ""):find "no schema")
    end
    assert.has_error(function() client.run("acme/echo", {}, { note = "mine" }) end)
  end)
end)
