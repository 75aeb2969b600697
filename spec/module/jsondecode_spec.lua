-- Decoding JSON: nothing that the text says is lost, whichever release of
-- lua-cjson does the coding, and what is not JSON is refused.
local json = require "fal.core.json"

local function nested(n, inner)
  return ("["):rep(n) .. (inner or "") .. ("]"):rep(n)
end

-- The one element of a decoded list.
local function only(text)
  local list, message = json.decode("[" .. text .. "]")
  return assert(list, message)[1]
end

local function same(expected, value)
  assert.are.equal(expected, value)
  assert.are.equal(math.type(expected), math.type(value))
end

describe("decoding", function()
  it("gives integers of 64 bits exactly, and floats as floats", function()
    local cases = {
      { "0", 0 }, { "-0", 0 }, { "7", 7 }, { "-12", -12 },
      { "9007199254740993", 9007199254740993 }, { "281474976710655", 281474976710655 },
      { "999999999999999999", 999999999999999999 }, { "1000000000000000001", 1000000000000000001 },
      { "9223372036854775807", math.maxinteger }, { "-9223372036854775808", math.mininteger },
      { "1.0", 1.0 }, { "-0.0", -0.0 }, { "1e3", 1000.0 }, { "1E+2", 100.0 }, { "0.1", 0.1 }, { "2.5e-3", 0.0025 },
      { "1e-400", 0.0 }, { "1.7976931348623157e308", 1.7976931348623157e308 },
    }
    for _, case in ipairs(cases) do
      same(case[2], only(case[1]))
      same(case[2], json.decode(case[1]))
      same(case[2], json.decode('{"a":{"b":[' .. case[1] .. "]}}").a.b[1])
    end
  end)

  it("keeps what fits in no number of Lua as fal.number", function()
    local numbers = {
      "9223372036854775808", "18446744073709551615", "-9223372036854775809", "1e400", "-1e999",
      "123456789012345678901234567890", "1" .. ("0"):rep(400), "1" .. ("0"):rep(400) .. ".5",
    }
    for _, digits in ipairs(numbers) do
      local seed = only(digits)
      assert.is_true(json.is_number(seed))
      assert.are.equal(digits, tostring(seed))
      assert.are.equal(seed, json.number(digits))
      assert.are.equal(digits, json.encode(seed))
      assert.are.equal('{"seed":' .. digits .. "}", json.encode { seed = seed })
    end
    assert.are_not.equal(json.number "1", json.number "2")
    assert.is_false(json.is_number(1))
    assert.is_false(json.is_number(io.stdout))
  end)

  it("keeps [] apart from {}", function()
    for _, text in ipairs { "[]", "{}", "[[],{}]", "[{}]", '{"a":[]}', '{"a":{}}', nested(5), '[{"a":{"b":[[],[{}]]}}]',
                            "[[1,[]],[[],1]]" } do
      assert.are.equal(text, json.encode(assert(json.decode(text))))
    end
    assert.are.equal("[]", json.encode(json.decode " [ \n\t ] "))
    assert.is_true(json.is_array(json.decode "[]"))
    assert.is_false(json.is_array(json.decode "{}"))
  end)

  it("gives null a value of its own", function()
    local value = json.decode '{"a":null,"b":[null,1]}'
    assert.are.equal(json.null, value.a)
    assert.are.equal(json.null, value.b[1])
    assert.are.equal(json.null, json.decode "null")
    assert.are.equal("[null]", json.encode { json.null })
    assert.are.equal(require("cjson").null, json.null)
  end)

  it("keeps strings as they are: zeros, escapes, characters of all lengths", function()
    same("a\0b", only [["a\u0000b"]])
    same('"\\/\b\f\n\r\t', only [["\"\\\/\b\f\n\r\t"]])
    same("é€🎬", only [["\u00e9\u20ac\ud83c\udfac"]])
    same("é€🎬", only '"é€🎬"')
    same("\1=5", only [["\u0001=5"]])
    same(("x"):rep(100000), only('"' .. ("x"):rep(100000) .. '"'))
  end)

  it("puts U+FFFD for half a surrogate pair", function()
    same("\u{FFFD}", only [["\ud83c"]])
    same("a\u{FFFD}b", only [["a\udfacb"]])
    same("\u{FFFD}🎬\u{FFFD}", only [["\ud83c\ud83c\udfac\udfac"]])
    same("\\ud83c", only [["\\ud83c"]])
    local value = json.decode [[{"\ud83c":{"n":1},"s":"\ud83c","n":2}]]
    same(1, value["\u{FFFD}"].n)
    same(2, value.n)
  end)

  it("finds numbers under escaped keys", function()
    local value = json.decode [[{"a\"b":1,"\u00e9":{"\\":2},"c\/d":[]}]]
    same(1, value['a"b'])
    same(2, value["é"]["\\"])
    assert.is_true(json.is_array(value["c/d"]))
  end)

  it("lets the last of several equal names win", function()
    for text, back in pairs {
      ['{"a":1,"a":2}'] = '{"a":2}', ['{"a":1,"a":"x"}'] = '{"a":"x"}', ['{"a":"x","a":1}'] = '{"a":1}',
      ['{"a":1,"a":2.5}'] = '{"a":2.5}', ['{"a":{"b":1},"a":{"b":2}}'] = '{"a":{"b":2}}',
      ['{"a":{"b":1},"a":7}'] = '{"a":7}', ['{"a":[],"a":[1]}'] = '{"a":[1]}',
      ['{"a":18446744073709551615,"a":1.5}'] = '{"a":1.5}', ['{"a":1e400,"a":1}'] = '{"a":1}',
    } do
      assert.are.equal(back, json.encode(json.decode(text)))
    end
  end)

  it("copes with more exact values than it expects", function()
    local list = {}
    for i = 1, 5000 do list[i] = ("[%d,{},[]]"):format(i) end
    local text = "[" .. table.concat(list, ",") .. "]"
    local value = json.decode(text)
    same(5000, value[5000][1])
    assert.are.equal(text, json.encode(value))
  end)

  it("refuses what is not JSON", function()
    local texts = {
      "", " ", "[", "]", "[}", '{"a"', '{"a" 1}', "{a:1}", "[1,]", "[1 2]", '{"a":1}x', "tru", "[truex]", "NaN",
      "Infinity", "[nan]", "[-inf]", "+1", "01", "1.", ".5", "1e", "0x10", "--1", "1-2", "-", '"', '"\\', '"\\x"',
      '"\\u12', '"\\u12g4"', "[1]\0", '["a\0b"]', "\0[1]", "1\0", "/**/1", "\u{FEFF}1", "'a'",
    }
    for _, text in ipairs(texts) do
      local value, message = json.decode(text)
      assert(value == nil, text)
      assert(message:find "^not JSON: .* at character %d+$", message)
    end
  end)

  it("refuses 200,000 brackets at once, and more than 1,000 levels", function()
    for _, text in ipairs { ("["):rep(200000), ('{"a":'):rep(200000), nested(200000), nested(1001) } do
      local start = os.clock()
      local value, message = json.decode(text)
      assert.is_nil(value)
      assert.matches("nested deeper than 1000 levels", message, 1, true)
      assert.is_true(os.clock() - start < 1)
    end
    for _, inner in ipairs { "", "1", "{}", '{"a":1}' } do
      local text = nested(inner:find "{" and 999 or 1000, inner)
      assert.are.equal(text, json.encode(assert(json.decode(text))))
    end
  end)

  it("wants a string", function()
    assert.has_error(function() json.decode() end)
    assert.has_error(function() json.decode {} end)
  end)
end)
