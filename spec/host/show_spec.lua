-- How the prompt shows values: as Lua, in order, within bounds, with colour only
-- when asked for, and nothing that does something to the terminal.
local failure = require "fal.core.error"
local json = require "fal.core.json"
local show = require "falua.repl.show"

local function text_of(value, colour) return show.value(value, { width = 80, colour = colour }) end

local function nested(depth) return depth == 0 and 1 or { nested(depth - 1) } end

describe("a value at the prompt", function()
  local cases = {
    { "an integer and a float", { 1, 1.0 }, "{ 1, 1.0 }" },
    { "names in order, after the list", { "x", b = 1, a = true, [10] = 2 }, '{ "x", [10] = 2, a = true, b = 1 }' },
    { "names that are none", { ["a b"] = 1, ["end"] = 2 }, '{ ["a b"] = 1, ["end"] = 2 }' },
    { "null, an empty list and an empty table", { json.null, json.array {}, {} }, "{ fal.null, fal.array {}, {} }" },
    { "control characters inside a table", { "a\n\27[2J\0\"\\" }, [[{ "a\n\027[2J\000\"\\" }]] },
    { "control characters alone", "a\tb\n\27[2J", "a\tb\n\\027[2J" },
    { "bytes that are no text", { "\xff\xfe" }, [[{ "\255\254" }]] },
    { "a long string, cut between characters", { ("\u{e9}"):rep(200) },
      '{\n  "' .. ("\u{e9}"):rep(80) .. '..." (400 B)\n}' },
    { "a data URI, shorter still", { "data:image/png;base64," .. ("A"):rep(3000) },
      '{ "data:image/png;base64,' .. ("A"):rep(18) .. '..." (3.0 kB) }' },
    { "six levels", nested(8), "{ { { { { { {...} } } } } } }" },
    { "a string of a megabyte", ("x"):rep(1 << 20), ("x"):rep(10000) .. "... (1.0 MB)" },
    { "a value that speaks for itself", setmetatable({}, { __tostring = function() return "me\27" end }), [[me\027]] },
    { "its lines as lines", setmetatable({}, { __tostring = function() return "plan:\n  step" end }), "plan:\n  step" },
    { "but not in a table", { setmetatable({}, { __tostring = function() return "plan:\n" end }) }, [[{ plan:\n }]] },
    { "a value that fails to", setmetatable({}, { __tostring = function() error "no" end }), "?" },
  }
  for _, case in ipairs(cases) do
    it("shows " .. case[1], function() assert.equal(case[3], text_of(case[2])) end)
  end

  it("is cut after forty entries and two hundred lines", function()
    local list, deep = {}, {}
    for i = 1, 45 do list[i] = i end
    assert.matches("40,\n  %.%.%. 5 more\n}$", text_of(list))
    for i = 1, 40 do
      deep[i] = {}
      for k = 1, 10 do deep[i]["name" .. k] = ("y"):rep(60) end
    end
    local text, lines = text_of(deep), 0
    for _ in text:gmatch "\n" do lines = lines + 1 end
    assert.equal(200, lines)
    assert.matches("\n%.%.%. %d+ more lines$", text)
  end)

  it("may hold itself", function()
    local value = { 1 }
    value.me = value
    assert.equal("{ 1, me = { itself } }", text_of(value))
  end)

  it("takes several lines where one is too wide", function()
    assert.equal(('{\n  a = "%s",\n  b = "%s"\n}'):format(("x"):rep(40), ("y"):rep(40)),
      text_of { a = ("x"):rep(40), b = ("y"):rep(40) })
  end)

  it("is its line when it is an error", function()
    local err = failure.new { kind = "io", message = "no room", hint = "make some" }
    assert.equal("io: no room; make some", text_of(err))
  end)

  it("has colours when they are wanted, and their end", function()
    assert.equal('{ \27[36m1\27[0m, \27[32m"x"\27[0m, \27[2mfal.null\27[0m }', text_of({ 1, "x", json.null }, true))
    assert.matches("^\27%[31mio: x\27%[0m$", text_of(failure.new { kind = "io", message = "x" }, true))
    assert.is_nil(text_of({ 1, "x", json.null, { failure.new { kind = "io", message = "x" } } }):find "\27")
  end)
end)
