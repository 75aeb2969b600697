-- The prompt, typed at at a terminal as `lua` is, and fed through a pipe.
local process = require "support.process"
local typing = require "support.typing"

local at_the_prompt = typing.at_the_prompt

describe("the prompt at a terminal", function()
  it("introduces itself as lua does", at_the_prompt(function(s)
    s:expect "^Lua 5%.4%.%d+  Copyright %(C%) [%d-]+ Lua.org, PUC%-Rio\n"
  end))

  it("prints the values of expressions", at_the_prompt(function(s)
    s:type "1 + 1, 'two', nil\n"
    s:expect "\n2\ttwo\tnil\n"
  end))

  it("takes lines until the chunk is complete", at_the_prompt(function(s)
    s:type "for i = 1, 2 do\n"
    s:type("print('line ' .. i)\n", ">> $")
    s:type("end\n", ">> $")
    s:expect "\nline 1\nline 2\n"
  end))

  it("remembers what was typed", at_the_prompt(function(s)
    s:type "print('on' .. 'ce')\n"
    s:expect "\nonce\n"
    s:type "\27[A\n"
    s:expect "\nonce\n"
  end))

  it("searches what was typed with Ctrl-R", at_the_prompt(function(s)
    s:type "print('first ' .. 'one')\n"
    s:type "print('other')\n"
    s:type "\18first\n"
    s:expect "\nfirst one\n"
  end))

  it("moves by words with Ctrl and the arrows", at_the_prompt(function(s)
    s:type "10 20\27[1;5D-\27[1;5D\27[1;5D1\27[1;5C\27[1;5C0\n"
    s:expect "\n%-90\n"
  end))

  it("edits characters, not bytes", at_the_prompt(function(s)
    s:type "#'\u{e9}\u{e9}x'\127\127\127'\n"
    s:expect "\n2\n"
  end))

  it("abandons a line on Ctrl-C", at_the_prompt(function(s)
    s:type "print('never\3"
    s:type "print('still ' .. 'here')\n"
    s:expect "^[^\n]*\nstill here\n"
  end))

  it("abandons a chunk of several lines on Ctrl-C", at_the_prompt(function(s)
    s:type "print(\n"
    s:type("\3", ">> $")
    s:type "'alone'\n"
    s:expect "\nalone\n"
  end))

  it("abandons a line on Ctrl-C while tasks are at work, too", at_the_prompt(function(s)
    s:type "t = fal.async(function() fal.sleep(0.1) io.popen('kill -INT $PPID'):close() return 7 end)\n"
    s:press "half a li"
    s:expect "half a li.*\n[^\n]*> $"
    s:press "print('the task is ' .. 'over', t:await())\n"
    s:expect "\nthe task is over\t7\n"
    assert.is_nil(s.child:out():find "interrupted!")
  end))

  it("interrupts what runs on Ctrl-C, and goes on", at_the_prompt(function(s)
    s:type "print('bus' .. 'y') while true do end\n"
    s:type("\3", "\nbusy\n")
    s:expect "interrupted!\n"
    s:type "function busy() print('st' .. 'ill') while true do end end busy()\n"
    s:type("\3", "\nstill\n")
    s:expect "interrupted!\nstack traceback:\n.*\tstdin:1: in function 'busy'\n.*in main chunk\n\t%[C%]: in %?\n"
  end))

  it("interrupts a wait on Ctrl-C, and goes on", at_the_prompt(function(s)
    s:type "fal = require 'fal' print('wai' .. 'ting') fal.sleep(100)\n"
    s:type("\3", "\nwaiting\n")
    s:expect "interrupted!\n> "
    s:press "fal.sleep(0.01) print('slept ' .. 'well')\n"
    s:expect "\nslept well\n"
  end))

  -- A shell gives its own mode to the terminal when falua is stopped, and leaves it so.
  it("edits again after it was stopped and put into the foreground", at_the_prompt(function(s)
    local pid = s:pid()
    s:type "pri"
    s:expect "pri"
    assert(os.execute(("stty icanon echo < /proc/%s/fd/0; kill -CONT %s"):format(pid, pid)))
    s:expect "> pri"
    s:press "nt 'back'\n"
    s:expect "back'\nback\n"
  end))

  it("finishes tasks when it ends, also after Ctrl-C", function()
    local s <close> = typing.open {}
    s:type "fal = require 'fal' t = fal.async(function() fal.sleep(1) print 'task done' end)\n"
    s:type "print('bus' .. 'y') while true do end\n"
    s:type("\3", "\nbusy\n")
    assert.matches("[\nK]task done\r?\n", s:finish().out)
  end)

  it("runs after a script with -i", function()
    local s <close> = typing.open({}, "-e", "x = 'from before'", "-i")
    s:type "x\n"
    s:expect "\nfrom before\n"
    assert.equal(0, s:finish().status)
  end)

  it("ends when the terminal goes", function()
    local s <close> = typing.open {}
    local pid = s:pid()
    s:expect "> $"
    s:hang_up(pid)
  end)
end)

describe("the prompt in a pipe", function()
  local function fed(text, ...) return process.run { "falua", "-i", stdin = text, ... } end

  it("shows its prompts", function()
    assert.matches("\n> 3\n> > $", (fed "1 + 2\n\n").out:gsub("\n$", ""))
  end)

  it("uses _PROMPT and _PROMPT2", function()
    local result = fed("_PROMPT = 'a '\n"
      .. "_PROMPT2 = setmetatable({}, {__tostring = function() return 'b ' end})\ndo\nend\n")
    assert.matches("\n> a a b a \n$", result.out)
  end)

  it("turns = into return", function()
    assert.matches("> 7\n", (fed "= 3 + 4\n").out)
  end)

  it("reports errors without a program's name and goes on", function()
    local result = fed "error 'first'\nx = = 1\nerror { code = 1 }\nlocal t = nil; t.x = 1\nprint 'after'\n"
    assert.equal("stdin:1: first\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n\t[C]: in ?\n"
      .. "stdin:1: unexpected symbol near '='\n"
      .. "(error object is a table value)\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n"
      .. "\t[C]: in ?\n"
      .. "stdin:1: attempt to index a nil value (local 't')\nstack traceback:\n\tstdin:1: in main chunk\n\t[C]: in ?\n",
      result.err)
    assert.matches("> after\n> \n$", result.out)
    assert.equal(0, result.status)
  end)

  it("survives a broken print", function()
    local result = fed "print = nil\n1\nprint = function() error 'no paper' end\n2\n"
    assert.equal("error calling 'print' (attempt to call a nil value)\nerror calling 'print' (stdin:1: no paper)\n",
      result.err)
    assert.equal(0, result.status)
  end)

  it("runs a last line without an end", function()
    assert.matches("> last\n", (fed "print 'last'").out)
  end)

  it("says what is missing at the end of input", function()
    assert.equal("stdin:1: unexpected symbol near <eof>\n", (fed "print(\n").err)
  end)

  it("leaves with os.exit", function()
    assert.equal(4, (fed "os.exit(4)\n").status)
  end)
end)
