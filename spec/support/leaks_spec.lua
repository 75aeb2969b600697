-- The leak check itself: a spec that leaves something behind must fail.
local file = require "support.file"
local process = require "support.process"

local function busted_on(code)
  local folder <close> = process.temporary()
  local path = folder.path .. "/leaving_spec.lua"
  file.write(path, code)
  local program = process.run { "sh", "-c", "command -v busted" }.out:gsub("%s+$", "")
  local env = { BUILD_DIR = process.build }
  return process.run { "lua", program, "--ignore-lua", "-o", "plainTerminal", path, env = env }
end

describe("the leak check", function()
  it("lets a clean file pass", function()
    local done = busted_on [[it("is clean", function() io.open("/dev/null"):close() end)]]
    assert.equal(0, done.status, done.out)
  end)

  it("finds an open file", function()
    local done = busted_on [[it("leaves a file", function() _G.kept = io.open "/dev/null" end)]]
    assert.equal(1, done.status)
    assert.matches("left over: descriptor %d+ /dev/null", done.out)
  end)

  it("finds a timer that nobody waits for", function()
    local done = busted_on [[it("leaves a timer", function()
      debug.getregistry().kept = require("fal.core.reactor").after(100)
    end)]]
    assert.equal(1, done.status)
    assert.matches("left over: 1 timers", done.out)
  end)
end)
