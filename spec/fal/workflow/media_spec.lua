-- Copies of a workflow's files: whole, or not there.
local file = require "support.file"
local process = require "support.process"

describe("a copy of a workflow's file", function()
  local folder, media

  before_each(function() folder, media = process.temporary(), require "fal.workflow.media" end)
  after_each(function() folder:remove() end)

  local function at(name) return folder.path .. "/" .. name end

  local function names() return process.run({ "ls", folder.path }).out end

  it("has every byte", function()
    local bytes = ("\0some bytes\r\n"):rep(100000)
    file.write(at "from", bytes)
    file.write(at "to.part", bytes .. "what an earlier copy left")
    assert.is_true(media.copy(at "from", at "to"))
    assert.is_true(bytes == file.read(at "to"))
    assert.equal("from\nto\n", names())
  end)

  it("is not made of what cannot be read", function()
    for _, case in ipairs { { "missing", "No such file or directory" }, { "", "Is a directory" } } do
      local copied, err = media.copy(at(case[1]), at "to")
      assert.is_falsy(copied)
      assert.same({ "io", true }, { err.kind, err.message:find(": " .. case[2], 1, true) ~= nil }, err.message)
      assert.equal("", names())
    end
  end)

  it("leaves nothing when the disk is full", function()
    file.write(at "from", ("x"):rep(1 << 20))
    file.write(at "copy.lua", [[local _, err = require("fal.workflow.media").copy(arg[1], arg[2]); print(err)]])
    local done = process.run {
      "sh", "-c", [[trap '' XFSZ; ulimit -f 100; exec "$0" "$@"]], process.lua, at "copy.lua", at "from", at "to",
    }
    assert.equal("", done.err)
    assert.equal(("io: copy of %s to %s: File too large\n"):format(at "from", at "to"), done.out)
    assert.equal("copy.lua\nfrom\n", names())
  end)
end)
