-- fal.core.json as a module: there and back again at random, the values that
-- stand for what Lua has no word for, and how it finds lua-cjson.
local json = require "fal.core.json"
local process = require "support.process"

local function same(expected, value)
  assert.are.equal(expected, value)
  assert.are.equal(math.type(expected), math.type(value))
end

describe("both ways", function()
  it("keeps everything, at random", function()
    math.randomseed(20260301)
    local letters = { "a", "é", "€", "🎬", "\0", "\1", "=", "-", '"', "\\", "/", "\n", "[", "]", "{", "}", ":", "," }
    local make
    local function text()
      local list = {}
      for i = 1, math.random(0, 6) do list[i] = letters[math.random(#letters)] end
      return table.concat(list)
    end
    local function float() -- any bit pattern but NaN and infinity
      local x = string.unpack("d", string.pack("i8", math.random(0)))
      if x ~= x or x == math.huge or x == -math.huge then return 0.5 end
      return x
    end
    local leaves = {
      text, float, function() return math.random(0) end, function() return math.random(-9, 9) end,
      function() return math.random(-9, 9) + 0.0 end, function() return math.random(0, 100000) / 1000 end,
      function() return json.null end, function() return math.random() < 0.5 end,
      function() return json.number(math.random(100, 999) .. "00000000000000000000") end,
      function() return json.array() end, function() return {} end,
    }
    local function list(depth)
      local t = {}
      for i = 1, math.random(1, 5) do t[i] = make(depth - 1) end
      return t
    end
    local function object(depth)
      local t = {}
      for _ = 1, math.random(1, 5) do t[text()] = make(depth - 1) end
      return t
    end
    function make(depth)
      if depth == 0 or math.random() < 0.3 then return leaves[math.random(#leaves)]() end
      return (math.random() < 0.5 and list or object)(depth)
    end
    local function compare(a, b)
      assert.are.equal(type(a), type(b))
      if type(a) ~= "table" then return same(a, b) end
      assert.are.equal(json.is_array(a), json.is_array(b))
      for k, v in pairs(a) do compare(v, b[k]) end
      for k in pairs(b) do assert(a[k] ~= nil) end
    end
    for _ = 1, 500 do
      local value = { make(4) }
      local sent = assert(json.encode(value))
      compare(value, assert(json.decode(sent)))
    end
  end)
end)

describe("arrays and numbers", function()
  it("are told apart", function()
    assert.is_true(json.is_array { 1, 2 })
    assert.is_true(json.is_array(json.array()))
    assert.is_false(json.is_array {})
    assert.is_false(json.is_array { a = 1 })
    assert.is_false(json.is_array { 1, a = 1 })
    assert.is_false(json.is_array "x")
    local list = { 1 }
    assert.are.equal(list, json.array(list))
    assert.are.equal(list, json.array(list))
  end)

  it("refuse misuse", function()
    assert.has_error(function() json.array(5) end)
    assert.has_error(function() json.array(setmetatable({}, {})) end)
    for _, text in ipairs { "", "x", "1.", "01", "1 ", "nan", "0x1", "1]" } do
      assert.has_error(function() json.number(text) end)
    end
    assert.are.equal("5", tostring(json.number(5)))
  end)
end)

describe("the module", function()
  it("may be opened twice in a state", function()
    local path = assert(package.searchpath("fal.core.json", package.cpath) or package.searchpath("fal", package.cpath))
    local again = assert(package.loadlib(path, "luaopen_fal_core_json"))()
    assert.are_not.equal(json, again)
    assert.is_true(again.is_array(json.array()))
    assert.are.equal(json.number "5", again.number "5")
    assert.are.equal("[]", again.encode(json.decode "[]"))
  end)

  it("does not touch the instance of lua-cjson that others use", function()
    local cjson = require "cjson"
    assert.are.equal("{}", cjson.encode {})
    assert.are.equal("0.33333333333333", cjson.encode(1 / 3))
    assert.are.equal(math.huge, cjson.decode("[inf]")[1])
  end)

  it("says in one sentence that lua-cjson is missing, and finds it later", function()
    local script = [==[
      local path = package.cpath
      local json = require "fal.core.json"
      package.cpath, package.path = "", ""
      local value, message = json.decode "[1]"
      assert(value == nil and message:find "^JSON needs lua%-cjson %(apt install lua%-cjson", message)
      assert(not message:find "\n", message)
      assert(json.encode {} == nil)
      assert(json.array() and json.number "5" and json.null)
      package.cpath = path
      print(json.encode(json.decode "[1,[]]"))
    ]==]
    local child = process.run { "lua", "-e", script }
    assert.are.equal("", child.err)
    assert.are.equal("[1,[]]\n", child.out)
  end)
end)
