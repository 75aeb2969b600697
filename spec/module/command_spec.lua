-- Commands: what their end says, that others go on meanwhile, and that nothing
-- of them is left when they are given up.
local process = require "support.process"

describe("fal.core.command", function()
  local command, reactor, sys, task

  before_each(function()
    command, reactor = require "fal.core.command", require "fal.core.reactor"
    sys, task = require "fal.core.sys", require "fal.task"
  end)

  local function run(...)
    local child <close> = assert(command.start { ... })
    return reactor.wait(child)
  end

  -- Whether a process is there and is no zombie.
  local function is_alive(pid)
    local file <close> = io.open(("/proc/%d/stat"):format(pid))
    return file ~= nil and not file:read("a"):find "%) [ZX]"
  end

  local function slurp(path)
    local file <close> = io.open(path)
    return file and file:read "a" or ""
  end

  -- Some systems, and valgrind, find out only when the command should begin, and end it with 127.
  local function assert_not_run(pattern, ...)
    local child <close>, err = command.start(...)
    if child then return assert.are.same({ "exit", 127 }, { reactor.wait(child) }) end
    assert.are.equal("io", err.kind)
    assert.matches(pattern, err.message)
  end

  it("tells how it ended, as often as asked", function()
    assert.are.same({ "exit", 0 }, { run "true" })
    assert.are.same({ "exit", 3 }, { run("sh", "-c", "exit 3") })
    assert.are.same({ "signal", 15 }, { run("sh", "-c", "kill -TERM $$") })
    local child <close> = assert(command.start { "true" })
    assert.are.equal("exit", (reactor.wait(child)))
    assert.are.equal("exit", (reactor.wait(child)))
    assert.are.equal("fal.command (ended)", tostring(child))
    child:kill "KILL"
  end)

  it("is given its words as they are, and nothing to read", function()
    local folder <close> = process.temporary()
    local odd = "two  words; $HOME '\"*\n"
    assert.are.equal("exit", (run("sh", "-c", 'printf %s "$1" >"$2"; cat >>"$2"', "sh", odd, folder.path .. "/out")))
    assert.are.equal(odd, slurp(folder.path .. "/out"))
  end)

  it("writes into a file where it is told to", function()
    local folder <close> = process.temporary()
    local child <close> = assert(command.start({ "sh", "-c", "echo out; echo err >&2" }, folder.path .. "/both"))
    assert.are.equal("exit", (reactor.wait(child)))
    assert.are.equal("out\nerr\n", slurp(folder.path .. "/both"))
    assert_not_run("No such file or directory", { "true" }, folder.path .. "/no/such")
  end)

  it("that is not there is an error object", function()
    assert_not_run("cannot run no%-such%-program%-anywhere: ", { "no-such-program-anywhere" })
    for _, words in ipairs { {}, { 1 }, { "a\0b" }, { "true", {} } } do
      assert.has_error(function() command.start(words) end)
    end
  end)

  it("lets others go on meanwhile", function()
    local child <close> = assert(command.start { "sleep", "60" })
    local waiting = task.async(function() return reactor.wait(child) end)
    local ticks = 0
    local other = task.async(function()
      for _ = 1, 3 do
        task.sleep(0.001)
        ticks = ticks + 1
      end
      child:kill()
    end)
    other:await()
    assert.are.equal(3, ticks)
    assert.are.same({ "signal", 15 }, { waiting:await() })
  end)

  it("goes with all that it has started when it is given up", function()
    local folder <close> = process.temporary()
    local path = folder.path .. "/pids"
    do
      local child <close> = assert(command.start {
        "sh", "-c", 'sleep 60 & echo "$! $$" >"$1.part"; mv "$1.part" "$1"; wait', "sh", path,
      })
      assert.matches("process %d+", tostring(child))
      local deadline = sys.monotonic() + 20
      while slurp(path) == "" and sys.monotonic() < deadline do reactor.step(0.005) end
    end
    local inner, outer = slurp(path):match "(%d+) (%d+)"
    local deadline = sys.monotonic() + 20
    while (is_alive(inner) or is_alive(outer)) and sys.monotonic() < deadline do reactor.step(0.005) end
    assert.is_false(is_alive(inner))
    assert.is_false(is_alive(outer))
    assert.are.equal(0, reactor.census().pollables)
  end)

  it("is no success where the system does not tell how it ended", function()
    local done = process.run { "env", "--ignore-signal=CHLD", process.lua, "-e", [[
      local child <close> = assert(require "fal.core.command".start { "true" })
      print(require "fal.core.reactor".wait(child))
    ]] }
    assert.are.equal("exit\t127\n", done.out, done.err)
  end)

  it("goes with the collector", function()
    assert(command.start { "sleep", "60" })
    for _ = 1, 3 do collectgarbage() end
    assert.are.equal(0, reactor.census().pollables)
  end)
end)
