-- fal.stream: policy around the C stream; what the stream itself does is in spec/module.
local service = require "support.service"

describe("fal.stream", function()
  it("is tried again only where nothing can have been accepted", function()
    local sandbox <close> = service.start()
    local client = service.client(sandbox, { retries = 3 })
    sandbox:fault { what = 429, match = { call = "stream" }, times = 1 }
    sandbox:fault { what = "nginx_503", match = { call = "stream" }, times = 1 }
    local last
    for event in assert(client.stream("acme/echo", { a = 1 })) do last = event end
    assert.are.equal(1, last.a)
    assert.are.equal(3, #sandbox:requests "stream")
    assert.are.equal(1, sandbox:accepted())
    sandbox:fault { what = "lose_answer", match = { call = "stream" } }
    local _, err = client.stream("acme/echo", {})
    assert.are.equal("unconfirmed", err.kind)
    assert.are.equal(2, sandbox:accepted())
  end)

  it("closes with the loop, by the fourth value that for takes", function()
    local sandbox <close> = service.start { run_time = 5 }
    local iterator, state, control, closing = service.client(sandbox).stream("acme/echo", {})
    assert.is_function(iterator)
    assert.is_nil(state)
    assert.is_nil(control)
    closing:close()
    assert.is_nil(iterator())
  end)

  it("sends the options of a call", function()
    local sandbox <close> = service.start()
    for _ in assert(service.client(sandbox).stream("acme/echo", {}, { hint = "h", headers = { ["X-A"] = "b" } })) do end
    local seen = sandbox:requests("stream")[1]
    assert.are.equal("h", seen.headers["x-fal-runner-hint"])
    assert.are.equal("b", seen.headers["x-a"])
  end)
end)
