-- The live view: what it says of each state, JSON lines in a pipe, and on a
-- terminal one line a step that never outgrows the screen.
local file = require "support.file"
local json = require "fal.core.json"
local process = require "support.process"
local view = require "fal.workflow.view"

describe("the live view", function()
  it("has words for every state", function()
    local rows = {
      { { state = "waiting" }, "waiting" }, { { state = "queued", position = 3 }, "queued at 3" },
      { { state = "queued" }, "queued" }, { { state = "running" }, "running 12 s" },
      { { state = "done", seconds = 95.2, cost = 0.4 }, "done in 1 min 35 s, $0.40" },
      { { state = "done" }, "done" }, { { state = "saved", paths = { "a" } }, "saved 1 file" },
      { { state = "blocked", by = "x" }, "not begun, needs x" }, { { state = "skipped" }, "skipped" },
      { { state = "failed", error = "why" }, "failed: why" }, { { state = "new word" }, "new word" },
    }
    for _, row in ipairs(rows) do assert.are.equal(row[2], view.words(row[1], 12)) end
  end)

  it("is JSON lines in a pipe", function()
    local folder <close> = process.temporary()
    local out <close> = assert(io.open(folder.path .. "/out", "w"))
    local on_event, close = view.on(out)
    on_event { step = "a", state = "failed", time = 0.12345, error = { kind = "io", message = "x", other = print } }
    close()
    local line = file.read(folder.path .. "/out")
    assert.are.same({ step = "a", state = "failed", time = 0.123, error = { kind = "io", message = "x" } },
      json.decode(line))
  end)

  -- What is on the screen in the end.
  local function screen(bytes)
    local rows, row = { "" }, 1
    for up, wipe, text, newline in bytes:gsub("\r", ""):gmatch "\27?%[?(%d*)A?(\27?%[?J?)([^\27\n]*)(\n?)" do
      if up ~= "" then row = row - tonumber(up) end
      if wipe ~= "" then rows[row] = "" end
      rows[row] = (rows[row] or "") .. text
      if newline ~= "" then
        row = row + 1
        rows[row] = ""
      end
    end
    return table.concat(rows, "\n", 1, row - 1)
  end

  local function on_terminal(count)
    local folder <close> = process.temporary()
    file.write(folder.path .. "/show.lua", ([[
      local view = require "fal.workflow.view"
      local on_event, close = view.on(io.stderr)
      for i = 1, %d do on_event { step = "s" .. i, state = "waiting" } end
      on_event { step = "s1", state = "running" }
      on_event { step = "s2", state = "done", cost = 0.4 }
      close()]]):format(count))
    local command = ("%s %s/show.lua"):format(process.lua, folder.path)
    local done = process.run { "script", "-qec", command, folder.path .. "/typed", env = { TERM = "xterm" } }
    assert.are.equal(0, done.status, done.err)
    local typed = file.read(folder.path .. "/typed"):gsub("^Script started[^\n]*\n", ""):gsub("\nScript done.*$", "\n")
    return screen(typed)
  end

  if os.execute "command -v script >/dev/null" then
    it("is a line a step on a terminal", function()
      assert.matches("^  s1  running 0 s\n  s2  done, $0.40\n  s3  waiting", on_terminal(3))
    end)

    it("counts what would not fit", function()
      assert.matches("^  s1    running 0 s\n  1 done, 98 waiting", on_terminal(100))
    end)
  end
end)
