-- Prose: thirty texts that were read aloud, every pair of vocabulary words in
-- every length under the grammar checks, and text of the user's that must pass
-- unharmed.
local grammar = require "fal.prompt.grammar"
local golden = require "fixtures.prompt.data.golden"
local prompt = require "fal.prompt"
local words = require "fal.prompt.words"

local lengths = { "Short", "Medium", "Long" }

describe("golden prompts", function()
  for number, case in ipairs(golden) do
    it(("%d: %s"):format(number, case.text:sub(1, 50)), function()
      assert.equal(case.text, prompt(case.fields):text { length = case.length })
    end)
  end

  it("are thirty, of every length", function()
    local seen = {}
    for _, case in ipairs(golden) do seen[case.length] = true end
    assert.is_true(#golden >= 30 and seen.Short and seen.Medium and seen.Long)
  end)

  it("pass the grammar checks", function()
    for _, case in ipairs(golden) do
      if not case.foreign then assert.is_nil(grammar.fault(case.text), case.text) end
    end
  end)
end)

-- The fields with two words, whether of one field or of two.
local function pair_of(a, x, b, y)
  local fields = { concept = "A futuristic city at dusk" }
  fields[a] = x
  fields[b] = a == b and { x, y } or y
  return fields
end

describe("every pair of vocabulary words", function()
  for i, a in ipairs(words.fields) do
    for j = i, #words.fields do
      local b = words.fields[j]
      it(("of %s and %s reads well"):format(a, b), function()
        for _, x in ipairs(prompt.vocabulary[a]) do
          for _, y in ipairs(prompt.vocabulary[b]) do
            local p = prompt(pair_of(a, x, b, y))
            for _, length in ipairs(lengths) do
              local text = p:text { length = length }
              local fault = grammar.fault(text, true)
              assert(not fault, fault and ("%s (%s + %s, %s): %s"):format(fault, x, y, length, text))
            end
          end
        end
      end)
    end
  end
end)

describe("the three lengths", function()
  it("grow for every word", function()
    for _, field in ipairs(words.fields) do
      for _, word in ipairs(prompt.vocabulary[field]) do
        local p = prompt { concept = "A lighthouse", [field] = word }
        local short, medium, long = p:text { length = "Short" }, p:text(), p:text { length = "Long" }
        assert(#short < #medium, word)
        assert(#medium < #long, word)
      end
    end
  end)

  it("say each word in a way of its own", function()
    for _, length in ipairs(lengths) do
      local seen = {}
      for _, field in ipairs(words.fields) do
        for _, word in ipairs(prompt.vocabulary[field]) do
          local text = prompt { [field] = word }:text { length = length }
          assert(not seen[text], word)
          seen[text] = true
        end
      end
    end
  end)
end)

describe("text of the user's", function()
  local function text(fields, length) return prompt(fields):text { length = length } end

  it("passes unharmed when it is not ASCII", function()
    local texts = {
      "un café à Paris, sous la pluie", "夜の東京を走る電車", "élan vital", "Ёлка в снегу", "🦊 dans la neige",
    }
    for _, own in ipairs(texts) do
      for _, length in ipairs(lengths) do
        local found = text({ concept = own, style = "Cinematic" }, length):lower():find(own:lower(), 1, true)
        assert(found, own)
      end
    end
  end)

  it("keeps its own end and its own capitals", function()
    assert.equal("What now?", text { concept = "what now?" })
    assert.equal("Run!", text { concept = "Run!" })
    assert.equal("A fox.", text { concept = "A fox." })
    assert.equal("And then...", text { concept = "and then..." })
    assert.equal("iPhone on a table.", text { concept = "iPhone on a table" })
    assert.equal("He said \"no.\"", text { concept = "he said \"no.\"" })
    assert.equal("Down the U.S. coast in the U.S.", text { concept = "down the U.S. coast in the U.S." })
  end)

  it("is joined where it fits, and stands apart where it does not", function()
    assert.equal("A fox sleeps in the snow.", text { subject = "a fox", action = "sleeps", context = "In the snow" })
    assert.equal("A fox sleeping. The setting is a snowy field.",
      text { subject = "a fox", action = "Sleeping", context = "a snowy field" })
    assert.equal("A fox. It sleeps.", text { subject = "a fox", action = "It sleeps" })
    assert.equal("Winter. A fox sleeps.", text { concept = "Winter", subject = "a fox", action = "sleeps" })
    assert.equal("A snowy field.", text { context = "a snowy field" })
    assert.equal("A fox!", text { subject = "a fox!" })
  end)

  it("takes no longer for being hostile", function()
    local before = os.clock()
    for _, piece in ipairs { " ", ",", "a, ", " and ", ".", "'", "\"", "close up ", "\n", "ed " } do
      for _, name in ipairs { "concept", "context", "composition", "lighting", "ambiance", "audio", "negative" } do
        text { [name] = "a" .. piece:rep(3000) .. "b" }
      end
    end
    assert.is_true(os.clock() - before < 10)
  end)

  it("makes no text of nothing", function()
    assert.equal("", tostring(prompt {}))
    assert.equal("", text({ concept = " " }, "Short"))
  end)

  it("gets the sentence that its kind of phrase needs", function()
    assert.equal("The picture is held in an extreme close-up.", text { composition = "extreme close-up" })
    assert.equal("The picture follows the rule of thirds.", text { composition = "rule of thirds" })
    assert.equal("The picture is seen from a low angle.", text { composition = "low angle" })
    assert.equal("The picture relies on leading lines.", text { composition = "leading lines" })
    assert.equal("The lighting is harsh, and the mood is dreamy.", text { lighting = "harsh", ambiance = "dreamy" })
    assert.equal("The picture is held in a medium close-up.", text { composition = "Medium close up" })
    assert.equal("The picture is seen from a bird's eye view.", text { composition = "bird's eye view" })
    assert.equal("The picture shows two people in frame.", text { composition = "two people in frame" })
    assert.equal("The picture is framed by a window.", text { composition = "framed by a window" })
    assert.equal("The scene is lit by candlelight.", text { lighting = "by candlelight" })
    assert.equal("The scene is lit by soft, diffused light.", text { lighting = "Soft, diffused light" })
    assert.equal("The scene is lit by an overcast sky.", text { lighting = "overcast sky" })
    assert.equal("The scene is lit with harsh shadows.", text { lighting = "harsh shadows" })
    assert.equal("There is a sense of dread.", text { ambiance = "sense of dread" })
    assert.equal("The mood is tense and claustrophobic.", text { ambiance = "tense, claustrophobic" })
    assert.equal("The mood is that of a humid summer night.", text { ambiance = "humid summer night" })
    assert.equal("The mood is one of excitement.", text { ambiance = "excitement" })
    assert.equal("The light is that of golden hour.", text { lighting = "golden hour" })
    assert.equal("There is no music.", text { audio = "no music" })
    assert.equal("The soundtrack carries rain, wind and thunder.", text { audio = "rain, wind, thunder" })
    assert.equal('A voice says: "We go."', text { dialogue = "we go" })
    assert.equal('Keeper asks: "Who is there?"', text { dialogue = "Keeper: who is there?" })
  end)

  it("stands in for words of the vocabulary", function()
    local custom = prompt.custom
    assert.equal("The style is film noir.", text { style = custom "film noir style" })
    assert.equal("The look is at once cinematic and hand-drawn.", text { style = { "Cinematic", custom "hand-drawn" } })
    assert.equal("The scene is captured with an anamorphic lens as the camera performs a dolly zoom.",
      text { camera = custom "anamorphic lens", direction = custom "dolly zoom" })
    assert.equal("The scene is captured on 35mm film.", text { camera = custom "shot on 35mm film" })
    assert.equal("The pacing is like a heartbeat, while the image is enhanced by film grain.",
      text { pacing = custom "like a heartbeat", effects = custom "film grain" })
  end)
end)
