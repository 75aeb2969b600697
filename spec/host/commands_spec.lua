-- The options and commands that `lua` does not have: help, version, the sandbox
-- around a script and as a server.
local file = require "support.file"
local process = require "support.process"
local tree = require "support.tree"

local function run(...)
  return process.run { "falua", ... }
end

describe("falua", function()
  it("--help names its options and commands", function()
    local result = run "--help"
    assert.matches("^usage: falua %[options%] %[script %[args%]%]\n", result.out)
    assert.matches("\n  %-e stat  ", result.out)
    assert.matches("\nCommands are:\n.*  sandbox +%l", result.out)
    assert.equal("", result.err)
    assert.equal(0, result.status)
  end)

  it("--version names itself and Lua", function()
    local result = run "--version"
    assert.matches("^falua %d+%.%d+%.%d+, Lua 5%.4%.%d+\n$", result.out)
    assert.equal(0, result.status)
  end)

  it("--version is the version that CMake states", function()
    local version = tree.read("CMakeLists.txt"):match "project%(fal VERSION ([%d.]+)"
    assert.matches("^falua " .. version:gsub("%.", "%%.") .. ",", run("--version").out)
  end)
end)

describe("a command's arguments", function()
  it("are described by --help", function()
    local result = run("sandbox", "--help")
    assert.matches("^usage: falua sandbox %[options%]\n", result.out)
    assert.matches("\n  %-%-port N ", result.out)
    assert.matches("\nExamples:\n  falua sandbox", result.out)
    assert.equal(0, result.status)
  end)

  local wrong = {
    { "--prot", "1", says = "unknown option '%-%-prot'; did you mean '%-%-port'%?" },
    { "--xyz", says = "unknown option '%-%-xyz'" },
    { "-p", "1", says = "unknown option '%-p'" },
    { "--port", says = "'%-%-port' needs a value %(N%)" },
    { "--port", "many", says = "'%-%-port' needs a port from 0 to 65535, not 'many'" },
    { "--port", "65536", says = "'%-%-port' needs a port from 0 to 65535, not '65536'" },
    { "--port=1.5", says = "'%-%-port' needs a port from 0 to 65535, not '1.5'" },
    { "--help=yes", says = "'%-%-help' takes no value" },
    { "extra", says = "unexpected argument 'extra'" },
    { "--", "--port", says = "unexpected argument '%-%-port'" },
  }
  for _, words in ipairs(wrong) do
    it("are refused: " .. table.concat(words, " "), function()
      local result = run("sandbox", table.unpack(words))
      assert.matches("^falua sandbox: " .. words.says .. "\nusage: falua sandbox %[options%]\n$", result.err)
      assert.equal("", result.out)
      assert.equal(2, result.status)
    end)
  end
end)

describe("a script with the name of a command", function()
  local folder

  setup(function()
    folder = process.temporary()
    file.write(folder.path .. "/sandbox", "print('the script', ...)")
  end)

  teardown(function() folder:remove() end)

  it("is hidden by the command", function()
    local result = process.run { "falua", "sandbox", "--help", cwd = folder.path }
    assert.matches("^usage: falua sandbox", result.out)
  end)

  it("that is missing may have been meant for the command", function()
    local result = process.run { "falua", "sandbx" }
    assert.matches("cannot open sandbx: No such file or directory\n  there is no command 'sandbx' either; "
      .. "did you mean 'falua sandbox'%?\n$", result.err)
    assert.equal(1, result.status)
    for _, name in ipairs { "./sandbx", "sandbx.lua", "qwertz" } do
      assert.matches("^[^\n]*No such file or directory\n$", process.run({ "falua", name }).err)
    end
  end)

  it("runs by its path and after --", function()
    for _, words in ipairs { { "./sandbox", "x" }, { "--", "sandbox", "x" } } do
      local result = process.run { "falua", cwd = folder.path, table.unpack(words) }
      assert.equal("the script\tx\n", result.out)
    end
  end)
end)

describe("--sandbox", function()
  local script = [[
    local fal = require "fal"
    local output = assert(fal.run("some/app", { text = "hello" }))
    local again = assert(fal.new().run("some/app", { text = "again" }))
    print(output.text, again.text)]]

  it("makes the sandbox the service, for every client", function()
    local result = process.run { "falua", "--sandbox", "-e", script,
      env = { FAL_KEY = "a:real-key", FAL_PROXY_URL = "http://127.0.0.1:9/proxy", FAL_RUN_URL = "http://127.0.0.1:9" } }
    assert.equal("", result.err)
    assert.equal("hello\tagain\n", result.out)
    assert.equal(0, result.status)
  end)

  it("works with -l, a script and its arguments", function()
    local folder <close> = process.temporary()
    file.write(folder.path .. "/script.lua",
      "print((...), fal ~= nil, os.getenv 'FAL_RUN_URL':match '^http://127.0.0.1:%d+')")
    local result = process.run { "falua", "-l", "fal", "--sandbox", "script.lua", "word", cwd = folder.path }
    assert.equal("", result.err)
    assert.matches("^word\ttrue\thttp://127", result.out)
  end)

  it("does not keep a finished script from ending", function()
    assert.equal(0, process.run({ "falua", "--sandbox", "-e", "", timeout = 20 }).status)
  end)
end)

describe("falua sandbox", function()
  local function exports_of(server)
    assert.is_truthy(server:expect "export FAL_SITE_URL=[^\n]*\n")
    local variables = {}
    for name, value in server:out():gmatch "export (FAL_[%u_]+)='([^\n]*)'\n" do variables[name] = value end
    return variables
  end

  it("serves other processes until it is stopped", function()
    local server <close> = process.start { "falua", "sandbox" }
    local variables = exports_of(server)
    local client = process.run { "falua", "-e", [[
      local output = assert(require("fal").run("some/app", { text = "from afar" }))
      print(output.text)]], env = variables }
    assert.equal("", client.err)
    assert.equal("from afar\n", client.out)
    server:kill "INT"
    local result = assert(server:wait())
    assert.equal("", result.err)
    assert.equal(130, result.status)
  end)

  it("lets jobs run as long as it is told", function()
    local server <close> = process.start { "falua", "sandbox", "--run-time", "600" }
    local client = process.run { "falua", "-e", [[
      local fal = require "fal"
      local request = assert(fal.submit("some/app", {}))
      print(select(2, request:wait { timeout = 2 }).limit)]], env = exports_of(server) }
    assert.equal("total\n", client.out)
  end)

  it("listens where it is told, or says that it cannot", function()
    local first <close> = process.start { "falua", "sandbox" }
    local port = exports_of(first).FAL_RUN_URL:match ":(%d+)/"
    local second = process.run { "falua", "sandbox", "--port", port, timeout = 20 }
    assert.matches("^%S+: [^\n]*" .. port .. "[^\n]*\n$", second.err)
    assert.equal("", second.out)
    assert.equal(1, second.status)
    first:kill "KILL"
    assert(first:wait())
    local third <close> = process.start { "falua", "sandbox", "--port=" .. port }
    assert.equal(port, exports_of(third).FAL_RUN_URL:match ":(%d+)/")
  end)
end)
