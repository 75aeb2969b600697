-- tools/setup where it can install nothing: it says what is missing, and installs nothing.
local file = require "support.file"
local process = require "support.process"

describe("tools/setup", function()
  local folder

  before_each(function() folder = process.temporary() end)
  after_each(function() folder:remove() end)

  -- Runs it where there are no programs but these, and those that `made` gives as scripts.
  local function setup(made, ...)
    for _, name in ipairs { "sh", "cat", "sed" } do
      assert(os.execute(("ln -s $(command -v %s) %s/"):format(name, folder.path)))
    end
    for name, text in pairs(made) do
      file.write(folder.path .. "/" .. name, "#!/bin/sh\n" .. text .. "\n")
      assert(os.execute(("chmod +x %s/%s"):format(folder.path, name)))
    end
    return process.run { "sh", "-c", 'PATH=$0 exec sh tools/setup "$@"', folder.path, ..., env = { FAL_SETUP = "" } }
  end

  it("prints what to install where there is no apt-get", function()
    local result = setup {}
    assert.equal(1, result.status)
    assert.matches("Homebrew  brew install [^\n]*lua@5.4", result.err)
    assert.matches("FAL_SETUP=done", result.err)
  end)

  it("prints the command where it may not be root", function()
    local result = setup {
      ["apt-get"] = "echo asked", id = "echo 1000", ["dpkg-query"] = "echo gcc installed; exit 1",
    }
    assert.same({ 1, "" }, { result.status, result.out })
    assert.matches("run this as root, .*apt%-get install %-%-no%-install%-recommends libc6%-dev make", result.err)
  end)

  it("asks nobody when nothing is missing", function()
    local dpkg = 'shift 3; for package; do echo "$package installed"; done'
    local result = setup { ["apt-get"] = "echo asked", ["dpkg-query"] = dpkg }
    assert.same({ 0, "", "" }, { result.status, result.out, result.err })
  end)

  it("knows one word", function()
    local result = setup({}, "--test")
    assert.same({ 2, "usage: tools/setup [--tests]\n" }, { result.status, result.err })
  end)
end)
