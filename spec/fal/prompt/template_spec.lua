-- Templates: the notation and its errors, values and word lists, counting and
-- walking, on single cases. The proofs by chance are in template_chance_spec.
local file = require "support.file"
local prompt = require "fal.prompt"
local process = require "support.process"

local function all(text, values) return prompt.template(text):all(values) end

local function message_of(fn, ...)
  local ok, message = pcall(fn, ...)
  assert.is_false(ok)
  return message
end

describe("a template", function()
  it("chooses, nests, and keeps everything else", function()
    assert.same({ "a x", "b x", "c x" }, all "{a|b|c} x")
    assert.same({ "a1", "a2", "b" }, all "{a{1|2}|b}")
    assert.same({ "plain: 50% | 3::2 $$ _x_" }, all "plain: 50% | 3::2 $$ _x_")
    assert.same({ "" }, all "")
    assert.same({ "cat", "very big cat" }, all "{|very big }cat")
    assert.same({ "two words" }, all "{two words}")
  end)

  it("takes several, in the order written", function()
    assert.same({ "a, b", "a, c", "b, c" }, all "{2$$a|b|c}")
    assert.same({ "a, b, c" }, all "{3$$ a | b | c }")
    assert.same({ "a, b1", "a, b2" }, all "{2$$a|b{1|2}}")
  end)

  it("weighs, without counting a weight", function()
    assert.equal(2, prompt.template("{3::a|b}"):count())
    assert.same({ "a", "b" }, all "{0.5::a|2.25::b}")
    assert.same({ "a", "b" }, all "{ 3::a|b}")
    assert.same({ "16::9" }, all "{1::16::9}")
  end)

  it("escapes, and drops comments and layout", function()
    assert.same({ "{a|b} # \\ __x__" }, all "\\{a\\|b\\} \\# \\\\ \\_\\_x\\_\\_")
    assert.same({ "aé|", "b" }, all "{a\\é\\||b}")
    assert.same({ "a cat\nsits" }, all "a cat # or a dog\nsits")
    assert.same({ "one\ntwo" }, all "# head\none\n   # between\ntwo\n# end")
    assert.same({ "x 1", "x 2" }, all "x {\n  1  # first\n  |\n  2\n}\n")
  end)

  it("puts in values as they are", function()
    assert.same({ "a {b|c} 3 true" }, all("a {what} {n} { word }", { what = "{b|c}", n = 3, word = "true" }))
    assert.equal("A fox.", prompt.template("{p}"):fill { p = prompt "a fox" })
  end)

  it("shows its text and never changes", function()
    local t = prompt.template "{a|b}"
    assert.equal("{a|b}", tostring(t))
    assert.matches("never changes", message_of(function() t.text = "x" end))
  end)
end)

