-- Commands as steps: they get the files of other steps, run beside the rest, and
-- are ended by their time, by a failure to stop, and with the run.
local bench = require "fal.workflow.bench"
local file = require "support.file"
local process = require "support.process"
local task = require "fal.task"

describe("a command of a workflow", function()
  local b

  before_each(function()
    b = bench.open { endpoints = {
      ["me/draw"] = function(input, job)
        return { image = job:file("png of " .. input.prompt, "a.png", "image/png"), got = input.prompt }
      end,
    } }
  end)

  after_each(function() b:close() end)

  it("runs commands over the files of a step, and sends their results", function()
    local wf = b:workflow "command"
    local drawn = wf:call("me/draw", { prompt = "x" })
    local copy = wf:map(drawn.image, { "cp", "{in}", "{out.txt}" }, { name = "copied" })
    wf:save(copy, b:path "copied.txt")
    wf:call("me/take", { file = copy }, { name = "taken" })
    b.sandbox:endpoint("me/take", function(input) return { url = input.file } end)
    wf:save(drawn, b:path "drawn.png") -- the same file, wanted by two at once
    wf:map(drawn.image, { "false", "{in}", "{out}" }, { name = "broken", on_error = "skip" })
    local out, info = assert(wf:run())
    assert.are.same({ "broken" }, info.skipped)
    assert.are.equal("png of x", file.read(b:path "copied.txt"))
    assert.matches("^http://127", out.taken.url)
    assert.are.equal("png of x", assert(b.client.http { url = out.taken.url }).body)
    local accepted = b.sandbox:accepted()
    assert(wf:run())
    assert.are.equal(accepted, b.sandbox:accepted())
  end)

  -- A command that waits for a file, ten seconds at most.
  local patient <const> = [[i=0; while [ ! -e "$1" ] && [ $i -lt 200 ]; do sleep 0.05; i=$((i+1)); done; cp "$1" "$2"]]

  it("lets other steps go on", function()
    local wf = b:workflow "beside"
    wf:map({ 1 }, { "sh", "-c", patient, "sh", b:path "sign", "{out.txt}" }, { name = "patient" })
    wf:map({ 1 }, function()
      file.write(b:path "sign", "go on")
      return true
    end, { name = "signer" })
    local out = assert(wf:run())
    assert.are.equal("go on", file.read(out.patient.path))
  end)

  local function files() return (io.popen("ls -A " .. b:path "kept.journal.files"):read "a") end

  it("says what it said last when it fails, and leaves nothing", function()
    local wf = b:workflow "fails"
    wf:map({ 1 }, { "sh", "-c", "echo once; echo 'No such filter: warp' >&2; echo x >\"$1\"; exit 4", "sh", "{out}" },
      { name = "bad" })
    local _, err = wf:run()
    assert.matches("'bad' failed: sh ended with exit 4: No such filter: warp", err.message)
    assert.matches("^%x+%.lock\nspare\n$", files())
    wf = b:workflow "gone"
    wf:map({ 1 }, { "no-such-program-anywhere", "{out}" }, { name = "gone" })
    _, err = wf:run()
    assert.matches("'gone' failed: cannot run no%-such%-program%-anywhere", err.message)
    wf = b:workflow "lazy"
    wf:map({ 1 }, { "true", "{out}" }, { name = "lazy" })
    assert.matches("'lazy' ran, but made no file", select(2, wf:run()).message)
  end)

  local function is_alive(pid)
    local stat = file.read(("/proc/%s/stat"):format(pid))
    return stat ~= nil and not stat:find "%) [ZX]"
  end

  -- What it has started is gone as well.
  local stubborn <const> = [[sleep 60 & echo "$! $$" >"$1.part"; mv "$1.part" "$1"; trap "" TERM; wait; sleep 60]]

  -- The command itself is not even a zombie, which would stay as long as we do.
  local function assert_gone()
    local inner, outer = file.read(b:path "pids"):match "(%d+) (%d+)"
    for _ = 1, 500 do
      if not is_alive(inner) and not file.read(("/proc/%s/stat"):format(outer)) then break end
      task.sleep(0.01)
    end
    assert.is_false(is_alive(inner))
    assert.is_nil(file.read(("/proc/%s/stat"):format(outer)))
  end

  it("is ended when its time is up", function()
    local wf = b:workflow "late"
    wf:map({ 1 }, { "sh", "-c", stubborn, "sh", b:path "pids", "{out}" }, { name = "late", timeout = 0.5 })
    local _, err = wf:run()
    assert.are.equal("timeout", err.kind)
    assert.matches("'late' took longer than 0.5 s, and was ended", err.message)
    assert_gone()
  end)

  it("is ended with the run", function()
    local wf = b:workflow "cancelled"
    wf:map({ 1 }, { "sh", "-c", stubborn, "sh", b:path "pids", "{out}" }, { name = "long" })
    local running = task.async(function() return wf:run() end)
    while not file.read(b:path "pids") do task.sleep(0.01) end
    running:cancel()
    assert.is_false((pcall(running.await, running)))
    assert_gone()
  end)

  it("takes nothing for its result that another try has left", function()
    local script = b:path "again.lua"
    file.write(script, ([[
      local wf = require "fal.workflow"("again", { journal = %q })
      wf:map({ 1 }, { "sh", "-c", "echo half >\"$1\"; kill -KILL $PPID", "sh", "{out.txt}" }, { name = "again" })
      wf:run()]]):format(b:path "kept.journal"))
    assert.are.equal(137, process.run({ "lua", script }).status)
    assert.matches("made%-%x+%.txt", files())
    local wf = b:workflow "again"
    wf:map({ 1 }, { "true", "{out.txt}" }, { name = "again" })
    assert.matches("made no file", select(2, wf:run()).message)
  end)

  it("raises at the caller what cannot be right", function()
    local wf = b:workflow "misuse"
    local rows = {
      { function() wf:map({ 1 }, { "cp", "{in}" }) end, "{out.SUFFIX}" },
      { function() wf:map({ 1 }, { "cp", {}, "{out}" }) end, "are strings" },
      { function() wf:map({ 1 }, print, { timeout = 1 }) end, "is for commands" },
    }
    for _, row in ipairs(rows) do
      local ok, message = pcall(row[1])
      assert.is_false(ok)
      assert.matches("command_spec.lua", message)
      assert.is_truthy(message:find(row[2], 1, true), message)
    end
  end)
end)
