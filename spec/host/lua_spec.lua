-- falua runs scripts exactly as lua5.4 does: for each command line below both
-- are run, and standard output, standard error (but for the program's name)
-- and exit status must be equal.
local file = require "support.file"
local process = require "support.process"

local scripts = {
  ["args.lua"] = [[print(#arg, arg[0], ...) for i = -3, 3 do io.write(i, "=", tostring(arg[i]), " ") end print()]],
  ["shebang.lua"] = "#!/usr/bin/env falua\nprint 'after the shebang' error 'line 2'",
  ["syntax.lua"] = "print 'never'\nlocal x = = 1",
  ["deep.lua"] = "local function f(n) if n == 0 then error 'deep' end f(n - 1) return n end\nf(40)",
  ["returns.lua"] = "return 1, 2, 3",
  ["closes.lua"] = "local x <close> = setmetatable({}, {__close = function() print 'closed' end}) error 'out'",
  ["collects.lua"] = "setmetatable({}, {__gc = function() print 'collected at the end' end})",
  ["exits.lua"] = "setmetatable({}, {__gc = function() print 'closed' end}) os.exit(7, true)",
  ["leaves.lua"] = "setmetatable({}, {__gc = function() print 'never' end}) io.write 'flushed' os.exit(false)",
  ["warns.lua"] = "warn('@on') warn('a ', 'warning') setmetatable({}, {__gc = function() error 'in gc' end})",
  ["silent.lua"] = "warn 'not shown'",
  ["thread.lua"] = "print(coroutine.running(), coroutine.isyieldable(), select(2, coroutine.running()))\n"
    .. "print(pcall(coroutine.yield, 1)) coroutine.wrap(function() error 'in a coroutine' end)()",
  ["yields.lua"] = "coroutine.yield()",
  ["stdin.lua"] = "print(io.read 'a')",
  ["traceback.lua"] = "print(debug.traceback 'here')",
  ["noarg.lua"] = "print(arg[1])",
  ["mod.lua"] = "print('loading', ...) return { name = 'mod' }",
  ["bad.lua"] = "error 'bad module'",
  ["globals.lua"] = "local t = {} for k in pairs(_G) do t[#t + 1] = k end table.sort(t) print(table.concat(t, ' '))\n"
    .. "t = {} for k in pairs(package.loaded) do t[#t + 1] = k end table.sort(t) print(table.concat(t, ' '))",
  ["plus"] = "print 'a script without an ending'",
}

-- Each entry: the words after the program; stdin, env as in process.run.
local cases = {
  { "args.lua" },
  { "args.lua", "a", "b c", "" },
  { "-W", "-e", "x = 1", "args.lua", "-e", "print 'not an option'" },
  { "--", "args.lua", "z" },
  { "-", "one", "two", stdin = "print(arg[0], arg[1], ...)" },
  { "--", "-", stdin = "print 'never'" },
  { stdin = "print 'from a pipe' print(...) print(arg[0] ~= nil, arg[1])" },
  { "-", stdin = "#!shebang\nerror 'line 2'" },
  { "-", stdin = "x = = 1" },
  { stdin = "" },
  { "shebang.lua" }, { "syntax.lua" }, { "deep.lua" }, { "returns.lua" }, { "closes.lua" }, { "collects.lua" },
  { "exits.lua" }, { "leaves.lua" }, { "warns.lua" }, { "-W", "silent.lua" }, { "silent.lua" },
  { "thread.lua" }, { "yields.lua" }, { "traceback.lua" }, { "plus" }, { "globals.lua" },
  { "stdin.lua", stdin = "some\ninput" },
  { "missing.lua" }, { "." },
  { "-e", "print(1)" }, { "-eprint(1)" }, { "-e", "print(...)", "args.lua", "q" },
  { "-e", "x = 5", "-e", "print(x)" }, { "-e", "error 'one'", "-e", "print 'two'" },
  { "-e", "x = = 1" }, { "-e", "error()" }, { "-e", "error(nil)" }, { "-e", "error {}" }, { "-e", "error(12)" },
  { "-e", "error(true)" }, { "-e", "error('no position', 0)" }, { "-e", "error(print)" },
  { "-e", "error(setmetatable({}, {__tostring = function() return 'an object' end}))" },
  { "-e", "error(setmetatable({}, {__tostring = function() return 12 end}))" },
  { "-e", "error(setmetatable({}, {__tostring = function() error 'again' end}))" },
  { "-e", "error(setmetatable({}, {__name = 'my.type'}))" },
  { "-e", "local t = nil; t.x = 1" }, { "-e", "string.rep()" }, { "-e", "local s = 'x' .. {}" },
  { "-e", "xpcall(error, print, 'handled')" }, { "-e", "io.stderr:write 'to stderr'" },
  { "-e", "os.exit(3)" }, { "-e", "os.exit(true, true)" }, { "-e", "os.exit(false)" },
  { "-e", "arg = nil", "args.lua" }, { "-e", "arg = 1", "args.lua" }, { "-e", "arg[1] = 'changed'", "args.lua", "x" },
  { "-l", "mod", "-e", "print(mod.name)" }, { "-lmod", "-e", "print(mod.name)" },
  { "-l", "g=mod", "-e", "print(g.name, mod)" }, { "-l", "mod", "-l", "mod", "-e", "" },
  { "-l", "bad" }, { "-l", "string", stdin = "print(string == nil)" },
  { "-l", "missing.module", env = { LUA_PATH = "./?.lua", LUA_CPATH = "./?.so" } },
  { "-v" }, { "-v", "-e", "print(1)" }, { "-v", "args.lua" },
  { "-e", "print 'before'", "-i", stdin = "" },
  { "-e", "print(x)", env = { LUA_INIT = "x = 'from init'" } },
  { "-e", "print(x)", env = { LUA_INIT = "x = 'plain'", LUA_INIT_5_4 = "x = 'versioned'" } },
  { "-e", "print(x)", env = { LUA_INIT = "@args.lua" } },
  { "-e", "print(x)", env = { LUA_INIT = "@missing.lua" } },
  { "-e", "print(x)", env = { LUA_INIT = "error 'in init'" } },
  { "-e", "print(x)", env = { LUA_INIT = "x = = 1" } },
  { "-E", "-e", "print(x, package.path:find 'nowhere')", env = { LUA_INIT = "x = 1", LUA_PATH = "nowhere" } },
  { "-e", "print(package.path)", env = { LUA_PATH = "a/?.lua;;b" } },
  { "-e", "print(collectgarbage 'incremental')" },
  { "-e", "for i = 1, 1000 do print(i) end" },
}

local function described(case)
  local words = {}
  for i, word in ipairs(case) do words[i] = word == "" and "''" or word end
  for name, value in pairs(case.env or {}) do table.insert(words, 1, name .. "=" .. value) end
  if case.stdin then words[#words + 1] = "< " .. case.stdin:gsub("\n", "\\n") end
  return table.concat(words, " ")
end

-- Runs the case with one of the programs; only its name may differ.
local function run(program, case, folder)
  local words = { program, env = case.env, stdin = case.stdin, cwd = folder }
  table.move(case, 1, #case, 2, words)
  local result = process.run(words)
  for _, stream in ipairs { "out", "err" } do
    result[stream] = result[stream]:gsub("%f[^\0\n]" .. program:gsub("%p", "%%%0") .. ":", "lua:")
      :gsub(program:gsub("%p", "%%%0"), "PROGRAM")
  end
  return result
end

describe("falua, compared with lua5.4, given", function()
  local folder

  setup(function()
    folder = process.temporary()
    for name, text in pairs(scripts) do file.write(folder.path .. "/" .. name, text) end
  end)

  teardown(function() folder:remove() end)

  for _, case in ipairs(cases) do
    it(described(case), function()
      local expected = run("lua5.4", case, folder.path)
      -- An address is another one in each process.
      local function plain(text) return (text:gsub("0x%x+", "ADDRESS")) end
      local got = run(process.falua, case, folder.path)
      assert.equal(plain(expected.out), plain(got.out))
      assert.equal(expected.err, got.err)
      assert.equal(expected.status, got.status)
    end)
  end
end)

describe("falua departs from lua5.4", function()
  it("and fails when the script from a pipe failed", function()
    assert.equal(0, process.run({ "lua5.4", stdin = "error 'x'" }).status)
    local result = process.run { "falua", stdin = "error 'x'" }
    assert.equal(1, result.status)
    assert.matches("^%S+: stdin:1: x\nstack traceback:\n", result.err)
  end)

  for _, words in ipairs { { "-x" }, { "-e" }, { "-l" }, { "-vx" }, { "-i2" }, { "-e", "-v" }, { "--nothing" } } do
    it("and ends with status 2 on a wrong option: " .. table.concat(words, " "), function()
      local theirs = process.run { "lua5.4", table.unpack(words) }
      local ours = process.run { "falua", table.unpack(words) }
      assert.equal(assert(theirs.err:match "lua5.4: ([^\n]*)\nusage:"), ours.err:match "falua: ([^\n]*)\nusage:")
      assert.equal(2, ours.status)
      assert.equal("", ours.out)
    end)
  end
end)

describe("the comparison", function()
  it("sees a difference", function()
    local folder <close> = process.temporary()
    local ours = run(process.falua, { "-e", "print(package.preload['fal'] ~= nil)" }, folder.path)
    local theirs = run("lua5.4", { "-e", "print(package.preload['fal'] ~= nil)" }, folder.path)
    assert.equal("true\n", ours.out)
    assert.equal("false\n", theirs.out)
  end)
end)
