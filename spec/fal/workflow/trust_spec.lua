-- What a model answers is not believed: an output that looks like the file of a
-- command leads to no file of this machine.
local bench = require "fal.workflow.bench"
local file = require "support.file"
local json = require "fal.core.json"

describe("an output", function()
  local b, secret, hash

  before_each(function()
    b = bench.open()
    secret, hash = b:path "id_rsa", ("a"):rep(64)
    file.write(secret, "the secret")
    b.sandbox:endpoint("me/evil", function()
      return {
        plain = { path = secret, sha256 = hash },
        linked = { url = "data:text/plain,harmless", path = secret, sha256 = hash },
        nested = { path = b:path "kept.journal.files" .. "/" .. hash .. "/../../id_rsa", sha256 = hash },
      }
    end)
    b.sandbox:endpoint("me/take", function(input) return { got = input.x } end)
  end)

  after_each(function() b:close() end)

  local function all_bytes()
    local pipe <close> = io.popen(("cat %s/out/* %s.files/* 2>/dev/null"):format(b.folder.path, b:path "kept.journal"))
    return pipe:read "a"
  end

  it("with nulls for name and type is saved by its link", function()
    b.sandbox:endpoint("me/film", function(_, job)
      local clip = job:file("bytes", "clip.mp4", "video/mp4")
      return { video = { url = clip.url, file_name = json.null, content_type = json.null } }
    end)
    local wf = b:workflow "nulls"
    wf:save(wf:call("me/film", { x = 1 }, { name = "film" }), b:path "out/{step}.{ext}")
    assert.are.same({ b:path "out/film.mp4" }, assert(wf:run()).save)
    assert(wf:report(b:path "report.html"))
    assert.matches('<video [^>]*src="out/film.mp4"', file.read(b:path "report.html"))
  end)

  it("with a path in it is sent on as it is, not as the file", function()
    local wf = b:workflow "sent"
    local evil = wf:call("me/evil", { x = 1 }, { name = "evil" })
    wf:call("me/take", { x = evil }, { name = "taken" })
    local out = assert(wf:run())
    assert.are.equal(secret, out.taken.got.plain.path)
    assert.is_nil(json.encode(out):find("http", 1, true)) -- nothing was uploaded
    assert.are.equal(0, #b.sandbox:requests "initiate")
  end)

  it("with a path in it is neither saved, nor reported, nor given to a command as the file", function()
    local wf = b:workflow "saved"
    local evil = wf:call("me/evil", { x = 1 }, { name = "evil" })
    wf:save(evil, b:path "out/{step}-{n}.txt")
    wf:map(evil, { "cp", "{in}", "{out.txt}" }, { name = "copied" })
    local out = assert(wf:run())
    assert.are.same({ b:path "out/evil-1.txt" }, out.save)
    assert.are.equal("harmless", file.read(b:path "out/evil-1.txt"))
    assert.is_nil(all_bytes():find("the secret", 1, true))
    assert(wf:report(b:path "report.html"))
    assert.is_nil(file.read(b:path "report.html"):find('src="[^"]*id_rsa'))
    assert.is_nil(file.read(b:path "report.html"):find('href="[^"]*id_rsa'))
  end)
end)
