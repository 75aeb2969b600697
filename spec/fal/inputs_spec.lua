-- Files inside inputs: uploaded before the submit, replaced by their URLs.
local harbour = require "fal.harbour"

describe("a file in an input", function()
  local at

  before_each(function()
    at = harbour.open(nil, { endpoints = { ["acme/echo"] = function(input) return { got = input } end } })
  end)
  after_each(function() at:close() end)

  it("is uploaded and replaced wherever it stands, and the input stays as it was", function()
    local fal = require "fal"
    local path = at:write("a.png", "picture")
    local file = at.client.file { data = "sound", name = "b.wav" }
    local input = {
      prompt = "x", image_url = fal.file(path), none = fal.null, seed = fal.number "18446744073709551615",
      deep = { { list = fal.array { file, "https://x/y" } } }, empty = fal.array {},
    }
    local out = assert(at.client.subscribe("acme/echo", input)).got
    assert.equal("picture", at:stored(out.image_url))
    assert.equal("sound", at:stored(out.deep[1].list[1]))
    assert.equal("https://x/y", out.deep[1].list[2])
    assert.equal("18446744073709551615", tostring(out.seed))
    assert.equal(0, #out.empty)
    assert.equal("fal.file: " .. path, tostring(input.image_url))
    assert.equal(file, input.deep[1].list[1])
    assert.equal(1, at.sandbox:accepted())
  end)

  it("is found in tables with a metatable, too", function()
    local class = { __index = { more = 1 } }
    local input = setmetatable({ deep = setmetatable({ image_url = at.client.file { data = "x" } }, class) }, class)
    local out = assert(at.client.subscribe("acme/echo", input)).got
    assert.equal("x", at:stored(out.deep.image_url))
  end)

  it("is sent once, however often it is used", function()
    local path = at:write("a.png", "picture")
    local same = at.client.file { data = "x" }
    local out = assert(at.client.run("acme/echo", {
      at.client.file(path), at.client.file(path), same, { same },
    })).got
    assert.equal(2, (at:count "upload"))
    assert.equal(out[1], out[2])
    assert.equal(out[3], out[4][1])
  end)

  it("is sent beside the others, four at once", function()
    local most, now = 0, 0
    at.client.config {
      on_request = function(seen)
        if seen.method == "PUT" then now = now + 1 end
        most = math.max(most, now)
      end,
      on_response = function(seen)
        if seen.url:find "signature=" then now = now - 1 end
      end,
    }
    local input = {}
    for i = 1, 9 do input[i] = at.client.file { data = tostring(i) } end
    assert(at.client.run("acme/echo", input))
    assert.equal(9, (at:count "upload"))
    assert.equal(4, most)
  end)

  it("passes the check of a real endpoint's input", function()
    local request = assert(at.client.submit("fal-ai/minimax/hailuo-02/standard/image-to-video", {
      prompt = "rain", image_url = at.client.file { data = "x", name = "a.png" },
    }))
    local body = require("fal.core.json").decode(at.sandbox:requests("submit")[1].body)
    assert.equal("x", at:stored(body.image_url))
    assert.truthy(request.id)
  end)

  it("that fails names its place, and nothing is submitted", function()
    local output, err = at.client.subscribe("acme/echo", {
      images = { at.client.file { data = "x" }, at.client.file(at:path "none.png") },
    })
    assert.is_nil(output)
    assert.equal("io", err.kind)
    assert.equal("images[2]", err.field)
    assert.matches("^images%[2%]: .*No such file", err.message)
    assert.equal("no", err.billed)
    assert.equal(0, (at:count "submit"))
  end)

  it("may stand in the input itself when it is small", function()
    local out = assert(at.client.run("acme/echo", { at.client.file { data = "foo", name = "a.png", inline = true } }))
    assert.equal("data:image/png;base64,Zm9v", out.got[1])
    assert.equal("data:text/plain;base64,Zm9v", at.client.data_uri { data = "foo", name = "a.txt" })
    local uri, err = at.client.data_uri { data = ("x"):rep(10 * 1024 * 1024 + 1) }
    assert.is_nil(uri)
    assert.equal("validation", err.kind)
    assert.equal(0, (at:count "upload"))
  end)

  it("cannot make the walk endless", function()
    local input = { at.client.file { data = "x" } }
    input[2] = input
    local output, err = at.client.run("acme/echo", input, { validate = false })
    assert.is_nil(output)
    assert.equal("validation", err.kind)
  end)
end)

describe("a prompt in an input", function()
  it("is refused and nothing is sent: it would arrive as {}", function()
    local prompt = require "fal.prompt"
    local at <close> = harbour.open(nil, { endpoints = { ["acme/echo"] = function(input) return { got = input } end } })
    local cases = {
      ["prompt"] = { prompt = prompt "a fox" }, ["shots[1].text"] = { shots = { { text = prompt "a fox" } } },
      ["input"] = prompt "a fox", ["row"] = { row = prompt.shots { "a fox" } },
    }
    for place, input in pairs(cases) do
      for _, verb in ipairs { "run", "submit", "subscribe" } do
        local out, err = at.client[verb]("acme/echo", input)
        assert.is_nil(out)
        assert.same({ "validation", place, "no" }, { err.kind, err.field, err.billed })
        assert.matches(":text%(%)", err.hint)
      end
    end
    assert.equal(0, at.sandbox:accepted())
  end)
end)
