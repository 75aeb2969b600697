-- Ctrl-C, closed pipes and closed files, with real processes: each child says a line when it
-- is where the signal is wanted, and only then the signal is sent. It may end the very call that
-- says the line: then the message begins with its place.
local process = require "support.process"

-- Runs the code in falua, interrupts it after the line "ready" and after each
-- further line of `lines`; returns how it ended.
local function interrupted(code, ...)
  local folder <close> = process.temporary()
  os.execute("mkfifo " .. folder.path .. "/in") -- a standard input that stays open and silent
  local child <close> = process.start { "sh", "-c", ("exec %s -e %s <>%s/in"):format(
    process.quote(process.falua), process.quote(code), folder.path) }
  for _, line in ipairs { "ready", ... } do
    assert.is_truthy(child:expect("%f[%w]" .. line .. "\n"))
    child:kill "INT"
  end
  return (assert(child:wait(), "still running"))
end

local say_ready = "print 'ready' io.stdout:flush() "
local with_fal = "local fal = require 'fal' "

describe("SIGINT ends", function()
  local waits = {
    ["a busy loop"] = say_ready .. "while true do end",
    ["a busy loop in C"] = say_ready .. "for i = 1, 1e9 do string.rep('x', 10) end",
    ["a deep call"] = say_ready .. "local function f() return f() end f()",
    ["io.read"] = say_ready .. "io.read() io.read()",
    ["fal.sleep"] = with_fal .. say_ready .. "fal.sleep(100)",
    ["fal.sleep while another task works"] = with_fal
      .. "fal.async(function() while true do fal.sleep(0.001) end end) " .. say_ready .. "fal.sleep(100)",
    ["a wait for a task"] = with_fal .. "local t = fal.async(function() fal.sleep(100) end) " .. say_ready
      .. "t:await()",
    ["a wait inside a coroutine"] = with_fal .. say_ready .. "coroutine.wrap(function() fal.sleep(100) end)()",
    ["a wait inside a coroutine while another task works"] = with_fal
      .. "fal.async(function() while true do fal.sleep(0) end end) " .. say_ready
      .. "coroutine.wrap(function() fal.sleep(100) end)()",
    ["a wait inside gsub"] = with_fal .. say_ready .. "string.gsub('x', 'x', function() fal.sleep(100) end)",
  }
  for name, code in pairs(waits) do
    it(name .. ", with a traceback and status 130", function()
      local result = interrupted(code)
      assert.matches("^%S+: [^\n]*interrupted!\nstack traceback:\n.*in main chunk\n\t%[C%]: in %?\n$", result.err)
      assert.equal(130, result.status)
      assert.equal("ready\n", result.out)
    end)
  end

  it("the wait for tasks after the script", function()
    local result = interrupted(with_fal .. "fal.async(function() " .. say_ready .. "fal.sleep(100) end)")
    assert.matches("interrupted!\n$", result.err)
    assert.equal(130, result.status)
  end)
end)

describe("SIGINT", function()
  it("is an error that can be caught", function()
    local result = interrupted("print(pcall(function() " .. say_ready .. "while true do end end))")
    assert.matches("^ready\nfalse\t[^\n]*interrupted!\n$", result.out)
    assert.equal("", result.err)
    assert.equal(0, result.status)
  end)

  it("that was caught leaves the other tasks to their end", function()
    local result = interrupted(with_fal .. "fal.async(function() fal.sleep(0.2) print 'task' end) "
      .. "print(pcall(function() " .. say_ready .. "while true do end end))")
    assert.matches("^ready\nfalse\t[^\n]*interrupted!\ntask\n$", result.out)
    assert.equal(0, result.status)
  end)

  it("leaves at once the second time", function()
    local result = interrupted("pcall(function() " .. say_ready .. "while true do end end) print 'caught' "
      .. "io.stdout:flush() while true do end", "caught")
    assert.equal("ready\ncaught\n", result.out)
    assert.equal("", result.err)
    assert.equal(130, result.status)
  end)

  it("closes what is to be closed", function()
    local result = interrupted("local x <close> = setmetatable({}, {__close = function() print 'closed' end}) "
      .. say_ready .. "while true do end")
    assert.equal("ready\nclosed\n", result.out)
  end)

  it("does not start waiting for tasks", function()
    local result = interrupted(with_fal .. "fal.async(function() fal.sleep(100) print 'late' end) " .. say_ready
      .. "while true do end")
    assert.equal("ready\n", result.out)
    assert.equal(130, result.status)
  end)
end)

describe("a closed pipe", function()
  local function piped(code)
    return process.run { "bash", "-c", process.quote(process.falua) .. " -e " .. process.quote(code)
      .. " | head -n 1; echo ${PIPESTATUS[0]}" }
  end

  it("ends a script that prints, without a word", function()
    local result = piped "while true do print 'x' end"
    assert.equal("x\n141\n", result.out)
    assert.equal("", result.err)
  end)

  it("that is not standard output is an error like any other", function()
    local result = process.run { "falua", "-e", [[
      local child = io.popen("exec <&-", "w")
      local ok, message
      for _ = 1, 10000 do
        ok, message = child:write(("x"):rep(1000))
        if not ok then break end
      end
      print(message)]] }
    assert.equal("Broken pipe", result.out:match "([^\n]*)\n$")
    assert.equal("", result.err)
    assert.equal(0, result.status)
  end)
end)

describe("a standard file that is closed", function()
  it("is never a connection: it cannot be read or written", function()
    local code = [[
      local fal = require "fal"
      io.write "words for the service"
      local _, written = io.stdout:flush()
      local _, read = io.read()
      io.stderr:write(tostring(fal.run("acme/echo", { n = 1 }).n), " ", tostring(written), " ", tostring(read), "\n")]]
    local result = process.run { "sh", "-c", ("exec %s --sandbox -e %s <&- >&-"):format(
      process.quote(process.falua), process.quote(code)) }
    assert.equal("1 Bad file descriptor Bad file descriptor\n", result.err)
  end)
end)