describe("a broken template", function()
  local cases = {
    { "a {b|c", "line 1, column 3: { is never closed" },
    { "a\nb}c", "line 2, column 2: } without a {" },
    { "é {3$$a|b}", "line 1, column 3: the choice takes 3 of 2" },
    { "{0$$a|b}", "takes 0 of 2" },
    { "{99999999999999999999$$a|b}", "of 2 options" },
    { "{a$$b|c}", "column 3: $$ stands only after a number" },
    { "{0::a|b}", "column 2: the weight 0 is not between" },
    { "{1.23456::a|b}", "the weight 1.23456" },
    { "{-1::a|b}", "the weight -1 is not between" },
    { "{1e5::a|b}", "the weight 1e5 is not between" },
    { "{1::a|b|99999999999999999::c}", "the weight 99999999999999999" },
    { "a __ b", "column 3: __ begins the name of a word list" },
    { "__../secret__", "begins the name" }, { "__/etc/passwd__", "begins the name" },
    { "__a//b__", "begins the name" }, { "__a/__", "begins the name" }, { "__a.b__", "begins the name" },
    { "end\\", "column 4: \\ at the end" },
    { ("{"):rep(101) .. "a" .. ("}"):rep(101), "column 101: nested more than 100 deep" },
    { ("{"):rep(1000000), "column 101: nested more than 100 deep" },
    { ("}"):rep(1000000), "column 1: } without" },
    { ("a"):rep(1048577), "at most 1048576 bytes" },
    { "{1$$" .. ("|"):rep(1000) .. "}", "at most 1000 options" },
  }
  for _, case in ipairs(cases) do
    it("raises for " .. case[1]:sub(1, 30):gsub("\n", " "), function()
      local message = message_of(function() prompt.template(case[1]) end)
      assert(message:find(case[2], 1, true), message)
      assert.matches("template_spec%.lua:%d+:", message)
    end)
  end

  it("ends before long, whatever it is", function()
    local before = os.clock()
    for _, piece in ipairs { "{a|", "{2$$", "\\", "__a", "# x\n", "{ ", "|", "}{", "{x}", "3::" } do
      pcall(prompt.template, piece:rep(1000000 // #piece))
    end
    for _, run in ipairs { "1", " ", "1.", "a", "\t", "_" } do
      for _, frame in ipairs { "{%s}", "{%s::a|b}", "{a|%s", "%sx#", "__%s", "{2$$%s|b}" } do
        pcall(prompt.template, frame:format(run:rep(500000 // #run)))
      end
    end
    assert.is_true(os.clock() - before < 20)
  end)
end)

describe("values", function()
  it("that are missing are named, with their place, at the caller's line", function()
    local t = prompt.template "a\n  {who} b"
    local message = message_of(function() t:fill { whom = "x" } end)
    assert.matches("template_spec%.lua:%d+: template line 2, column 3: no value is given for {who}", message)
    assert.matches("given are whom", message)
    for _, method in ipairs { "count", "all", "each" } do
      assert.matches("no value", message_of(function() t[method](t) end))
    end
    assert.matches("no value", message_of(function() t:sample(2) end))
  end)

  it("and options are checked", function()
    local t = prompt.template "{a|b}"
    assert.matches("one text, not a table", message_of(function() t:fill { x = {} } end))
    assert.matches('nearest known: .*"seed"', message_of(function() t:fill({}, { sed = 1 }) end))
    assert.matches("not an integer", message_of(function() t:fill({}, { seed = 1.5 }) end))
    assert.matches("from 0 on", message_of(function() t:sample(-1) end))
    assert.matches("a table", message_of(function() t:fill "x" end))
    assert.matches("a string", message_of(function() prompt.template(7) end))
    assert.matches("options are a table", message_of(function() prompt.template("a", "lists") end))
  end)
end)

describe("word lists", function()
  it("come from a table", function()
    local lists = { animals = "cat\n\n# none\n  {old|young} dog \r\n", colors = { "red", "blue" } }
    assert.same({ "cat", "old dog", "young dog" }, all("__animals__", { lists = lists }))
    assert.equal(18, prompt.template("__animals__ __animals__ __colors__", { lists = lists }):count())
    assert.equal(2, prompt.template("__colors__"):count({}, { lists = lists }))
    assert.same({ "a red", "a blue" }, all("a __more__", { lists = { more = "__colors__", colors = "red\nblue" } }))
    assert.same({ "Ada's cat" }, all("__x__", { who = "Ada", lists = { x = "{who}'s cat" } }))
  end)

  it("come from a folder and its folders", function()
    local folder <close> = process.temporary()
    assert(os.execute("mkdir " .. process.quote(folder.path .. "/sea")))
    local files = { ["pets.txt"] = "\u{FEFF}cat\ndog\n", ["sea/fish.txt"] = "eel", ["bad.txt"] = "ok\n {a" }
    for name, text in pairs(files) do file.write(folder.path .. "/" .. name, text) end
    assert.same({ "cat eel", "dog eel" }, all("__pets__ __sea/fish__", { lists = folder.path }))
    assert.equal("eel", prompt.template("__sea/fish__", { lists = folder.path }):fill())
    local none, err = prompt.template("a __birds__"):fill { lists = folder.path }
    assert.is_nil(none)
    assert.same({ "io", 1, 3 }, { err.kind, err.line, err.column })
    assert.matches("birds", tostring(err))
    none, err = prompt.template("__bad__"):sample(3, { lists = folder.path })
    assert.is_nil(none)
    assert.same({ "validation", "bad.txt", 2, 1 }, { err.kind, err.file, err.line, err.column })
  end)

  local function refused(text, lists)
    local none, err = prompt.template(text):count { lists = lists }
    assert.is_nil(none)
    return tostring(err)
  end

  it("are missed where none are given", function()
    assert.matches("no word lists were given for __x__", refused("__x__"))
    assert.matches("there is no word list \"x\"", refused("__x__", {}))
    assert.matches("is empty", refused("__x__", { x = "# nothing\n\n" }))
  end)

  it("that include each other end in an error with its place", function()
    local err = refused("__a__", { a = "x\n {1|__b__}", b = "__a__" })
    assert.matches("b%.txt line 1, column 1: the word list a includes itself: a %-> b %-> a", err)
    assert.matches("includes itself", refused("__a__", { a = "__a__" }))
  end)

  it("that grow without end, or beyond measure, are refused", function()
    local endless = setmetatable({}, { __index = function(_, name) return "__" .. name .. "b__" end })
    assert.matches("more than 100 deep", refused("__a__", endless))
    local double = {}
    for i = 1, 60 do double["n" .. i] = ("__n%d__ __n%d__"):format(i + 1, i + 1) end
    double.n61 = "{a|b}"
    assert.matches("beyond 100000", refused("__n1__", double))
    assert.matches("beyond 100000", refused(("{a|b}"):rep(60000)))
  end)
end)

describe("counting", function()
  it("is exact beyond 64 bits", function()
    assert.equal(1 << 62, prompt.template(("{a|b}"):rep(62)):count())
    local big = prompt.template(("{a|b}"):rep(64)):count()
    assert.equal("18446744073709551616", tostring(big))
    assert.equal(2.0 ^ 64, big:float())
    assert.is_true(big > math.maxinteger and big > 1e19 and big < 1e20 and 5 < big)
    assert.equal(big, prompt.template(("{a|b}"):rep(64)):count())
    assert.equal("n = 18446744073709551616", "n = " .. big)
    assert.equal("9223372036854775807", tostring(prompt.template("{" .. ("{a|b}"):rep(62) .. "|x}"):count() * 2 - 3))
    local hundred = "{50$$" .. ("x|"):rep(99) .. "x}"
    assert.equal("100891344545564193334812497256", tostring(prompt.template(hundred):count()))
  end)

  it("enumerates nothing", function()
    local before = os.clock()
    assert.equal(6021, #tostring(prompt.template(("{a|b}"):rep(20000)):count()))
    assert.is_true(os.clock() - before < 5)
  end)
end)

describe("walking", function()
  it("is lazy", function()
    local each = prompt.template(("{a|b}"):rep(300)):each()
    assert.equal(("a"):rep(300), each())
    assert.equal(("a"):rep(299) .. "b", each())
  end)

  it("ends, and stays ended", function()
    local each = prompt.template("{a|b}"):each()
    assert.same({ "a", "b" }, { each(), each() })
    assert.is_nil(each())
    assert.is_nil(each())
  end)

  it("into a list stops at 100,000", function()
    assert.equal(100000, #all(("{1|2|3|4|5|6|7|8|9|0}"):rep(5)))
    assert.matches("there are 200000 combinations", message_of(all, ("{1|2|3|4|5|6|7|8|9|0}"):rep(5) .. "{a|b}"))
    assert.matches("a number of 91 digits", message_of(all, ("{a|b}"):rep(300)))
  end)
end)
