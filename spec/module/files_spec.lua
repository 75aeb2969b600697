-- What C alone does with files: slices as bodies, answers into files, meters,
-- and the verb upload without any Lua file of the library.
local harbour = require "fal.harbour"

local at, http

before_each(function()
  at = harbour.open()
  http = at.client.http
end)
after_each(function() at:close() end)

describe("a body from a file", function()
  local function put(fields)
    local upload = at.sandbox.url .. "/cdn/files/upload"
    fields.method, fields.url = "POST", upload
    local token = assert(http { method = "POST", url = at.sandbox.url .. "/rest/storage/auth/token", body = "{}" })
    local bearer = require("fal.core.json").decode(token.body).token
    fields.headers = { Authorization = "Bearer " .. bearer, ["X-Fal-File-Name"] = "x" }
    fields.anonymous = true
    local answer, err = http(fields)
    if not answer then return nil, err end
    return at:stored(require("fal.core.json").decode(answer.body).access_url)
  end

  it("is the slice that was asked for", function()
    local path = at:write("a", "0123456789")
    assert.equal("0123456789", put { file = path })
    assert.equal("345", put { file = path, offset = 3, length = 3 })
    assert.equal("89", put { file = path, offset = 8 })
    assert.equal("", put { file = path, offset = 10 })
    assert.equal("345", put { body = "0123456789", offset = 3, length = 3, meter = at.client.meter() })
  end)

  it("is no slice beyond the end", function()
    local path = at:write("a", "0123456789")
    for _, slice in ipairs { { 11 }, { 0, 11 }, { 9, 2 }, { -1 } } do
      local answer, err = put { file = path, offset = slice[1], length = slice[2] }
      assert.is_nil(answer)
      assert.equal("io", err.kind)
    end
    assert.is_false(pcall(put, { body = "abc", offset = 2, length = 2, meter = at.client.meter() }))
    assert.is_false(pcall(put, { file = "a\0b" }))
  end)

  it("must be the file that was looked at", function()
    local sys = require "fal.core.sys"
    local path = at:write("a", "0123456789")
    local stamp = sys.stat(path).stamp
    assert.equal("0123456789", put { file = path, stamp = stamp })
    at:write("a", "0123456789x")
    local answer, err = put { file = path, stamp = stamp }
    assert.is_nil(answer)
    assert.matches("changed meanwhile", err.message)
  end)

  it("is counted, and not when it did not arrive", function()
    local meter = at.client.meter()
    local path = at:write("a", ("x"):rep(100000))
    assert(put { file = path, meter = meter })
    assert.equal(100000, meter:count())
    at.sandbox:fault { what = 503, match = { call = "upload" } }
    assert.is_nil((put { file = path, meter = meter, check = true }))
    assert.equal(100000, meter:count())
    assert.equal(503, (meter:answer()))
    meter:reset()
    assert.equal(0, meter:count())
  end)
end)

describe("an answer into a file", function()
  it("is written behind what is there", function()
    local url = at:publish "0123456789"
    local path = at:write("a", "0123XXX")
    local answer = assert(http { url = url, to = path, keep = 4, headers = { Range = "bytes=4-" } })
    assert.equal(206, answer.status)
    assert.equal("0123456789", at:read(path))
  end)

  it("begins again when all of it comes, and ends where it ends", function()
    local path = at:write("a", ("x"):rep(20))
    assert(http { url = at:publish "0123456789", to = path, keep = 4 })
    assert.equal("0123456789", at:read(path))
    assert(http { url = at:publish "", to = path, keep = 4 })
    assert.equal("", at:read(path))
  end)

  it("is refused when it goes on elsewhere", function()
    local path = at:write("a", "0123")
    local answer, err = http { url = at:publish "0123456789", to = path, keep = 4, headers = { Range = "bytes=5-" } }
    assert.is_nil(answer)
    assert.equal("elsewhere", err.type)
  end)

  it("is a text when it is an error", function()
    local path = at:path "a"
    local answer = assert(http { url = at.sandbox.url .. "/cdn/files/b/00/x", to = path })
    assert.equal(404, answer.status)
    assert.matches("Not Found", answer.body)
    assert.equal("", at:read(path))
  end)

  it("is filled by one at a time", function()
    local path = at:path "a"
    local answer = assert(http { url = at:publish "0123456789", to = path, hold = true })
    local second, err = http { url = at:publish "abc", to = path }
    assert.is_nil(second)
    assert.equal("busy", err.type)
    do
      local _ <close> = answer.freight
    end
    assert(http { url = at:publish "abc", to = path })
  end)

  it("does not follow a link", function()
    at:write("real", "mine")
    os.execute(("ln -s real '%s'"):format(at:path "link"))
    local answer, err = http { url = at:publish "abc", to = at:path "link" }
    assert.is_nil(answer)
    assert.equal("io", err.kind)
    assert.equal("mine", at:read "real")
  end)
end)

describe("sys.settle", function()
  it("renames, but never over what is there", function()
    local sys = require "fal.core.sys"
    local from, to = at:write("from", "new"), at:path "to"
    assert.is_true(sys.settle(from, to))
    assert.equal("new", at:read "to")
    at:write("from", "newer")
    local done, message, code = sys.settle(from, to)
    assert.is_nil(done)
    assert.equal("exists", code)
    assert.matches("File exists", message)
    assert.equal("new", at:read "to")
    assert.is_nil((sys.settle(at:path "none", at:path "other")))
  end)
end)

describe("the verb upload, without any Lua file of the library,", function()
  local code = [[
    local fal = require "fal"
    assert(package.loaded["fal.task"] == nil and fal.subscribe == nil)
    print(fal.upload(arg[1], { content_type = "image/png" }))
    print(fal.upload { data = "from memory", name = "m.txt", type = "text/plain" })
    print(select(2, fal.upload "/nowhere/at/all").kind)
    print(pcall(fal.upload, {}))]]

  it("sends a file and bytes", function()
    local script, path = at:write("script.lua", code), at:write("boat.png", "picture")
    local child <close> = at:start { "lua", script, path, env = { LUA_PATH = "/nowhere/?.lua" } }
    local done = child:wait()
    assert.equal("", done.err)
    local first, second, kind, misuse = done.out:match "^(%S+)\n(%S+)\n(%S+)\n(.*)$"
    assert.equal("picture", at:stored(first))
    assert.equal("from memory", at:stored(second))
    assert.equal("io", kind)
    assert.matches("^false\t.*path or data", misuse)
    assert.equal("image/png", at.sandbox:requests("upload")[1].headers["content-type"])
    assert.equal(0, select(2, at:count("upload", "authorization")))
  end)
end)
