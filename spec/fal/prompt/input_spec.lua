-- From a prompt to the input of an endpoint: the form each model wants, what
-- is lost on the way, and that every result passes the check of the models.
local models = require "fal.models"
local prompt = require "fal.prompt"

local endpoints = {
  "fal-ai/video-prompt-generator", "fal-ai/video-as-prompt", "fal-ai/kling-video/v2/master/text-to-video",
  "fal-ai/bytedance/seedance/v1/pro/text-to-video", "fal-ai/pixverse/v4/text-to-video/fast",
  "fal-ai/pixverse/v4.5/text-to-video", "fal-ai/wan-pro/text-to-video", "fal-ai/luma-dream-machine/ray-2-flash",
  "fal-ai/pika/v2.2/text-to-video", "fal-ai/pika/v2.2/image-to-video",
  "fal-ai/minimax/hailuo-02/standard/text-to-video", "fal-ai/minimax/hailuo-02/standard/image-to-video",
  "fal-ai/veo2", "fal-ai/veo3", "fal-ai/veo3/fast", "fal-ai/veo3.1/fast/image-to-video",
  "fal-ai/veo3.1/reference-to-video", "fal-ai/sora-2/text-to-video", "fal-ai/sora-2/image-to-video",
  "fal-ai/sora-2/text-to-video/pro", "fal-ai/sora-2/image-to-video/pro",
}
local director = "fal-ai/minimax/video-01-director"
local seedance = "fal-ai/bytedance/seedance/v1/pro/text-to-video"
local kling = "fal-ai/kling-video/v2/master/text-to-video"

-- What an endpoint needs besides a prompt.
local function needed(endpoint)
  local given, more = {
    image_url = "https://example.com/a.png", image_urls = { "https://example.com/a.png" },
    video_url = "https://example.com/a.mp4", video_description = "A hand holds a shoe.",
  }, {}
  for _, field in ipairs(models.find(endpoint).input) do
    if field.required then more[field.name] = given[field.name] end
  end
  return more
end

local full = prompt {
  concept = "A futuristic city at dusk", style = { "Cinematic", prompt.custom "film noir" },
  camera = "Gimbal smoothness", direction = { "Push in", "Tilt up" }, pacing = "Slow burn",
  effects = { "Holographic overlay", "Color grading" }, composition = "wide shot", lighting = "neon",
  ambiance = "warm haze", audio = "distant traffic", dialogue = "we are late", negative = { "blur", "distortion" },
  custom = "35mm",
}
local row = prompt.shots {
  subject = "a lone astronaut", style = "Cinematic",
  { action = "walks toward a crater", camera = "Drone aerials" },
  { action = "kneels", composition = "extreme close-up", direction = "Push in", negative = "text" },
  { concept = "Earth rises over the horizon", direction = "Vertical rise", audio = "silence" },
}

