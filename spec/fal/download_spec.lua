-- Downloads from the sandbox: which files, under which names, how many at once.
-- The key never goes along, and nothing is left behind.
local harbour = require "fal.harbour"

local bytes = harbour.bytes(3000000)

local at

before_each(function() at = harbour.open() end)
after_each(function()
  at:check_downloads()
  at:close()
end)

local function download(what, name, opts) return at.client.download(what, at:path(name), opts) end

local function has(path, content) assert.is_true(at:read(path) == content, path .. " has other bytes") end

describe("a download", function()
  it("of a URL gives a path", function()
    local path = assert(download(at:publish(bytes), "x.bin"))
    assert.equal(at:path "x.bin", path)
    has(path, bytes)
    assert.same({ "x.bin" }, at:list())
  end)

  it("of an empty file is an empty file", function() has(assert(download(at:publish "", "x.bin")), "") end)

  it("into a folder takes the name from the file, made safe", function()
    local url = at:publish(bytes)
    assert.equal(at:path "in/boat.mp4", download({ url = url, file_name = "../../boat.mp4" }, "in/"))
    assert.equal(at:path "in/boat-2.mp4", download({ url = url, file_name = "boat.mp4" }, "in/"))
    local named = { url = url, file_name = '/etc/q"x', content_type = "video/mp4" }
    assert.equal(at:path 'in/q"x.mp4', download(named, "in/"))
    assert.matches("/in/[%w_-]+_a%.bin$", (download(url, "in/")))
    assert.matches("/in/[%w_-]+_clip%.mp4$", (download(at:publish("x", "clip", "video/mp4"), "in")))
    local left_empty = { url = at:publish("x", "boat"), file_name = "", content_type = "", sha256 = "" }
    assert.matches("/in/[%w_-]+_boat%.mp4$", (download(left_empty, "in/")))
  end)

  it("never replaces what is there, unless told to", function()
    local url = at:publish(bytes)
    at:write("x.bin", "mine")
    local path, err = download(url, "x.bin")
    assert.is_nil(path)
    assert.equal("io", err.kind)
    assert.matches("overwrite = true", err.hint)
    assert.equal(0, #at.sandbox:requests())
    assert(download(url, "x.bin", { overwrite = true }))
    has("x.bin", bytes)
    assert.same({ "x.bin" }, at:list())
  end)

  it("of a whole output gives every file in it, in order", function()
    local a, b = at:publish("a", "a.png"), at:publish("b", "b.png")
    local output = {
      images = { { url = a, file_name = "p.png" }, { url = b, file_name = "p.png" } }, seed = 3, prompt = "http://x/y",
      z_again = { url = a }, video = { url = "data:video/mp4;base64,Y2xpcA==" }, note = { url = "ftp://x/y" },
    }
    local paths = assert(download(output, "out/"))
    assert.equal(3, #paths)
    has(paths[2], "b")
    has(paths[1], "a")
    has(at:path "out/file.mp4", "clip")
    assert.equal(at:path "out/p-2.png", paths[2])
    assert.equal("table", type(assert(download({ a, b }, "list/"))))
    assert.equal(at:path "one.png", download({ image = { url = a } }, "one.png"))
  end)

  it("of nothing, or of several into one file, is an error", function()
    local path, err = download({ text = "x" }, "out/")
    assert.is_nil(path)
    assert.equal("validation", err.kind)
    path, err = download({ "http://127.0.0.1:1/a", "http://127.0.0.1:1/b" }, "x.bin")
    assert.is_nil(path)
    assert.matches("2 files need a folder", err.message)
    for _, url in ipairs { "file:///etc/passwd", "ftp://x/y", "//x/y", "/etc/passwd", "http://x /y" } do
      path, err = download(url, "x.bin")
      assert.is_nil(path, url)
      assert.matches("only http", err.message)
    end
    assert.same({}, at:list())
  end)

  it("goes on with the others when one fails, and says which", function()
    local good = at:publish "good"
    local list = { good, at.sandbox.url .. "/cdn/files/b/00/none.png", at:publish "too" }
    local paths, err = download(list, "out/", { concurrency = 1 })
    assert.is_nil(paths)
    assert.equal(404, err.status)
    has(err.results[1], "good")
    has(err.results[3], "too")
    assert.equal(404, err.failures[2].status)
    assert.equal(2, #at:list "out")
  end)

  it("reads data URIs", function()
    has(assert(download("data:text/plain,hi%20there", "in/")), "hi there")
    has(assert(download("data:;base64,Zm9v", "x.bin")), "foo")
    local path, err = download("data:image/png;base64,***", "y.png")
    assert.is_nil(path)
    assert.equal("protocol", err.kind)
    path, err = download("data:,12345", "y.png", { max_bytes = 4 })
    assert.is_nil(path)
    assert.equal("too_large", err.type)
  end)

  it("takes no more than max_bytes", function()
    local url = at:publish(bytes)
    local path, err = download(url, "x.bin", { max_bytes = #bytes - 1 })
    assert.is_nil(path)
    assert.equal("too_large", err.type)
    assert.same({}, at:list())
    assert(download(url, "x.bin", { max_bytes = #bytes }))
  end)

  it("checks a hash where one is given", function()
    local digest = require "fal.core.digest"
    local url = at:publish(bytes)
    assert(download(url, "x.bin", { sha256 = digest.sha256(bytes):upper() }))
    local path, err = download({ url = url, sha256 = digest.sha256 "other" }, "y.bin")
    assert.is_nil(path)
    assert.matches("SHA%-256", err.message)
    assert.same({ "x.bin" }, at:list())
  end)

  it("tells how far it is, the end for certain", function()
    local last, total
    local urls = { at:publish(bytes), at:publish(bytes) }
    assert(download(urls, "out/", { on_progress = function(count, all)
      assert.is_true(count >= (last or 0))
      last, total = count, all
    end }))
    assert.equal(2 * #bytes, last)
    assert.equal(2 * #bytes, total)
  end)

  it("runs so many at once and no more", function()
    local most, now = 0, 0
    at.sandbox:fault { what = "delay", delay = 0.05, match = { call = "download" } }
    local spawn = at.sandbox.spawn
    at.sandbox.spawn = function(...)
      now = now + 1
      most = math.max(most, now)
      local made = spawn(...)
      require("fal").async(function()
        made:await()
        now = now - 1
      end)
      return made
    end
    local urls = {}
    for i = 1, 9 do urls[i] = at:publish("x" .. i) end
    assert.equal(9, #assert(download(urls, "out/", { concurrency = 3 })))
    assert.equal(3, most)
  end)

  it("of the same file twice at once gives two files", function()
    local fal = require "fal"
    local url = at:publish(bytes)
    local paths = assert(fal.all {
      function() return download({ url = url, file_name = "a.bin" }, "in/") end,
      function() return download({ url = url, file_name = "a.bin" }, "in/") end,
    })
    assert.are_not.equal(paths[1], paths[2])
    has(paths[1], bytes)
    has(paths[2], bytes)
    assert.equal(2, #at:list "in")
  end)

  it("raises misuse at the caller's line", function()
    assert.matches("bad argument #1 to 'download'", select(2, pcall(at.client.download, 1, "x")))
    assert.matches("download_spec.lua:%d+: bad argument #2 to 'download'", select(2, pcall(function()
      at.client.download "http://x/y"
    end)))
    assert.matches("unknown option", select(2, pcall(at.client.download, "http://x/y", "x", { overwritten = true })))
    assert.matches("^spec/fal/download_spec.lua:%d+: a path", select(2, pcall(at.client.download, "http://x", "a\0b")))
  end)
end)
