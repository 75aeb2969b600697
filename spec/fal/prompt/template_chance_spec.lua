-- Templates by chance: counts and walks against brute force for 500 random
-- templates, draws within statistical bounds, what an edit leaves alone, and
-- a parser fed with nonsense. Every run uses the same seeds.
local prompt = require "fal.prompt"

-- A small generator for the spec itself.
local function chance(seed)
  local state = seed
  return function(n)
    state = (state * 6364136223846793005 + 1442695040888963407)
    return (state >> 33) % n + 1
  end
end

-- A random template: its text and, by brute force, its combinations in order.
local random_seq

local function cross(left, right, separator)
  local made = {}
  for _, a in ipairs(left) do
    for _, b in ipairs(right) do made[#made + 1] = a .. separator .. b end
  end
  return made
end

-- The picks in the order of an odometer: by positions first, then by content.
local function brute_picks(options, n)
  local made, chosen = {}, {}
  local function choose(first, left)
    if left == 0 then
      local texts = options[chosen[1]]
      for i = 2, n do texts = cross(texts, options[chosen[i]], ", ") end
      for _, text in ipairs(texts) do made[#made + 1] = text end
      return
    end
    for i = first, #options - left + 1 do
      chosen[n - left + 1] = i
      choose(i + 1, left - 1)
    end
  end
  choose(1, n)
  return made
end

local lists = { animals = "cat\ndog # barks\n\n{old|young} mule", one = "only" }
local atoms = {
  { "a", { "a" } }, { " b", { " b" } }, { "\\{", { "{" } }, { "é", { "é" } }, { "{name}", { "Ada" } },
  { "__animals__", { "cat", "dog", "old mule", "young mule" } }, { "__one__", { "only" } }, { "", { "" } },
}

local function random_choice(random, depth)
  local count, texts, options = random(3), {}, {}
  for i = 1, count do
    texts[i], options[i] = random_seq(random, depth + 1)
    -- A choice of one bare word would be the name of a value.
    if count == 1 then texts[i], options[i] = "-" .. texts[i], cross({ "-" }, options[i], "") end
  end
  if random(3) > 1 then
    if random(3) == 1 then texts[1] = "2.5::" .. texts[1] end
    local made = {}
    for _, option in ipairs(options) do table.move(option, 1, #option, #made + 1, made) end
    return "{" .. table.concat(texts, "|") .. "}", made
  end
  local take = random(count)
  for i, option in ipairs(options) do
    texts[i] = "<" .. texts[i] .. ">"
    options[i] = cross(cross({ "<" }, option, ""), { ">" }, "")
  end
  return "{" .. take .. "$$" .. table.concat(texts, "|") .. "}", brute_picks(options, take)
end

function random_seq(random, depth)
  local text, combinations = "", { "" }
  for _ = 1, random(3) do
    local more, made
    if depth < 3 and random(2) == 1 then
      more, made = random_choice(random, depth)
    else
      more, made = table.unpack(atoms[random(#atoms)])
    end
    if #made * #combinations <= (depth == 0 and 3000 or 25) then
      text, combinations = text .. more, cross(combinations, made, "")
    end
  end
  return text, combinations
end

it("500 random templates count and walk as by brute force", function()
  local random = chance(20)
  local most = 0
  for number = 1, 500 do
    local text, expected = random_seq(random, 0)
    local t = prompt.template(text)
    local values = { name = "Ada", lists = lists }
    assert.equal(#expected, t:count(values), text)
    if number % 5 == 0 or #expected < 50 then assert.same(expected, t:all(values), text) end
    local known = {}
    for _, one in ipairs(expected) do known[one] = true end
    for _, one in ipairs(t:sample(20, values, { seed = number })) do assert(known[one], text) end
    most = math.max(most, #expected)
  end
  assert.is_true(most > 500)
end)

-- How far counts are from what was expected, in standard deviations of the
-- chi-squared statistic: above 4 is a scandal.
local function deviation(samples, shares)
  local count, chi, freedom = {}, 0, -1
  for _, text in ipairs(samples) do count[text] = (count[text] or 0) + 1 end
  for text in pairs(count) do assert(shares[text], text) end
  for text, share in pairs(shares) do
    local expected = share * #samples
    chi = chi + ((count[text] or 0) - expected) ^ 2 / expected
    freedom = freedom + 1
  end
  return (chi - freedom) / math.sqrt(2 * freedom)
end

local function even(texts)
  local shares = {}
  for _, text in ipairs(texts) do shares[text] = 1 / #texts end
  return shares
end

describe("draws", function()
  local function fair(text, shares, values)
    local t = prompt.template(text)
    for seed = 1, 10 do
      local off = deviation(t:sample(5000, values, { seed = seed }), shares)
      assert(off < 4.5, ("%s, seed %d: %.1f"):format(text, seed, off))
    end
  end

  it("are uniform over the options", function()
    fair("{a|b}", even { "a", "b" })
    fair("{a|b|c|d|e|f|g}", even { "a", "b", "c", "d", "e", "f", "g" })
    fair("__l__", even { "x", "y", "z" }, { lists = { l = "x\ny\nz" } })
    fair("{{a|b}|{c|d}}", even { "a", "b", "c", "d" })
  end)

  it("are uniform over the pairs of equal choices", function()
    fair("{a|b|c}{a|b|c}", even { "aa", "ab", "ac", "ba", "bb", "bc", "ca", "cb", "cc" })
    fair("__l__{x|y}__l__", even { "xxx", "xxy", "xyx", "xyy", "yxx", "yxy", "yyx", "yyy" }, { lists = { l = "x\ny" } })
    fair("{2$${a|b}|{a|b}}", even { "a, a", "a, b", "b, a", "b, b" })
    fair("__l____l__", even { "aa", "ab", "ba", "bb" }, { lists = { l = "{a|b}" } })
  end)

  it("are uniform over what several take", function()
    fair("{2$$a|b|c|d}", even { "a, b", "a, c", "a, d", "b, c", "b, d", "c, d" })
    fair("{3$$a|b|c|d}", even { "a, b, c", "a, b, d", "a, c, d", "b, c, d" })
  end)

  it("follow the weights", function()
    fair("{3::a|b}", { a = 0.75, b = 0.25 })
    fair("{0.5::a|2::b|2.5::c}", { a = 0.1, b = 0.4, c = 0.5 })
    -- Two of three by weight 2, 1, 1: a first 1/2; a second after b or c 2 * 1/4 * 2/3.
    fair("{2$$2::a|b|c}", { ["a, b"] = 5 / 12, ["a, c"] = 5 / 12, ["b, c"] = 1 / 6 })
  end)

  it("are uniform over seeds too", function()
    local t, first = prompt.template "{a|b|c} {d|e}", {}
    for seed = -2000, 2000 do first[#first + 1] = t:fill(nil, { seed = seed }) end
    assert.is_true(deviation(first, even { "a d", "a e", "b d", "b e", "c d", "c e" }) < 4.5)
  end)

  it("are the same on every platform", function()
    local t = prompt.template "{3::red|green|blue} {2$$fox|owl|hare}, __light__"
    local lists_of_light = { lists = { light = "dawn\n{deep|pale} dusk" } }
    assert.same({
      "red fox, owl, pale dusk",
      "red fox, hare, dawn",
      "red owl, hare, dawn",
      "green owl, hare, deep dusk",
      "red fox, owl, pale dusk",
      "blue owl, hare, dawn",
    }, t:sample(6, lists_of_light, { seed = 42 }))
  end)

  it("are a row: the first of many are the few, and the first is fill", function()
    local t = prompt.template "{a|b|c|d}{e|f|g|h}"
    local many = t:sample(50)
    assert.same({ table.unpack(many, 1, 10) }, t:sample(10))
    assert.equal(many[1], t:fill())
    assert.same(many, t:sample(50, {}, { seed = 1 }))
    assert.not_same(many, t:sample(50, {}, { seed = 2 }))
    assert.same({}, t:sample(0))
  end)
end)

describe("an edit", function()
  -- The texts of the places that both templates share must be equal.
  local function unmoved(before, after, ...)
    local places = { ... }
    local old = prompt.template(before):sample(200, { lists = { l = "p\nq\nr" } })
    local new = prompt.template(after):sample(200, { lists = { l = "p\nq\nr" } })
    for i = 1, 200 do
      local a, b = {}, {}
      for part in (old[i] .. "/"):gmatch "(.-)/" do a[#a + 1] = part end
      for part in (new[i] .. "/"):gmatch "(.-)/" do b[#b + 1] = part end
      for _, place in ipairs(places) do assert.equal(a[place], b[place]) end
    end
  end

  it("of one choice leaves the others' draws as they were", function()
    unmoved("{a|b|c}/{d|e|f}/{2$$g|h|i}/__l__", "{a|b|c|new}/{d|e|f}/{2$$g|h|i}/__l__", 2, 3, 4)
    unmoved("{a|b|c}/{d|e|f}/{g|h}", "{a|b|c}/{5::d|e|f}/{g|h}", 1, 3)
    unmoved("{a|b|c}/{d|e|f}/__l__", "{a|b|c}/{d|e|f}/{p|q}", 1, 2)
    unmoved("x{a|b|c}/{d|e|f}", "other words {a|b|c}/{d|e|f}", 2)
  end)

  it("of a nested choice leaves the choice around it, and its siblings", function()
    unmoved("{1/{a|b}|2/{a|b}|3/x}/{d|e|f}", "{1/{a|b|c|d}|2/{a|b}|3/x}/{d|e|f}", 1, 3)
    unmoved("{{a|b}-|{c|d}-}/{e|f}", "{{a|b}-|{c|d}-}/{e|f|g}", 1)
  end)

  it("that puts a new choice in front leaves the others", function()
    unmoved("/{a|b|c}/{d|e|f}", "{new|newer}/{a|b|c}/{d|e|f}", 2, 3)
  end)

  it("of the values changes no draw", function()
    local t = prompt.template "{name} {a|b|c}"
    local one, other = t:sample(100, { name = "x" }), t:sample(100, { name = "y" })
    for i = 1, 100 do assert.equal(one[i]:sub(-1), other[i]:sub(-1)) end
  end)
end)

it("nonsense is read or refused, in bounded time", function()
  local random = chance(7)
  local pieces = {
    "{", "}", "|", "\\", "#", "\n", "_", "__", "__a__", "$$", "2$$", "3::", "a", " ", "é", "\xFF", "{x}", "::", "0",
    "/", "..", "{a|b}",
  }
  local accepted, before = 0, os.clock()
  for _ = 1, tonumber(os.getenv "FUZZ" or 20000) do
    local parts = {}
    for i = 1, random(24) do parts[i] = pieces[random(#pieces)] end
    local text = table.concat(parts)
    local ok, result = pcall(prompt.template, text)
    if ok then
      accepted = accepted + 1
      local fine, count, err = pcall(result.count, result, { x = "v", lists = { a = "1\n2" } })
      assert(fine and (count and count > 0 or err.kind == "io" or err.kind == "validation")
        or count:find "no value is given", text)
    else
      assert(type(result) == "string" and result:find "line %d+, column %d+: ", text)
    end
  end
  assert.is_true(accepted > 100)
  assert.is_true(os.clock() - before < 0.0005 * tonumber(os.getenv "FUZZ" or 20000))
end)
