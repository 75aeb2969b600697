-- With a history, bytes that the service has from here are not sent again, and
-- an upload in parts that was interrupted goes on with the parts that are missing.
local harbour = require "fal.harbour"

local bytes = harbour.bytes(500000)
local at

before_each(function()
  at = harbour.open()
  at.client.config { history = at:path "history.db" }
end)
after_each(function() at:close() end)

local function upload(opts) return at.client.upload(at:write("in.bin", bytes), opts) end

describe("the same bytes", function()
  it("are sent once, whatever their file is called", function()
    local url = assert(upload())
    assert.equal(url, upload())
    assert.equal(url, at.client.upload(at:write("other.bin", bytes)))
    assert.equal(url, at.client.upload { data = bytes })
    assert.equal(1, (at:count "upload"))
    local told
    assert(upload { on_progress = function(sent) told = sent end })
    assert.equal(#bytes, told)
  end)

  it("are sent again when told to, and without a history", function()
    local url = assert(upload())
    local second = assert(upload { fresh = true })
    assert.are_not.equal(url, second)
    assert.equal(second, upload())
    at.client.config { history = false }
    assert.are_not.equal(second, upload())
  end)

  it("are others as another type, or with another lifetime", function()
    local url = assert(upload())
    assert.are_not.equal(url, upload { content_type = "image/png" })
    assert.are_not.equal(url, upload { lifecycle = { expires_in = "1h" } })
    assert.equal(3, (at:count "upload"))
  end)

  it("are sent once, too, when they shall never go", function()
    local always = { lifecycle = { expires_in = "never" } }
    assert.equal(assert(upload(always)), upload(always))
    assert.equal("{}", at.sandbox:requests("initiate")[1].headers["x-fal-object-lifecycle"])
  end)

  it("are sent again when they are gone, or soon will be", function()
    local url = assert(upload())
    at.sandbox.files = {}
    assert.are_not.equal(url, upload())
    local sys = require "fal.core.sys"
    local now = sys.now
    local short = { lifecycle = { expires_in = 100 } }
    url = assert(upload(short))
    assert.equal(url, upload(short))
    sys.now = function() return now() + 60 end
    local later = upload(short)
    sys.now = now
    assert.are_not.equal(url, later)
  end)

  it("are not trusted to another service", function()
    assert(upload())
    local other = harbour.open { history = at:path "history.db" }
    local url = other.client.upload(at:path "in.bin")
    assert.equal(bytes, other:stored(url))
    other:close()
  end)

  it("are recognised while everything else goes on", function()
    local fal = require "fal"
    local path = at:write("large.bin", ("0123456789abcdef"):rep(2 << 20))
    assert(at.client.upload(path))
    local turns, over = 0, false
    local task = fal.async(function()
      while not over do
        turns = turns + 1
        fal.sleep(0)
      end
    end)
    assert(at.client.upload(path))
    over = true
    task:await()
    assert.equal(1, (at:count "upload"))
    assert.is_true(turns >= 8) -- 32 MiB in steps of 4
  end)

  it("come from the bytes, not from the name", function()
    local url = assert(upload())
    assert.are_not.equal(url, at.client.upload(at:write("in.bin", bytes .. "x")))
  end)
end)

describe("an interrupted upload in parts", function()
  local parts <const> = { part_size = 100000, concurrency = 1 }

  local function interrupted()
    at.client.config { retries = 0 }
    at.sandbox:fault { what = 503, match = { method = "PUT", path = "/4$" } }
    local url, err = upload(parts)
    assert.is_nil(url)
    assert.equal(503, err.status)
    at.sandbox:mend()
    return at:count "part"
  end

  it("goes on with the parts that are missing", function()
    assert.equal(4, interrupted())
    assert.equal(bytes, at:stored(assert(upload(parts))))
    assert.equal(4 + 2 + 1, (at:count "part"))
    assert.equal(1, (at:count "initiate"))
    assert(upload(parts))
    assert.equal(7, (at:count "part"))
    local book = require "fal.history".open(at.client)
    for _, name in ipairs { "unfinished", "parts" } do assert.same({}, book.db:rows("SELECT * FROM " .. name)) end
  end)

  it("goes on by the token too, where it began with one", function()
    at.client.config { retries = 0 }
    local rules = { at.sandbox:fault { what = 400, match = { call = "initiate" } },
      at.sandbox:fault { what = 503, match = { method = "PUT", path = "/4$" }, times = 1 } }
    assert.is_nil((upload(parts)))
    assert.equal(bytes, at:stored(assert(upload(parts))))
    assert.equal(4 + 2 + 1, (at:count "part"))
    assert.equal(1, (at:count "upload"))
    assert.equal(1, rules[1].done)
  end)

  it("is not mixed up with another of the same bytes that begins at the same moment", function()
    local known = require "fal.storage.known"
    local function knowing(content_type)
      return known.of(at.client, { file = { data = bytes }, type = content_type, size = #bytes })
    end
    local first, second = knowing "a/a", knowing "b/b"
    local book, note = first.book, first.book.note
    function book.note(...)
      book.note = nil
      local id = note(...)
      second:begin("the other's answer", 100000)
      return id
    end
    local id = first:begin("an answer", 100000)
    assert.equal(first:unfinished().id, id)
    assert.are_not.equal(second:unfinished().id, id)
  end)

  it("keeps the size of its parts", function()
    interrupted()
    assert.equal(bytes, at:stored(assert(upload { part_size = 170000 })))
    assert.equal(4 + 2 + 1, (at:count "part"))
  end)

  it("begins anew when the service has forgotten it", function()
    interrupted()
    at.sandbox.files = {}
    assert.equal(bytes, at:stored(assert(upload(parts))))
    assert.equal(2, (at:count "initiate"))
  end)

  it("begins anew when told to", function()
    interrupted()
    assert.equal(bytes, at:stored(assert(upload { part_size = 100000, fresh = true })))
    assert.equal(2, (at:count "initiate"))
  end)

  it("goes on after a kill", function()
    local large = harbour.bytes(32 * 1024 * 1024)
    local path = at:write("large.bin", large)
    local script = at:write("script.lua", [[
      local fal = require "fal"
      fal.config { history = arg[2] }
      print(assert(fal.upload(arg[1], { part_size = 2 << 20, concurrency = 1 })))]])
    local seen
    do
      local child <close> = at:start { "lua", script, path, at:path "history.db" }
      assert(child:until_true(function() return at:count "part" > 5 end))
      child:kill "KILL"
      assert(child:wait())
      seen = at:count "part"
    end
    local child <close> = at:start { "lua", script, path, at:path "history.db" }
    local done = child:wait()
    assert.equal("", done.err)
    assert.is_true(at:stored(done.out:match "%S+") == large)
    assert.equal(1, (at:count "initiate"))
    -- 16 parts and the last request; the one under way may have come twice
    assert.is_true(at:count "part" <= 16 + 1 + 2 and seen > 5)
  end)
end)
