-- Encoding JSON: every digit that counts, arrays that stay arrays, and the path
-- of whatever cannot be sent.
local json = require "fal.core.json"

local function same(expected, value)
  assert.are.equal(expected, value)
  assert.are.equal(math.type(expected), math.type(value))
end

describe("encoding", function()
  it("sends every digit that counts and no more", function()
    local cases = {
      { 1, "1" }, { -7, "-7" }, { 99999999999999, "99999999999999" }, { 100000000000000, "100000000000000" },
      { 281474976710655, "281474976710655" }, { 9007199254740993, "9007199254740993" },
      { math.maxinteger, "9223372036854775807" }, { math.mininteger, "-9223372036854775808" },
      { 3.0, "3.0" }, { -0.0, "-0.0" }, { 0.1, "0.1" }, { 7.5, "7.5" }, { 0.1 + 0.2, "0.30000000000000004" },
      { 1 / 3, "0.3333333333333333" }, { 1e100, "1e+100" }, { 2.0 ^ 53, "9007199254740992.0" }, { 1e15, "1e+15" },
      { 5e-324, "4.94065645841247e-324" }, { 12345.678901, "12345.678901" }, { 1e-7, "1e-07" },
    }
    for _, case in ipairs(cases) do
      assert.are.equal(case[2], json.encode(case[1]))
      assert.are.equal('{"a":[' .. case[2] .. "]}", json.encode { a = { case[1] } })
      same(case[1], json.decode(case[2]))
    end
  end)

  it("takes 1..n, or a mark, for an array, and an empty table for an object", function()
    assert.are.equal("[1,2,3]", json.encode { 1, 2, 3 })
    assert.are.equal("{}", json.encode {})
    assert.are.equal("[]", json.encode(json.array {}))
    assert.are.equal("[]", json.encode(json.array()))
    assert.are.equal("[[],{},[1]]", json.encode { json.array(), {}, json.array { 1 } })
    local late = json.array()
    late[1] = "a"
    assert.are.equal('["a"]', json.encode(late))
    local reversed = {}
    for i = 20, 1, -1 do reversed[i] = i end
    assert.are.equal("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]", json.encode(reversed))
    assert.are.equal("[1,2]", json.encode { [1.0] = 1, [2.0] = 2 })
  end)

  it("sends strings that look like its own marks", function()
    local texts = { "\1", "\1=1", "\1-x", "\1=[]", '"\1=1', '\\"\1=1', "\\", "\\\\", '\\"', "a\1=b", "\1\1=1" }
    for _, text in ipairs(texts) do
      for _, value in ipairs { { text, 3.0 }, { text, json.array(), text }, { [text] = text, x = 3.0 }, { text } } do
        assert.are.same(value, json.decode(json.encode(value)))
      end
    end
    local all = { keep = 3.0, list = texts }
    for _, text in ipairs(texts) do all[text] = text end
    assert.are.same(all, json.decode(json.encode(all)))
  end)

  it("names the path of what cannot be sent", function()
    local cycle = { a = { { b = {} } } }
    cycle.a[1].b.up = cycle.a
    local deep = {}
    for _ = 1, 1500 do deep = { deep } end
    local cases = {
      { 0 / 0, "NaN is not a JSON number" },
      { { images = { { seed = 1 }, { seed = 0 / 0 } } }, "images[2].seed: NaN is not a JSON number" },
      { { 1, 1 / 0 }, "[2]: infinity is not a JSON number" },
      { { a = -1 / 0 }, "a: infinity is not a JSON number" },
      { { f = print }, "f: function is not a JSON value" },
      { { { io.stdout } }, "[1][1]: userdata is not a JSON value" },
      { coroutine.create(print), "thread is not a JSON value" },
      { nil, "nil is not a JSON value" },
      { { 1, 2, nil, 4 }, "the array has gaps" },
      { { a = { [2] = 1 } }, "a: the array has gaps" },
      { { [0] = 1 }, "the array has gaps" },
      { { [math.mininteger] = 1 }, "the array has gaps" },
      { { a = { 1, 2, x = 3 } }, "a: the array has named fields as well" },
      { json.array { x = 1 }, "the array has named fields as well" },
      { { a = { [true] = 1 } }, "a: a key is neither a string nor an index" },
      { { [1.5] = 1 }, "a key is neither a string nor an index" },
      { { a = "\xff" }, "a: the string is not UTF-8" },
      { { a = { "ok", "\xed\xa0\x80" } }, "a[2]: the string is not UTF-8" },
      { { a = { b = "cut \xe2\x82", n = 3.0 } }, "a.b: the string is not UTF-8" },
      { "\xc0\x80", "the string is not UTF-8" },
      { { a = { ["\xff"] = 1 } }, "a: a key is not UTF-8" },
      { { ["two words"] = { ["a\nb"] = print } }, '["two words"]["a?b"]: function is not a JSON value' },
      { cycle, "a[1].b.up: the table contains itself" },
      { deep, "[1][1][1][1][1][1][1][1][1][1][1][1]...: the value is nested deeper than 1000 levels" },
      { { [("k"):rep(50)] = print }, '["' .. ("k"):rep(40) .. '..."]: function is not a JSON value' },
    }
    for _, case in ipairs(cases) do
      local text, message = json.encode(case[1])
      assert.is_nil(text)
      assert.are.equal(case[2], message)
    end
    assert.has_error(function() json.encode() end)
  end)

  it("takes a table that stands twice, but not in itself", function()
    local shared = { seed = 3.0 }
    assert.are.equal('[{"seed":3.0},{"seed":3.0}]', json.encode { shared, shared })
  end)

  it("sends texts of megabytes, and small ones after them", function()
    local long = ("0123456789é"):rep(200000)
    for _, value in ipairs { { long, 3.0 }, { 1 }, { long }, { json.array() } } do
      assert.are.same(value, json.decode(assert(json.encode(value))))
    end
  end)

  it("leaves the caller's tables alone", function()
    local inner = setmetatable({ n = 3.0 }, { __index = error, __newindex = error, __len = error, __pairs = error })
    local value = { inner, { inner }, json.array(), "\1=", ["x"] = nil }
    assert.are.equal([==[[{"n":3.0},[{"n":3.0}],[],"\u0001="]]==], json.encode(value))
    same(3.0, inner.n)
    assert.are.equal(inner, value[2][1])
    assert.are.equal(4, #value)
  end)

  it("calls no metamethods", function()
    local called
    local function trap() called = true return 5 end
    local traps = { __index = trap, __len = trap, __pairs = trap, __eq = trap, __tostring = trap }
    assert.are.equal("[[1],{}]", json.encode { setmetatable({ 1 }, traps), setmetatable({}, traps) })
    assert.is_nil(called)
  end)
end)
