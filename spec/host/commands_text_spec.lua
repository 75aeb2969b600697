-- The text rooms of the commands alone: places inside values, JSON with names
-- in order.
local json = require "fal.core.json"
local jsontext = require "falua.jsontext"
local path = require "falua.path"

describe("path", function()
  it("reads places", function()
    assert.same({ "a" }, path.parse "a")
    assert.same({ "a", "b", 1, "c" }, path.parse "a.b[1].c")
    assert.same({ "a", 12, 3 }, path.parse "a[12][3]")
    assert.same({ "a-b", "c d" }, path.parse "a-b.c d")
    for _, text in ipairs { "", ".", ".a", "a.", "a..b", "[1]", "a[", "a[x]", "a]", "a[1]b", "a[-1]" } do
      assert.is_nil(path.parse(text), text)
    end
  end)

  it("writes them as they are read", function()
    for _, text in ipairs { "a", "a.b[1].c", "a[12][3]" } do assert.equal(text, path.text(path.parse(text))) end
  end)

  it("finds what is there", function()
    local value = { a = { b = { { c = false } } } }
    assert.is_false(path.get(value, path.parse "a.b[1].c"))
    assert.is_nil(path.get(value, path.parse "a.b[2].c"))
    assert.is_nil(path.get(value, path.parse "a.b[1].c.d"))
    assert.is_nil(path.get("text", path.parse "len"))
  end)

  local function built(...)
    local root = {}
    for _, text in ipairs { ... } do
      local done, problem = path.set(root, path.parse(text), true)
      if not done then return problem end
    end
    return root
  end

  it("builds objects and lists on the way", function()
    assert.same({ a = { b = true, c = true } }, built("a.b", "a.c"))
    assert.same({ a = { true, true } }, built("a[]", "a[]"))
    assert.same({ a = { { x = true, y = true }, { x = true } } }, built("a[].x", "a[1].y", "a[].x"))
    assert.is_true(json.is_array(built("a[]").a))
  end)

  it("says what does not go together", function()
    assert.equal("a is given twice", built("a", "a"))
    assert.equal("a.b is given twice", built("a.b", "a.b"))
    assert.equal("a is a single value", built("a", "a.b"))
    assert.equal("a is a list", built("a[]", "a.b"))
    assert.equal("a is no list", built("a.b", "a[]"))
    assert.equal("a has 1 items", built("a[]", "a[3]"))
    assert.equal("a has 0 items", built "a[0]")
  end)
end)

describe("jsontext", function()
  local texts = {
    '{"a":[1,2.5,[],{}],"b":{"c":null},"d":"x/y \\\\/ \\"z\\""}', "[]", "{}", "null", "true", '"http://x/"',
    "12345678901234567890123", "9007199254740993", '{"":"empty name"}', '["\\\\"]',
  }
  for _, text in ipairs(texts) do
    it("keeps " .. text, function()
      assert.equal(text, jsontext.of(json.decode(text)))
      assert.equal(text, jsontext.of(json.decode(jsontext.of(json.decode(text), true))))
    end)
  end

  it("sorts names and indents", function()
    local names, expected = {}, {}
    for i = 100, 199 do
      names["n" .. i] = i
      expected[#expected + 1] = ('"n%d":%d'):format(i, i)
    end
    assert.equal("{" .. table.concat(expected, ",") .. "}", jsontext.of(names))
    local value = { a = { 1, json.array {} }, b = {} }
    assert.equal('{\n  "a": [\n    1,\n    []\n  ],\n  "b": {}\n}', jsontext.of(value, true))
  end)
end)
