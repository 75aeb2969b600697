-- What users install: LuaRocks and CMake put the same files in place, and a
-- plain lua5.4 program works with nothing but these. Builds once from a copy
-- of the sources, so that it takes a while.
local process = require "support.process"
local tree = require "support.tree"

local folder, rock, plain

local function shell(command, ...)
  local done = process.run { "sh", "-ec", command, "sh", folder.path, ..., timeout = 600, env = {
    CMAKE_BUILD_PARALLEL_LEVEL = "2",
  } }
  assert(done.status == 0, done.out .. done.err)
  return done.out
end

-- The files below a prefix, sorted; what LuaRocks keeps for itself left out,
-- but for what it has no other place for: manual page and completions.
local function files(prefix)
  local list = {}
  for line in shell("cd '" .. prefix .. "' && find . ! -type d | LC_ALL=C sort"):gmatch "%./([^\n]+)" do
    line = line:gsub("^lib/luarocks/rocks%-5%.4/fal/scm%-1/share/", "share/")
    if not line:find "^lib/luarocks/" then list[#list + 1] = line end
  end
  table.sort(list)
  return list
end

setup(function()
  folder = process.temporary()
  rock, plain = folder.path .. "/rock", folder.path .. "/plain"
  shell [[
    mkdir "$1/source"
    cp -R CMakeLists.txt LICENSE README.md src lua rockspec "$1/source/"
    cd "$1/source"
    luarocks --lua-version 5.4 make --deps-mode none --tree "$1/rock" rockspec/fal-scm-1.rockspec]]
  shell [[
    cmake -S "$1/source" -B "$1/build" -DCMAKE_BUILD_TYPE=Release -DFAL_TESTS=OFF \
      -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR=lib >/dev/null
    cmake --build "$1/build" -j 2 >/dev/null
    DESTDIR="$1/dest" cmake --install "$1/build" >/dev/null
    mv "$1/dest/usr" "$1/plain"]]
end)

-- Builds and installs what libcurl and lua-cjson alone allow; returns the prefix.
local function build_the_core_alone()
  shell [[
    cmake -S "$1/source" -B "$1/small" -DCMAKE_BUILD_TYPE=Debug -DFAL_TESTS=OFF -DFAL_HOST=OFF \
      -DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON -DCMAKE_INSTALL_PREFIX="$1/core" -DCMAKE_INSTALL_LIBDIR=lib >/dev/null
    cmake --build "$1/small" -j 2 >/dev/null
    cmake --install "$1/small" >/dev/null]]
  return folder.path .. "/core"
end

-- Runs Lua code with the modules of a prefix and no others of ours.
local function run_with(prefix, code)
  return process.run { "lua5.4", "-e", code, cwd = "/", env = {
    LUA_PATH = prefix .. "/share/lua/5.4/?.lua;" .. prefix .. "/share/lua/5.4/?/init.lua;;",
    LUA_CPATH = prefix .. "/lib/lua/5.4/?.so;;",
  } }
end

teardown(function() folder:remove() end)

-- What a rockspec says, without the name of its own version and where it comes from.
local function rockspec(path)
  local said = {}
  assert(loadfile(path, "t", said))()
  local version, source = said.version, said.source
  said.version, said.source = nil, nil
  return said, version, source
end

-- What CMake says when it is asked to configure anew, words joined by single spaces.
local function configured(...)
  local build <close> = process.temporary()
  local done = process.run { "cmake", "-S", folder.path .. "/source", "-B", build.path, ... }
  return done.status, (done.err:gsub("%s+", " "))
end

describe("the rockspec of the release", function()
  it("is that of a checkout, for the version that CMake states", function()
    local here = rockspec "rockspec/fal-scm-1.rockspec"
    local version = tree.read("CMakeLists.txt"):match "project%(fal VERSION ([%d.]+)"
    local there, named, source = rockspec(("rockspec/fal-%s-1.rockspec"):format(version))
    assert.same(here, there)
    assert.equal(version .. "-1", named)
    assert.equal("v" .. version, source.tag)
  end)
end)

describe("CMake", function()
  it("says in one sentence when there is another Lua", function()
    local headers = folder.path .. "/lua5.3"
    shell("mkdir -p \"$2\" && echo '#define LUA_VERSION_NUM 503' > \"$2/lua.h\"", headers)
    local status, said = configured("-DLUA_INCLUDE_DIR=" .. headers)
    assert.equal(1, status)
    assert.matches("fal needs Lua 5%.4, and %S+/lua5%.3 is another version's%. ", said)
  end)

  it("names what to install when there is no libcurl or no Lua", function()
    local status, said = configured "-DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON"
    assert.equal(1, status)
    assert.matches("curl/curl%.h is missing%. Install it with one of apt%-get install libcurl4%-openssl%-dev "
      .. "dnf install libcurl%-devel apk add curl%-dev brew install curl ", said)
    status, said = configured "-DCMAKE_DISABLE_FIND_PACKAGE_Lua=ON"
    assert.equal(1, status)
    assert.matches("lua%.h is missing%. Install it with one of apt%-get install liblua5%.4%-dev dnf install lua%-devel "
      .. "apk add lua5%.4%-dev brew install lua@5%.4 ", said)
  end)
end)

describe("LuaRocks and CMake", function()
  it("install the same files", function()
    local installed = files(plain)
    assert.same(installed, files(rock))
    assert.is_true(#installed > 10)
  end)

  it("install the definitions for editors, all of them", function()
    local there = {}
    for _, name in ipairs(files(plain)) do there[name] = true end
    local list = tree.files("lua/fal/_meta", "lua")
    assert.is_true(#list > 10)
    for _, path in ipairs(list) do assert.is_true(there["share/lua/5.4/" .. path:sub(5)], path) end
  end)

  for _, name in ipairs { "rock", "plain" } do
    it("leave a module that a plain program can use: " .. name, function()
      local prefix = folder.path .. "/" .. name
      local done = run_with(prefix, [[
        local fal = require "fal"
        for _, verb in ipairs { "run", "submit", "status", "result", "cancel" } do
          assert(type(fal[verb]) == "function", verb)
        end
        local out, err = fal.run("owner/app", { prompt = "x" })
        assert(out == nil and err.kind == "config", tostring(err))
        print(package.searchpath("fal.core", package.cpath) or package.searchpath("fal", package.cpath))]])
      assert.equal("", done.err)
      assert.equal(prefix .. "/lib/lua/5.4/fal.so\n", done.out)
    end)

    it("leave a sandbox that it can be tried with: " .. name, function()
      local done = run_with(folder.path .. "/" .. name, [[
        local fal = require "fal"
        local sandbox <close> = assert(require("fal.sandbox").start { queue_time = 0, run_time = 0 })
        fal.config(sandbox.config)
        local video = assert(fal.subscribe("fal-ai/veo3/fast", { prompt = "a fox" }))
        print(video.video.content_type, sandbox:accepted())]])
      assert.equal("", done.err)
      assert.equal("video/mp4\t1\n", done.out)
    end)
  end

  it("leave out what lacks a library, and say which", function()
    local prefix = build_the_core_alone()
    assert.same({ "lib/lua/5.4/fal.so" }, { files(prefix)[1] })
    local done = run_with(prefix, [[
      print(require("fal").run ~= nil)
      for _, name in ipairs { "server", "digest", "store" } do
        print(select(2, pcall(require, "fal.core." .. name)))
      end]])
    assert.matches("^true\nfal.core.server was not built, for want of libmicrohttpd [^\n]*\n"
      .. "fal.core.digest was not built, for want of libcrypto [^\n]*\n"
      .. "fal.core.store was not built, for want of libsqlite3 [^\n]*\n$", done.out)
  end)

  it("leave a host binary that needs none of the modules", function()
    local done = process.run { plain .. "/bin/falua", "-e", [[print(require("fal").new ~= nil)]], cwd = "/", env = {
      LUA_PATH = "/nowhere/?.lua",
      LUA_CPATH = package.cpath,
    } }
    assert.equal("true\n", done.out .. done.err)
  end)
end)
