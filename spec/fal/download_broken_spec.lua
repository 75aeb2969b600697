-- Downloads from the sandbox that break: what is asked for again, what is kept
-- and what is not. No key goes along, and no partial file is left behind.
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

describe("a broken download", function()
  local function ranges()
    local list = {}
    for i, seen in ipairs(at.sandbox:requests "download") do list[i] = seen.headers.range or "all" end
    return list
  end

  it("goes on where it stopped", function()
    local url = at:publish(bytes)
    at.sandbox:fault { what = "cut", match = { call = "download" }, times = 2 }
    has(assert(download(url, "x.bin")), bytes)
    local list = ranges()
    assert.equal("all", list[1])
    assert.equal("bytes=1500000-", list[2])
    assert.equal(3, #list)
    assert.truthy(at.sandbox:requests("download")[2].headers["if-range"])
  end)

  it("begins again when the file has changed meanwhile", function()
    local url = at:publish(bytes)
    at.sandbox:fault { what = "cut", match = { call = "download" }, times = 1 }
    local other = bytes:reverse()
    local function change()
      local file = require("fal.sandbox.files").at(at.sandbox, url)
      file.data, file.etag = other, '"other"'
    end
    at.client.config { on_response = function() change() end }
    has(assert(download(url, "x.bin")), other)
  end)

  it("knows the file by its date when its ETag is a weak one", function()
    local url = at:publish(bytes)
    require("fal.sandbox.files").at(at.sandbox, url).etag = 'W/"weak"'
    at.sandbox:fault { what = "cut", match = { call = "download" }, times = 1 }
    has(assert(download(url, "x.bin")), bytes)
    assert.matches(" GMT$", at.sandbox:requests("download")[2].headers["if-range"])
  end)

  it("is an error when it is said to be whole and is not", function()
    local url = at:publish(bytes)
    at.sandbox:fault { what = "cut", match = { call = "download" }, times = 1 }
    local rest = { ["content-range"] = ("bytes 1500000-%d/%d"):format(#bytes - 1, #bytes) }
    at.sandbox:fault { what = 206, headers = rest, match = { call = "download" }, times = 1 }
    local path, err = download(url, "x.bin")
    assert.is_nil(path)
    assert.equal("protocol", err.kind)
    assert.matches("3000000 bytes were announced", err.message)
    assert.same({}, at:list())
  end)

  it("is kept when it is worth it, and finished by the next call", function()
    at.client.config { retries = 0 }
    local url = at:publish(bytes)
    local rule = at.sandbox:fault { what = "cut", match = { call = "download" } }
    local path, err = download(url, "x.bin")
    assert.is_nil(path)
    assert.equal("network", err.kind)
    assert.matches("^" .. at:path("x.bin"):gsub("%p", "%%%0"), err.message)
    assert.equal(2, #at:list())
    assert.is_true(rule.done > 1)
    at.sandbox:mend()
    has(assert(download(url, "x.bin")), bytes)
    local list = ranges()
    assert.matches("^bytes=%d+%-$", list[#list])
  end)

  it("leaves no note behind where the server does not say again which file it is", function()
    local server <close> = require("support.answers").start(function()
      return 206, { ["content-range"] = "bytes 3-5/6" }, "def"
    end)
    local part = require("fal.download.partial").of(at:path "", "x.bin", server.url .. "/x")
    at:write(part.path:match "[^/]*$", "abc")
    at:write(part.note_path:match "[^/]*$", [[{"validator":"\"a\"","total":6}]])
    has(assert(download(server.url .. "/x", "x.bin")), "abcdef")
    assert.same({ "x.bin" }, at:list())
  end)

  it("asks for nothing but the end when all bytes had come, and begins again when there are too many", function()
    for _, more in ipairs { "", "more" } do
      local url = at:publish(bytes)
      local rule = at.sandbox:fault { what = "cut", match = { call = "download" } }
      at.client.config { retries = 0 }
      assert.is_nil((download(url, "x.bin", { overwrite = true })))
      assert.is_true(rule.done > 1)
      at.sandbox:mend()
      for _, name in ipairs(at:list()) do
        if name:find "%.part$" then at:write(name, bytes .. more) end
      end
      local before = #ranges()
      has(assert(download(url, "x.bin", { overwrite = true })), bytes)
      local list = at.sandbox:requests "download"
      assert.equal(416, list[before + 1].status)
      assert.equal(more == "" and 1 or 2, #list - before)
    end
  end)

  it("is not kept when it is small", function()
    at.client.config { retries = 0 }
    at.sandbox:fault { what = "hang", match = { call = "download" } }
    at.client.config { exchange_timeout = 0.1 }
    local path, err = download(at:publish "small", "x.bin")
    assert.is_nil(path)
    assert.equal("timeout", err.kind)
    assert.same({}, at:list())
  end)

  it("waits out an overloaded server", function()
    at.sandbox:fault { what = 503, match = { call = "download" }, times = 3 }
    has(assert(download(at:publish(bytes), "x.bin")), bytes)
  end)

  it("follows redirects, but not everywhere", function()
    local url = at:publish(bytes)
    local path_alone = url:match "^%a+://[^/]+(.*)$"
    at.sandbox:fault { what = "redirect", match = { call = "download" }, times = 1, location = path_alone }
    has(assert(download(url, "x.bin")), bytes)
    for _, location in ipairs { "file:///etc/passwd", "ftp://x/y", "/cdn/again" } do
      at.sandbox:mend()
      at.sandbox:fault { what = "redirect", match = { path = "^/cdn" }, location = location }
      local path, err = download(url, "y.bin")
      assert.is_nil(path)
      assert.equal("protocol", err.kind)
    end
    assert.same({ "x.bin" }, at:list())
  end)

  it("leaves nothing when the disk is full", function()
    local url = at:publish(bytes)
    local script = at:write("script.lua", [[
      local fal = require "fal"
      local path, err = fal.download(arg[1], arg[2])
      print(path, err.kind, err.message)]])
    local child <close> = at:start {
      "sh", "-c", [[trap '' XFSZ; ulimit -f 1000; exec "$0" "$@"]], require("support.process").lua, script, url,
      at:path "x.bin",
    }
    local done = child:wait()
    assert.equal("", done.err)
    assert.matches("^nil\tio\t[^\n]*File too large", done.out)
    assert.same({ "script.lua" }, at:list())
  end)

  it("cannot be put where nothing can be written", function()
    local url = at:publish(bytes)
    local file = at:write("file", "mine")
    for place, why in pairs {
      ["/proc/x.bin"] = ".", ["/dev/null/x.bin"] = "it is not a folder", [file .. "/"] = "it is not a folder",
      [file .. "/deep/x.bin"] = "Not a directory",
    } do
      local path, err = at.client.download(url, place)
      assert.is_nil(path)
      assert.equal("io", err.kind)
      assert.is_nil(err.type)
      assert.matches(why, err.message)
    end
  end)

  it("is ended by a cancelled task without a trace", function()
    local fal = require "fal"
    at.sandbox:fault { what = "hang", match = { call = "download" } }
    local task = fal.async(download, at:publish(bytes), "x.bin")
    fal.sleep(0.05)
    task:cancel()
    pcall(task.await, task)
    fal.step(0)
    assert.same({}, at:list())
  end)
end)
