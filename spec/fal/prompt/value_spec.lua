-- Prompt values: how they are made, checked, joined, compared and taken apart.
local json = require "fal.core.json"
local prompt = require "fal.prompt"

local function message_of(fn, ...)
  local ok, message = pcall(fn, ...)
  assert.is_false(ok)
  return message
end

describe("a prompt", function()
  local base = prompt {
    concept = "A city", style = "Cinematic", effects = { "Color grading", "Light painting" },
    negative = { "blur", "distortion" }, pacing = prompt.custom "like a heartbeat",
  }

  it("gives its fields by name, in order, and as a plain table", function()
    assert.equal("Cinematic", base.style)
    assert.same({ "Color grading", "Light painting" }, base.effects)
    assert.is_nil(base.camera)
    local names = {}
    for name in pairs(base) do names[#names + 1] = name end
    assert.same({ "concept", "style", "pacing", "effects", "negative" }, names)
    assert.same({ custom = "like a heartbeat" }, base:fields().pacing)
  end)

  it("can be made again from its fields, through JSON too", function()
    assert.equal(base, prompt(base:fields()))
    assert.equal(base, prompt(json.decode(json.encode(base:fields()))))
    assert.not_equal(base, base .. { style = "Simple" })
    assert.not_equal(base, prompt "A city")
    assert.is_false(base == { concept = "A city" })
  end)

  it("is made of a text, and of a prompt", function()
    assert.equal(prompt { concept = "A city" }, prompt "A city")
    assert.equal(base, prompt(base))
  end)

  it("never changes in place", function()
    assert.matches("never changes", message_of(function() base.style = "Simple" end))
    base.effects[1] = "Wire removal"
    base:fields().style = "Simple"
    assert.equal("Color grading", base.effects[1])
    assert.equal("Cinematic", base.style)
    assert.is_nil(next(base))
  end)

  it("joins with a table, a prompt and a text", function()
    local joined = base .. { direction = "Zoom in" }
    assert.equal("Zoom in", joined.direction)
    assert.is_nil(base.direction)
    assert.equal("Simple", (base .. prompt { style = "Simple" }).style)
    assert.matches("Kodak Portra%.$", tostring(base .. "kodak Portra"))
    assert.same({ "one", "two" }, ((base .. "one") .. "two").custom)
    assert.equal("prompt: A city.", "prompt: " .. prompt "A city")
    assert.matches("cannot be joined", message_of(function() return base .. true end))
  end)

  it("loses a field that becomes None, false, empty or blank", function()
    for _, nothing in ipairs { "None", false, {}, { "None" }, " " } do
      assert.is_nil((base .. { effects = nothing }).effects)
    end
    assert.equal(prompt {}, prompt { camera = "None", effects = {} })
  end)

  it("takes long lists in their stride", function()
    local list = {}
    for i = 1, 20000 do list[i] = "thing " .. i end
    local began = os.clock()
    local long = prompt { concept = "a", negative = list } .. "one more"
    assert.equal(20000, #long.negative)
    assert.is_true(os.clock() - began < 2)
  end)

  it("takes words in any case, and each word once", function()
    assert.equal("Push in", prompt { direction = "push IN" }.direction)
    assert.equal("Zoom in", prompt { direction = { "Zoom in", "zoom in" } }.direction)
  end)

  it("is told apart from other tables", function()
    assert.is_true(prompt.is(base))
    assert.is_true(prompt.is(prompt.shots { "a" }))
    assert.is_false(prompt.is {})
    assert.is_false(prompt.is "text")
  end)
end)

describe("misuse", function()
  -- The line of the message must be that of the caller.
  local function here(fn)
    local message = message_of(fn)
    local line = debug.getinfo(fn, "S").linedefined
    assert.matches("value_spec%.lua:" .. line .. ":", message)
    return message
  end

  it("names the nearest words, at the caller's line", function()
    assert.matches('"Cinematic"', here(function() prompt { style = "Cinematc" } end))
    assert.matches('"Gimbal smoothness"', here(function() prompt { camera = "gimbal" } end))
    assert.matches('"Slow burn"', here(function() prompt { pacing = "slow" } end))
    assert.matches('"Lens flare artistry"', here(function() prompt { effects = { "Lens flares" } } end))
    assert.matches('"style"', here(function() prompt { stile = "Cinematic" } end))
    assert.matches('"Zoom out"', here(function() return prompt "a" .. { direction = "Zoom away" } end))
    assert.matches("prompt%.custom", here(function() prompt { style = "Noir" } end))
  end)

  it("is raised for what is no text", function()
    assert.matches("a table of fields or of a string", here(function() prompt(7) end))
    assert.matches("takes text", here(function() prompt { concept = {} } end))
    assert.matches("takes words", here(function() prompt { style = 3 } end))
    assert.matches("takes a text", here(function() prompt.custom "" end))
    assert.matches("unknown length", here(function() prompt "a":text { length = "Huge" } end))
    assert.matches("unknown option", here(function() prompt "a":text { size = "Short" } end))
    assert.matches("options are a table", here(function() prompt "a":text "Short" end))
    assert.matches("options are a table", here(function() prompt "a":input("fal-ai/veo3", {}, "Short") end))
    assert.matches("options are a table", here(function() prompt "a":expand "Short" end))
    assert.matches("use a colon", here(function() prompt "a".text() end))
  end)

  it("is raised for a list with a hole, of which the rest would be lost", function()
    local wet = false
    local function effects() return { "Color grading", wet and "Weather simulation" or nil, "Light painting" } end
    assert.matches('"effects".* nothing at 2', here(function() prompt { effects = effects() } end))
    assert.matches('"negative".* nothing at 1', here(function() prompt { negative = { [2] = "blur" } } end))
    assert.matches('"audio".* the key "a"', here(function() prompt { audio = { "rain", a = "wind" } } end))
  end)

  it("keeps long texts out of its message", function()
    assert.is_true(#message_of(function() prompt { style = ("x"):rep(5000) } end) < 400)
  end)
end)

describe("the vocabulary", function()
  it("is that of the service, and its own copy", function()
    local count = {}
    for name, list in pairs(prompt.vocabulary) do count[name] = #list end
    assert.same({ style = 10, camera = 20, direction = 17, pacing = 19, effects = 20, model = 12, length = 3 }, count)
    prompt.vocabulary.style[11] = "Noir"
    assert.is_false(pcall(prompt, { style = "Noir" }))
    prompt.vocabulary.style[11] = nil
  end)

  it("agrees with the schema of the generator", function()
    local parameters = {
      style = "style", camera = "camera_style", direction = "camera_direction", pacing = "pacing",
      effects = "special_effects", model = "model", length = "prompt_length",
    }
    local enums = {}
    for _, field in ipairs(require("fal.models").find("fal-ai/video-prompt-generator").input) do
      enums[field.name] = field.enum
    end
    for name, parameter in pairs(parameters) do
      local words = {}
      for _, word in ipairs(enums[parameter]) do
        if word ~= "None" then words[#words + 1] = word end
      end
      assert.same(words, prompt.vocabulary[name])
    end
  end)
end)

describe("variations", function()
  local base = prompt { concept = "A city", style = "Simple" }

  it("are all combinations, the last field turning fastest", function()
    local list = base:vary { pacing = { "Slow burn", "None" }, style = { "Cinematic", prompt.custom "noir" } }
    assert.equal(4, #list)
    assert.equal(base .. { style = "Cinematic", pacing = "Slow burn" }, list[1])
    assert.equal(base .. { style = "Cinematic" }, list[2])
    assert.equal("noir", list[4].style.custom)
    assert.same({ base }, base:vary {})
    assert.equal(0, #base:vary { style = {} })
  end)

  it("take lists of words as one content", function()
    local list = base:vary { effects = { { "Color grading", "Light painting" }, "Wire removal" } }
    assert.same({ "Color grading", "Light painting" }, list[1].effects)
    assert.equal("Wire removal", list[2].effects)
  end)

  it("are checked", function()
    assert.matches('"Dynamic"', message_of(base.vary, base, { style = { "Dinamic" } }))
    assert.matches("unknown field", message_of(base.vary, base, { stile = {} }))
    assert.matches("a list", message_of(base.vary, base, { style = "Simple" }))
    local many = {}
    for i = 1, 400 do many[i] = "line " .. i end
    assert.matches("more than 100000", message_of(base.vary, base, { audio = many, lighting = many }))
    local beyond = {}
    for _, name in ipairs { "concept", "subject", "action", "context", "audio", "lighting", "ambiance", "custom" } do
      beyond[name] = table.move(many, 1, 256, 1, {})
    end
    assert.matches("more than 100000", message_of(base.vary, base, beyond)) -- 2^64 of them
  end)
end)