describe("the input of", function()
  for _, endpoint in ipairs(endpoints) do
    it(endpoint .. " is valid, whatever the prompt", function()
      assert(models.find(endpoint))
      local prompts = {
        full, row, prompt "a cat", prompt { subject = "a cat", dialogue = { "meow", "purr" } }, row:split()[2],
      }
      for _, field in ipairs { "style", "camera", "direction", "pacing", "effects" } do
        for _, word in ipairs(prompt.vocabulary[field]) do
          prompts[#prompts + 1] = prompt { concept = "A city", [field] = word }
        end
      end
      for _, p in ipairs(prompts) do
        for _, length in ipairs(prompt.vocabulary.length) do
          local input, warnings = assert(p:input(endpoint, needed(endpoint), { length = length }))
          assert.equal(input, assert(models.validate(endpoint, input)))
          for _, warning in ipairs(warnings) do assert.is_string(warning) end
        end
      end
    end)
  end

  it("takes further fields, converts them, and they stand above its own", function()
    local input = assert(full:input("fal-ai/veo3", { duration = 8, prompt = "mine" }))
    assert.equal("8s", input.duration)
    assert.equal("mine", input.prompt)
  end)

  it("leaves the caller's table alone", function()
    local more = { duration = 8 }
    assert(full:input("fal-ai/veo3", more))
    assert.same({ duration = 8 }, more)
  end)

  it("fails as the check of the models fails", function()
    local none, err = full:input("fal-ai/veo3", { duration = "9s" })
    assert.is_nil(none)
    assert.same({ "validation", "duration" }, { err.kind, err.field })
    none, err = prompt {}:input "fal-ai/veo3"
    assert.is_nil(none)
    assert.equal("prompt", err.field)
    none, err = full:input "fal-ai/minimax/voice-clone"
    assert.is_nil(none)
    assert.equal("validation", err.kind)
  end)

  it("of an endpoint that nobody knows holds everything, with a warning", function()
    local input, warnings = assert(full:input("acme/dream", { steps = 4 }))
    assert.matches("^A futuristic city.*A voice says.*Avoid blur and distortion%.$", input.prompt)
    assert.equal(4, input.steps)
    assert.equal(1, #warnings)
    assert.matches("no schema", warnings[1])
  end)

  it("is asked for in the right way", function()
    for _, wrong in ipairs {
      function() full:input() end, function() full:input("fal-ai/veo3", "8s") end,
      function() full:input("fal-ai/veo3", {}, { lenght = "Short" }) end, function() full.input("fal-ai/veo3") end,
    } do
      local ok, message = pcall(wrong)
      assert.is_false(ok)
      assert.matches("input_spec%.lua:" .. debug.getinfo(wrong, "S").linedefined .. ":", message)
    end
  end)
end)

describe("the generator", function()
  local endpoint = "fal-ai/video-prompt-generator"

  it("gets every vocabulary field in its own parameter, the rest as elements", function()
    local input = assert(full:input(endpoint, { prompt_length = "Long", custom_elements = "anamorphic" }))
    assert.same({
      input_concept = "A futuristic city at dusk", style = "Cinematic", camera_style = "Gimbal smoothness",
      camera_direction = "Push in", pacing = "Slow burn", special_effects = "Holographic overlay",
      prompt_length = "Long",
      custom_elements = "style: film noir; direction: Tilt up; effects: Color grading; composition: wide shot; "
        .. "lighting: neon; ambiance: warm haze; audio: distant traffic; dialogue: we are late; 35mm; "
        .. "avoid: blur, distortion; anamorphic",
    }, input)
  end)

  it("gets nothing that was not said", function()
    assert.same({ input_concept = "A cat" }, (prompt "a cat":input(endpoint)))
    local p = prompt { subject = "a cat", action = "sleeps", context = "in the sun", style = prompt.custom "noir" }
    assert.same({ input_concept = "A cat sleeps in the sun", custom_elements = "style: noir" }, (p:input(endpoint)))
  end)

  it("gets a row of shots as its concept", function()
    local input = assert(row:input(endpoint))
    assert.matches("^Shot 1: A lone astronaut walks.*Shot 3: Earth rises", input.input_concept)
    assert.equal("Cinematic", input.style)
    assert.equal("avoid: text", input.custom_elements)
  end)
end)

describe("negative words", function()
  local p = prompt { concept = "A cat", negative = { "blur", "no text, watermarks" } }

  it("go to their field where there is one", function()
    local input = assert(p:input(kling))
    assert.equal("blur, text, watermarks", input.negative_prompt)
    assert.equal("A cat.", input.prompt)
  end)

  it("become a sentence where the model follows sentences", function()
    assert.equal("A cat. Avoid blur, text and watermarks.", p:input("fal-ai/sora-2/text-to-video").prompt)
  end)

  it("are left out with a warning where they would be shown", function()
    local input, warnings = p:input "fal-ai/wan-pro/text-to-video"
    assert.equal("A cat.", input.prompt)
    assert.matches("negative words were left out.*blur, text, watermarks", warnings[1])
  end)

  it("of single shots count for the whole row", function()
    assert.equal("text", row:input(kling).negative_prompt)
    assert.not_matches("Avoid", row:input(kling).prompt)
  end)
end)

describe("sound", function()
  local p = prompt { concept = "A cat", audio = "rain", dialogue = "meow" }

  it("is told to models that make it", function()
    assert.equal('A cat. The soundtrack carries rain. A voice says: "Meow."', p:input("fal-ai/veo3").prompt)
  end)

  it("is left out with a warning elsewhere, and when it is switched off", function()
    local input, warnings = p:input "fal-ai/veo2"
    assert.equal("A cat.", input.prompt)
    assert.equal(2, #warnings)
    assert.equal("A cat.", p:input("fal-ai/veo3", { generate_audio = false }).prompt)
    assert.not_matches("silence", row:input(kling).prompt)
  end)
end)

describe("MiniMax director models", function()
  local function text(fields)
    local input, warnings = assert(prompt(fields):input(director))
    return input.prompt, warnings
  end

  it("read camera moves in brackets", function()
    assert.equal("[Push in] A cat.", text { concept = "A cat", direction = "Push in" })
    assert.equal("[Static shot] A cat.", text { concept = "A cat", camera = "Static tripod" })
    assert.equal("[Truck left, Pan right] A cat.", text { concept = "A cat", direction = "Orbital rotation" })
    assert.equal("[Pan left, Shake] A cat.",
      text { concept = "A cat", direction = "Pan left", camera = "Handheld urgency" })
    assert.equal("[Truck right] A cat.", text { concept = "A cat", direction = prompt.custom "truck right" })
  end)

  it("are told in prose what has no bracket", function()
    assert.equal("[Zoom in] A cat. The camera floats smoothly on a gimbal.",
      text { concept = "A cat", direction = "Zoom in", camera = "Gimbal smoothness" })
    assert.matches("^A cat%. The camera performs a dolly zoom",
      text { concept = "A cat", direction = prompt.custom "dolly zoom" })
  end)

  it("get at most three together, and no stillness beside them", function()
    local said, warnings = text { concept = "A cat", direction = { "Zoom in", "Pan left", "Tilt up", "Push in" } }
    assert.equal("[Zoom in, Pan left, Tilt up] A cat.", said)
    assert.matches("3 camera moves.*Push in", warnings[1])
    said = text { concept = "A cat", direction = "Zoom in", camera = "Static tripod" }
    assert.matches("^%[Zoom in%] A cat%.", said)
  end)

  it("get the moves of a row where they happen", function()
    local input, warnings = assert(row:input(director))
    assert.same({ "audio was left out: the result has no sound" }, warnings)
    assert.matches("%[Push in%] A lone astronaut kneels.*%[Pedestal up%] Earth rises", input.prompt)
  end)
end)

describe("Seedance", function()
  it("reads the names of shots in brackets", function()
    assert.matches("^A cat%. %[Wide shot%] The camera pushes in",
      prompt { concept = "A cat", composition = "a wide shot", direction = "Push in" }:input(seedance).prompt)
    assert.matches("^A cat%. %[Extreme macro shot%] The camera works",
      prompt { concept = "A cat", camera = "Macro extreme" }:input(seedance).prompt)
    assert.equal("A cat.", prompt "a cat":input(seedance).prompt)
    assert.matches("%[Aerial drone shot%] A lone.*%[Extreme close%-up%] A lone.*%[Rising shot%] Earth",
      row:input(seedance).prompt)
  end)

  it("is told that the camera stands still", function()
    assert.is_true(prompt { concept = "A cat", camera = "Static tripod" }:input(seedance).camera_fixed)
    local panning = prompt { concept = "A cat", camera = "Static tripod", direction = "Pan left" }
    assert.is_nil(panning:input(seedance).camera_fixed)
  end)
end)

describe("PixVerse", function()
  it("has names of its own for some styles", function()
    local pixverse = "fal-ai/pixverse/v4.5/text-to-video"
    local input = prompt { concept = "A cat", style = prompt.custom "3D animation" }:input(pixverse)
    assert.same({ "3d_animation", "A cat." }, { input.style, input.prompt })
    assert.is_nil(prompt { concept = "A cat", style = "Animation" }:input(pixverse).style)
  end)
end)

describe("a row of shots", function()
  it("is numbered where the model follows sequences", function()
    local input, warnings = row:input(kling)
    assert.equal("The look is cinematic, with deep contrast and a strong sense of scale. "
      .. "Shot 1: A lone astronaut walks toward a crater. The camera soars above the scene on a drone. "
      .. "Shot 2: A lone astronaut kneels. The picture is held in an extreme close-up. "
      .. "The camera pushes in toward the heart of the scene. "
      .. "Shot 3: Earth rises over the horizon. The camera rises straight up to take in the whole scene.",
      input.prompt)
    assert.same({ "audio was left out: the result has no sound" }, warnings)
  end)

  it("comes with a warning where it does not", function()
    local _, warnings = row:input "fal-ai/luma-dream-machine/ray-2-flash"
    assert.matches("row of shots; :split", table.concat(warnings, "\n"))
  end)
end)

describe("limits of length", function()
  local image = "fal-ai/minimax/image-01"

  it("are kept at a word boundary, and what was lost is told", function()
    local p = prompt(("été "):rep(500) .. "end of it")
    local input, warnings = assert(p:input(image))
    assert.is_true(utf8.len(input.prompt) <= 1500)
    assert.is_true(utf8.len(input.prompt) > 1490)
    assert.matches("été$", input.prompt)
    assert.matches("prompt was cut to 1500 characters; lost: \"été", warnings[1])
    assert.is_true(#warnings[1] < 400)
  end)

  it("do not touch what fits", function()
    local p = prompt(("x"):rep(1499))
    assert.equal(1500, #p:input(image).prompt)
    assert.same({}, select(2, p:input(image)))
  end)

  it("cut a word only when there is nothing else", function()
    assert.equal(1500, utf8.len(prompt(("語"):rep(2000)):input(image).prompt))
  end)
end)
