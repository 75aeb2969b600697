-- What is inside the binary: every Lua file of the tree and the C modules, used
-- from anywhere; C modules from outside; tasks that outlive the script.
local file = require "support.file"
local process = require "support.process"

local function falua(code, options)
  options = options or {}
  return process.run {
    "falua", "-e", code, cwd = options.cwd, env = options.env, stdin = options.stdin, timeout = options.timeout,
  }
end

local function value_of(code, options)
  local result = falua(code, options)
  assert.equal("", result.err)
  assert.equal(0, result.status)
  return (result.out:gsub("\n$", ""))
end

describe("the binary", function()
  it("carries every Lua file but the stubs for editors", function()
    local expected = {}
    local find <close> = assert(io.popen "cd lua && find fal falua -name '*.lua' ! -path 'fal/_meta/*'")
    for path in find:lines() do expected[#expected + 1] = path:gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".") end
    table.sort(expected)
    local carried = value_of [[
      local names = {}
      for name, loader in pairs(package.preload) do
        if debug.getupvalue(loader, 1) then names[#names + 1] = name end -- the C modules are plain functions
      end
      table.sort(names)
      print(table.concat(names, "\n"))]]
    assert.equal(table.concat(expected, "\n"), carried)
  end)

  it("runs from another folder with no path at all", function()
    assert.equal("function\tfal/task.lua", value_of(
      [[print(type(require("fal").run), debug.getinfo(require("fal").async).short_src)]],
      { cwd = "/", env = { LUA_PATH = "" } }))
  end)

  it("prefers what it carries to what lies about", function()
    local folder <close> = process.temporary()
    file.write(folder.path .. "/fal.lua", "error 'the wrong one'")
    local options = { cwd = folder.path, env = { LUA_PATH = "./?.lua" } }
    assert.equal("table", value_of([[print(type(require "fal"))]], options))
  end)

  -- Compiled code holds for one release of Lua; a library that pretends to be
  -- another one is put in front.
  it("loads the text of its files when another Lua runs than was built with", function()
    local code = [[
      local _, compiled = debug.getupvalue(package.preload.fal, 2)
      print(compiled, debug.getinfo(require("fal").async).short_src)]]
    assert.equal("true\tfal/task.lua", value_of(code))
    local folder <close> = process.temporary()
    local library = folder.path .. "/other.so"
    assert(os.execute(("echo 'const char lua_ident[] = \"$LuaVersion: Lua 5.4.99 $\";' | cc -shared -xc -o %s -")
      :format(library)))
    assert.equal("false\tfal/task.lua", value_of(code, {
      env = { LD_PRELOAD = library, ASAN_OPTIONS = "verify_asan_link_order=0:detect_leaks=0" },
    }))
  end)

  it("shows its own files in tracebacks by their names", function()
    local result = falua [[require("fal").sleep "soon"]]
    assert.matches("^%S+: %(command line%):1: bad argument #1 to 'sleep'", result.err)
    result = falua [[require("fal.task").async(function() end):await(error)
      getmetatable(require("fal.task").async(print)).__index.await()]]
    assert.matches("fal/[%w_]+%.lua:%d+: ", result.err)
  end)

  it("costs a script that does not ask for it nothing", function()
    assert.equal("0", value_of [[
      local n = 0
      for name in pairs(package.loaded) do if name:find "^fal" or name == "cjson" then n = n + 1 end end
      print(n)]])
  end)

  for _, name in ipairs { "fal.core", "fal.core.error", "fal.core.json", "fal.core.reactor", "fal.core.sys" } do
    it("carries " .. name, function()
      assert.equal("table\t:preload:", value_of(("local m, from = require %q print(type(m), from)"):format(name)))
    end)
  end
end)

describe("a C module from outside", function()
  local uses = {
    cjson = [[print(require("cjson").encode { 1, 2 })]],
    lfs = [[print(require("lfs").attributes("/", "mode"))]],
    luv = [[
      local uv, turns = require "luv", 0
      local timer = uv.new_timer()
      timer:start(0, 1, function() turns = turns + 1 if turns == 3 then timer:close() end end)
      uv.run()
      print(turns)]],
    cqueues = [[
      local cqueues = require "cqueues"
      local loop = cqueues.new()
      loop:wrap(function() cqueues.sleep(0.001) print "slept" end)
      assert(loop:loop())]],
    lpeg = [[print(require("lpeg").match("a", "ab"))]],
  }
  local results = { cjson = "[1,2]", lfs = "directory", luv = "3", cqueues = "slept", lpeg = "2" }
  for name, code in pairs(uses) do
    it("works: " .. name, function() assert.equal(results[name], value_of(code)) end)
  end
end)

describe("a task that the script leaves behind", function()
  it("runs to its end", function()
    assert.equal("script\nfirst\nsecond", value_of [[
      local fal = require "fal"
      local first = fal.async(function() fal.sleep(0.01) print "first" end)
      fal.async(function() first:await() print "second" end)
      print "script"]])
  end)

  it("goes on while the script waits", function()
    assert.equal("task\nscript", value_of [[
      local fal = require "fal"
      local task = fal.async(function() fal.sleep(0.01) print "task" end)
      while not task.done do fal.sleep(0.001) end
      print "script"]])
  end)

  it("fails the program when it fails", function()
    local result = falua [[require("fal").async(function() error "in the task" end)]]
    assert.matches("^%S+: %(command line%):1: in the task\nstack traceback:\n", result.err)
    assert.equal(1, result.status)
  end)

  it("runs to its end although the script failed, whose error comes first", function()
    local result = process.run { "sh", "-c", process.quote(process.falua) .. [[ -e '
      local fal = require "fal"
      fal.async(function() fal.sleep(0.01) print "task" end)
      error "in the script"' 2>&1]] }
    assert.matches("^%S+: %(command line%):%d+: in the script\nstack traceback:\n.*\ntask\n$", result.out)
    assert.equal(1, result.status)
  end)

  it("does not keep os.exit from leaving", function()
    local result = falua [[
      local fal = require "fal"
      fal.async(function() fal.sleep(100) end)
      os.exit(5)]]
    assert.equal(5, result.status)
  end)

  it("may be a service, which ends with the script", function()
    assert.equal("done", value_of [[
      require("fal.task").service(function() require("fal").sleep(100) end)
      print "done"]])
  end)
end)
