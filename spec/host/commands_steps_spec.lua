-- falua submit, status, result and cancel, and what Ctrl-C leaves behind for
-- them.
local falua = require "support.falua"
local process = require "support.process"

local at

before_each(function() at = falua.open { endpoints = { ["me/slow"] = falua.slow, ["me/files"] = falua.files } } end)

after_each(function() at:close() end)

describe("Ctrl-C", function()
  it("says how to pick the request up again, which then can be done", function()
    local child <close> = at:start { "run", "me/slow", "--unchecked" }
    assert.is_true(child:until_true(function() return at.sandbox:accepted() == 1 and #at.sandbox:requests
      "status_stream" + #at.sandbox:requests "status" > 0 end))
    child:kill "INT"
    local result = assert(child:wait())
    assert.equal(130, result.status)
    assert.equal("", result.out)
    local id = result.err:match "request (%S+) goes on at the service; pick it up with\n  falua result %-%-wait me/slow"
    assert.matches("^[%x-]+$", id)
    assert.equal(0, #at.sandbox:requests "cancel")
    assert.equal("IN_PROGRESS\n", at:run("status", "me/slow", id, "--get", "status").out)
    assert.equal(1, at.sandbox:accepted())
  end)
end)

describe("Ctrl-C while it is being sent", function()
  it("says that nobody knows", function()
    at.sandbox:fault { what = "hang", match = { call = "submit" } }
    for _, words in ipairs { { "run", "me/echo", "--unchecked" }, { "submit", "me/echo", "--unchecked" } } do
      local before = #at.sandbox:requests "submit"
      local child <close> = at:start(words)
      assert.is_true(child:until_true(function() return #at.sandbox:requests "submit" > before end))
      child:kill "INT"
      local result = assert(child:wait())
      assert.equal("\nit may have been accepted: look at https://fal.ai/dashboard before you send it again\n",
        result.err)
      assert.equal(130, result.status)
    end
    assert.equal(2, at.sandbox:accepted())
  end)
end)

describe("step by step:", function()
  it("submit, status, result", function()
    local request = at:json("submit", "me/echo", "text=hello", "--unchecked")
    assert.equal("me/echo", request.endpoint)
    assert.matches("^http", request.status_url)
    assert.same({ text = "hello" }, at:json("result", "--wait", "me/echo", request.request_id))
    assert.equal("COMPLETED", at:json("status", "me/echo#" .. request.request_id).status)
    assert.equal("hello\n", at:run("result", "me/echo#" .. request.request_id, "--get", "text").out)
    assert.equal(1, at.sandbox:accepted())
  end)

  it("result of what is still under way", function()
    local id = at:run("submit", "me/slow", "--unchecked", "--get", "request_id").out:match "%S+"
    local result = at:run("result", "me/slow", id)
    assert.matches("^falua result: pending: ", result.err)
    assert.equal(1, result.status)
    assert.equal(6, at:run("result", "me/slow", id, "--wait", "--timeout", "0.3").status)
  end)

  it("result with files", function()
    local id = at:run("submit", "me/files", "--unchecked", "--get", "request_id").out:match "%S+"
    local result = at:run("result", "--wait", "me/files", id, "-o", "new/folder")
    assert.equal("saved new/folder/a.txt\nsaved new/folder/b.txt\n", result.err)
    assert.equal(0, result.status)
  end)

  it("cancel, once", function()
    local id = at:run("submit", "me/slow", "--unchecked", "--get", "request_id").out:match "%S+"
    assert.same({ cancelled = true, endpoint = "me/slow", request_id = id }, at:json("cancel", "me/slow", id))
    local again = at:run("cancel", "me/slow", id)
    assert.equal(1, again.status)
    assert.matches("ALREADY_COMPLETED", again.err)
  end)

  it("an id is needed", function()
    for _, command in ipairs { "status", "result", "cancel" } do
      local result = at:run(command, "me/echo")
      assert.matches("^falua " .. command .. ": ID is missing\nusage: falua " .. command, result.err)
      assert.equal(2, result.status)
    end
  end)
end)

describe("a sandbox in a process of its own", function()
  it("serves commands by what it exports, and is no money", function()
    local server <close> = process.start { "falua", "sandbox" }
    assert.is_truthy(server:expect "export FAL_SITE_URL=[^\n]*\n")
    at:write("sandbox.env", server:out())
    local child <close> = at:shell [[
      . ./sandbox.env
      id=$(falua submit fal-ai/veo3/fast prompt=x duration=8s --get request_id) &&
      falua result fal-ai/veo3/fast "$id" --wait --get video.url | head -n 1]]
    local result = assert(child:wait())
    assert.equal("", result.err)
    assert.matches("^" .. server:out():match "FAL_CDN_URL='(http://[%d.:]+)" .. "/[^\n]*%.mp4\n$", result.out)
    assert.equal(0, at.sandbox:accepted())
  end)
end)
