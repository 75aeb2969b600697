-- The build's tool that turns Lua files into a C file: any bytes, any names.
local file = require "support.file"
local process = require "support.process"

local embed = process.build .. "/src/host/falua_embed"

-- The bytes of a C string literal in several pieces.
local function value_of(literal)
  local text = literal:gsub('"%s*"', ""):gsub('^"', ""):gsub('"$', "")
  return (text:gsub("\\(%d%d%d)", function(octal) return ("\\x%02x"):format(tonumber(octal, 8)) end)
    :gsub("\\(x?)(.%x?)", function(hex, rest)
      if hex == "x" then return string.char(tonumber(rest, 16)) end
      return (rest:sub(1, 1) == "n" and "\n" or rest:sub(1, 1)) .. rest:sub(2)
    end))
end

describe("embed", function()
  local folder

  setup(function()
    folder = process.temporary()
    os.execute("mkdir -p " .. folder.path .. "/a/b")
  end)

  teardown(function() folder:remove() end)

  local function run(...)
    local output = folder.path .. "/out.c"
    local result = process.run { embed, output, folder.path, ... }
    return result, file.read(output)
  end

  it("keeps every byte", function()
    local bytes = {}
    for i = 0, 255 do bytes[#bytes + 1] = string.char(i) .. "7" end
    local all = "--[==[" .. table.concat(bytes) .. "\n??=??/\\\"\n\n\"\"?]==]"
    file.write(folder.path .. "/a/bytes.lua", all)
    local result, text = run("--", "a/bytes.lua")
    assert.equal("", result.err)
    assert.equal(all, value_of(text:match 'text0%[%] =%s*(".-");\n'))
    assert.is_nil(text:find("??", 1, true)) -- a trigraph is another character to C
    assert.is_nil(text:find "[^%g \n]")
    for line in text:gmatch "[^\n]+" do assert.is_true(#line < 90) end
  end)

  it("compiles, and keeps names and line numbers", function()
    file.write(folder.path .. "/a/lines.lua", "local word = ...\n\nerror('in line 3 of ' .. word)\n")
    local _, text = run("--", "a/lines.lua")
    local code = value_of(text:match 'code0%[%] =%s*(".-");\n')
    local ok, message = pcall(assert(load(code, "ignored", "b")), "it")
    assert.is_false(ok)
    assert.equal("a/lines.lua:3: in line 3 of it", message)
  end)

  it("names modules and chunks", function()
    file.write(folder.path .. "/a/init.lua", "")
    file.write(folder.path .. "/a/b/c.lua", "")
    local result, text = run("x.core.y", "--", "a/init.lua", "a/b/c.lua")
    assert.equal(0, result.status)
    assert.matches('{ "a", "@a/init%.lua",%s+text0, ', text)
    assert.matches('{ "a%.b%.c", "@a/b/c%.lua",%s+text1, ', text)
    assert.is_truthy(text:find('{ "x.core.y", luaopen_x_core_y },', 1, true))
    assert.is_truthy(text:find("int luaopen_x_core_y(lua_State *L);", 1, true))
  end)

  it("fails on a file that is missing, no Lua file or wrong", function()
    assert.equal("embed: cannot open '" .. folder.path .. "/a/missing.lua'\n", run("--", "a/missing.lua").err)
    file.write(folder.path .. "/a/wrong.lua", "\nx = = 1")
    local result = run("--", "a/wrong.lua")
    assert.equal("embed: cannot compile 'a/wrong.lua:2: unexpected symbol near '=''\n", result.err)
    assert.equal(1, result.status)
    file.write(folder.path .. "/a/plain.txt", "")
    assert.equal(1, run("--", "a/plain.txt").status)
    assert.equal(1, run("no separator").status)
  end)
end)
