-- falua upload and download against a sandbox: what is printed, what is left
-- in the folder, exit statuses.
local falua = require "support.falua"
local file = require "support.file"
local json = require "fal.core.json"

local at

before_each(function() at = falua.open {} end)
after_each(function() at:close() end)

local function publish(data, name) return require("fal.sandbox.files").publish(at.sandbox, data, name, "text/plain") end

describe("falua upload", function()
  it("prints each file with its URL as JSON in a pipe", function()
    local path = at:write("boat.txt", "a boat")
    local done = at:run("upload", path, "--type", "image/png", "--name", "ship.png", "--expires", "1h")
    assert.equal("", done.err)
    assert.equal(0, done.status)
    local list = json.decode(done.out)
    assert.equal(path, list[1].file)
    assert.matches("_ship%.png$", list[1].url)
    local seen = at.sandbox:requests("initiate")[1]
    assert.equal("image/png", json.decode(seen.body).content_type)
    assert.equal('{"expiration_duration_seconds":3600}', seen.headers["x-fal-object-lifecycle"])
  end)

  it("says which of several failed, and leaves with 9", function()
    local done = at:run("upload", at:write("a.txt", "a"), "/nowhere/b.txt")
    assert.equal(9, done.status)
    assert.matches("/nowhere/b%.txt: No such file", done.err)
    assert.equal(1, #json.decode(done.out))
  end)

  it("leaves with what it means when nothing went", function()
    assert.equal(1, at:run("upload", "/nowhere/b.txt").status)
    assert.equal(2, at:run("upload").status)
    assert.equal(2, at:run("upload", "x", "--expires", "soon").status)
    assert.equal(2, at:run("upload", "x", "--type", "image/png\nx: y").status)
    assert.equal("", at:run("upload", "/nowhere/b.txt").out)
  end)
end)

describe("falua download", function()
  it("puts files where they are wanted and prints the paths as JSON", function()
    local target = at.folder.path .. "/in/"
    local done = at:run("download", publish("one", "a.txt"), publish("two", "b.txt"), "-o", target)
    assert.equal("", done.err)
    assert.equal(0, done.status)
    local paths = json.decode(done.out)
    assert.equal("one", file.read(paths[1]))
    assert.equal("two", file.read(paths[2]))
  end)

  it("takes the files of a request", function()
    local id = at:json("submit", "fal-ai/veo3/fast", "prompt=x", "--yes").request_id
    at:run("result", "--wait", "fal-ai/veo3/fast", id)
    local done = at:run("download", "fal-ai/veo3/fast#" .. id, "-o", at.folder.path .. "/v.mp4")
    assert.equal("", done.err)
    assert.equal("ftyp", file.read(at.folder.path .. "/v.mp4"):sub(5, 8))
    done = at:run("download", "fal-ai/veo3/fast", id, publish("x", "x.txt"), "-o", at.folder.path .. "/two")
    assert.equal("", done.err)
    assert.equal(2, #json.decode(done.out))
  end)

  it("takes a request by its id alone from the history, also when its result is gone", function()
    local env = { FAL_HISTORY = at.folder.path .. "/history.db" }
    local function run(words)
      words.env = env
      return at:run(words)
    end
    local submitted = run { "submit", "fal-ai/veo3/fast", "prompt=x", "--yes" }
    local id = json.decode(submitted.out).request_id
    at:run("result", "--wait", "fal-ai/veo3/fast", id)
    for i, word in ipairs { id, id:sub(1, 8), "1" } do
      local done = run { "download", word, "-o", ("v%d.mp4"):format(i) }
      at.sandbox:fault { what = 404, match = { call = "result" } }
      assert.equal("", done.err)
      assert.equal("ftyp", file.read(("%s/v%d.mp4"):format(at.folder.path, i)):sub(5, 8))
    end
    local done = run { "download", "ffffffff" }
    assert.equal(4, done.status)
    assert.matches("not in the history", done.err)
    assert.equal(1, at.sandbox:accepted())
  end)

  it("says what came beside what did not, and leaves with 9", function()
    at.sandbox:endpoint("me/half", function(_, job)
      return { a = { url = at.sandbox.url .. "/cdn/gone.txt" }, b = job:file("here", "b.txt", "text/plain") }
    end)
    local id = at:json("submit", "me/half", "--unchecked").request_id
    at:run("result", "--wait", "me/half", id)
    local done = at:run("download", "me/half#" .. id, "-o", "half/")
    assert.same({ 9, '["half/b.txt"]\n' }, { done.status, done.out })
    assert.matches("^falua download: .*gone%.txt: Not Found", done.err)
  end)

  it("replaces nothing unless told to, and refuses what is too large", function()
    local path, url = at:write("x.txt", "mine"), publish("other", "a.txt")
    local done = at:run("download", url, "-o", path)
    assert.equal(1, done.status)
    assert.matches("%-%-overwrite replaces it", done.err)
    assert.equal("mine", file.read(path))
    assert.equal(1, at:run("download", url, "-o", path, "--overwrite", "--max-bytes", "4").status)
    assert.equal(2, at:run("download", url, "-o", path, "--max-bytes", "-4").status)
    assert.equal("mine", file.read(path))
    assert.equal(0, at:run("download", url, "-o", path, "--overwrite").status)
    assert.equal("other", file.read(path))
  end)

  it("says what is no URL", function()
    local done = at:run("download", "boat.png")
    assert.equal(4, done.status)
    assert.matches("neither a URL nor ENDPOINT#ID, and not in the history", done.err)
  end)
end)

describe("the line about a file that is under way", function()
  local sys = require "fal.core.sys"
  local clock, now = sys.monotonic, 0

  before_each(function() sys.monotonic = function() return now end end)
  after_each(function() sys.monotonic = clock end)

  it("tells bytes, rate and time left, and has room for them", function()
    local meter = require("falua.transfer").meter()
    meter.begin "https://v3.fal.media/files/b/0a1b2c3d/IqlumtM28_YjFQbTUc19n_a-boat-that-leaves-the-harbour.mp4?x=y"
    assert.equal("IqlumtM28_YjFQbTUc19n_a-boat.mp4", meter.text())
    meter.told(0, nil)
    assert.equal("IqlumtM28_YjFQbTUc19n_a-boat.mp4  0 B", meter.text())
    now = now + 2
    meter.told(30e6, 360e6)
    assert.equal("IqlumtM28_YjFQbTUc19n_a-boat.mp4  30.0 MB  of 360.0 MB  15.0 MB/s  0:22 left", meter.text())
    meter.begin "folder/line\nbreak.png"
    assert.equal("line_break.png", meter.text())
    meter.begin "fal-ai/veo3/fast#764cabcf-b745-4b3e-ae38-1200304cf45b"
    assert.matches("^fast#764cabcf", meter.text())
  end)
end)
