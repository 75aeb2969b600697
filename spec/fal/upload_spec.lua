-- Uploads against the sandbox: which way, which bytes, how often; and files that
-- cannot be sent, or change. What the server has is compared byte by byte.
local harbour = require "fal.harbour"

local bytes = harbour.bytes(500000)
local parts <const> = { part_size = 100000 }  -- five of them

describe("an upload", function()
  local at

  before_each(function() at = harbour.open() end)
  after_each(function() at:close() end)

  local function upload_of(content, opts) return at.client.upload(at:write("in.bin", content), opts) end

  it("goes in one piece to a signed URL, without the key", function()
    local url = assert(upload_of(bytes, { content_type = "image/png", name = "boat.png" }))
    assert.equal(bytes, at:stored(url))
    assert.matches("_boat%.png$", url)
    local sent = at.sandbox:requests "upload"
    assert.equal(1, #sent)
    assert.equal("image/png", sent[1].headers["content-type"])
    assert.is_nil(sent[1].headers.authorization)
    assert.equal("500000", sent[1].headers["content-length"])
  end)

  it("takes the type from the name", function()
    assert(at.client.upload(at:write("a.MP4", "x")))
    assert.equal("video/mp4", at.sandbox:requests("upload")[1].headers["content-type"])
  end)

  it("sends bytes from memory, empty files too", function()
    assert.equal("a\0b", at:stored(assert(at.client.upload { data = "a\0b", name = "a.txt", type = "text/plain" })))
    assert.equal("", at:stored(assert(upload_of "")))
    assert.equal(bytes, at:stored(assert(at.client.upload({ data = bytes }, parts))))
  end)

  it("goes in parts, completed in order, without the key", function()
    local url = assert(upload_of(bytes, parts))
    assert.equal(bytes, at:stored(url))
    local count, keys = at:count("part", "authorization")
    assert.equal(6, count)
    assert.equal(0, keys)
    local list = at.sandbox:requests "part"
    local body = require("fal.core.json").decode(list[#list].body)
    for i, part in ipairs(body.parts) do assert.equal(i, part.partNumber) end
    assert.equal(5, #body.parts)
  end)

  it("completes in order when the first part is the last to come", function()
    at.sandbox:fault { what = "delay", delay = 0.2, match = { method = "PUT", path = "/1$" } }
    assert.equal(bytes, at:stored(assert(upload_of(bytes, parts))))
  end)

  it("sends lifecycle and access as the service wants them", function()
    local lifecycle = { expires_in = "1h", acl = { default = "forbid" } }
    assert(upload_of("x", { lifecycle = lifecycle }))
    assert(upload_of(bytes, { lifecycle = lifecycle, part_size = 100000 }))
    local list = at.sandbox:requests "initiate"
    assert.equal(2, #list)
    for _, seen in ipairs(list) do
      local sent = require("fal.core.json").decode(seen.headers["x-fal-object-lifecycle"])
      assert.same({ expiration_duration_seconds = 3600, initial_acl = { default = "forbid" } }, sent)
    end
  end)

  it("tells how far it is, the end for certain", function()
    for _, opts in ipairs { {}, parts } do
      local told = {}
      assert(upload_of(bytes, { part_size = opts.part_size, on_progress = function(sent, total)
        assert.is_true(sent >= (told[#told] or 0))
        assert.equal(#bytes, total)
        told[#told + 1] = sent
      end }))
      assert.equal(#bytes, told[#told])
    end
  end)

  it("ends with the error of on_progress, at the server too", function()
    at.sandbox:fault { what = "hang", match = { method = "PUT" } }
    local ok, err = pcall(upload_of, bytes, { on_progress = function() error("enough", 0) end })
    assert.is_false(ok)
    assert.equal("enough", err)
    assert.equal(0, require("fal.core.reactor").census().transfers)
  end)

  it("has names of all kinds", function()
    for _, name in ipairs { 'q"uo\'te.png', "line\nbreak.png", "ü" .. ("n"):rep(246) .. ".png" } do
      local url = assert(at.client.upload(at:write(name, bytes)))
      assert.equal(bytes, at:stored(url))
      assert.matches("%.png$", url)
    end
    assert(at.client.upload(at:path "line\nbreak.png", { name = ("n"):rep(300) }))
  end)

  it("raises misuse at the caller's line", function()
    local function message(...)
      local _, err = pcall(at.client.upload, ...)
      return err
    end
    assert.matches("unknown option 'nam' for 'upload'; did you mean 'name'", message("x", { nam = "y" }))
    assert.matches("option 'part_size'", message("x", { part_size = 0 }))
    assert.matches("either a path or data", message {})
    local word = "^spec/fal/upload_spec.lua:%d+: option '"
    for name, wrong in pairs { name = {}, lifecycle = { expires_inn = "1h" } } do
      assert.matches(word .. name, message({ data = "x" }, { [name] = wrong }))
      assert.matches(word .. name, message { data = "x", [name] = wrong })
    end
    assert.matches(word .. "path' for 'upload' must be a string", message { path = false, data = "x" })
    assert.matches("upload_spec.lua:%d+: bad argument #1 to 'upload'", select(2, pcall(function()
      at.client.upload(12)
    end)))
  end)
end)

describe("a file that cannot be sent", function()
  local at

  before_each(function() at = harbour.open() end)
  after_each(function()
    assert.equal(0, #at.sandbox:requests())
    at:close()
  end)

  local function refused(path, why)
    for _, opts in ipairs { {}, { part_size = 1 } } do
      local url, err = at.client.upload(path, opts)
      assert.is_nil(url)
      assert.equal("io", err.kind)
      assert.matches(why, err.message)
    end
  end

  it("is missing", function() refused(at:path "none", "No such file") end)
  it("is a folder", function() refused(at.folder.path, "it is a folder") end)
  it("is a FIFO", function()
    os.execute(("mkfifo '%s'"):format(at:path "fifo"))
    refused(at:path "fifo", "not a regular file")
  end)
  it("has no size of its own", function()
    local url, err = at.client.upload "/proc/self/status"
    assert.is_nil(url)
    assert.matches("no size of its own", err.message)
  end)
  it("cannot be read", function()
    local url, err = at.client.upload "/proc/self/mem"
    assert.is_nil(url)
    assert.equal("io", err.kind)
  end)
end)

describe("a file that changes under way", function()
  local at

  before_each(function() at = harbour.open() end)
  after_each(function() at:close() end)

  -- Something happens to the file while the server has not yet answered.
  local function upload_while(change, opts)
    local path = at:write("in.bin", bytes)
    at.sandbox:fault { what = "delay", delay = 0.1, match = { method = "PUT" }, times = 1 }
    local fal = require "fal"
    local task = fal.async(function() return at.client.upload(path, opts) end)
    fal.sleep(0.05)
    change(path)
    return task:await()
  end

  local function grow(path)
    local file <close> = io.open(path, "ab")
    file:write "more"
  end
  local function shrink(path)
    local file <close> = io.open(path, "wb")
    file:write "less"
  end

  for name, change in pairs { grows = grow, shrinks = shrink } do
    for how, opts in pairs { ["one piece"] = {}, parts = parts } do
      it(("%s, in %s"):format(name, how), function()
        local url, err = upload_while(change, opts)
        assert.is_nil(url)
        assert.equal("io", err.kind)
        assert.matches("while it was sent$", err.message) -- changed, or became shorter
      end)
    end
  end

  it("between two parts, to one of the same size", function()
    local path = at:write("in.bin", bytes)
    local function change(seen)
      if seen.url:find "/2%?" then at:write("in.bin", bytes:reverse()) end
    end
    at.client.config { on_response = change }
    local url, err = at.client.upload(path, { part_size = 100000, concurrency = 1 })
    assert.is_nil(url)
    assert.equal("io", err.kind)
    assert.equal(2, (at:count "part"))
  end)
end)
