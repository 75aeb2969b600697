-- Endpoints of the catalogue: their outputs, their files, their refusals.
local digest = require "fal.core.digest"
local media = require "fal.sandbox.media"
local wire = require "fal.sandbox.wire"

local seedance <const> = "fal-ai/bytedance/seedance/v1/pro/text-to-video"

local w
setup(function() w = wire.open() end)
teardown(function() w:close() end)

local function output(endpoint, input)
  local answer = w:post("/run/" .. endpoint, input)
  assert(answer.status == 200, answer.body)
  return answer.json, answer.headers["x-fal-billable-units"]
end

-- Width, height and kinds of tracks of an MP4, from its boxes.
local function look_into(mp4)
  assert(mp4:sub(5, 8) == "ftyp" and mp4:find("moov", 1, true) < mp4:find("mdat", 1, true))
  local at = mp4:find("avc1", mp4:find("stsd", 1, true), true)
  local width, height = (">I2I2"):unpack(mp4, at + 28)
  return width, height, mp4:find("mp4a", 1, true) ~= nil
end

describe("a video", function()
  it("has the shape that was asked for", function()
    for _, ratio in ipairs { "16:9", "9:16", "1:1", "4:3", "3:4", "21:9" } do
      local video = output(seedance, { prompt = "x", aspect_ratio = ratio }).video
      local answer = w:get(video.url, { Authorization = false })
      assert.are.equal("video/mp4", answer.headers["content-type"])
      assert.are.equal(video.file_size, #answer.body)
      local width, height, sound = look_into(answer.body)
      local wide, high = ratio:match "(%d+):(%d+)"
      assert.are.equal(wide / high, width / height)
      assert.is_false(sound)
    end
  end)

  it("has sound where the model makes some", function()
    local function sound(endpoint, input)
      local _, _, has = look_into(w:get(output(endpoint, input).video.url).body)
      return has
    end
    assert.is_true(sound("fal-ai/veo3/fast", { prompt = "x" }))
    assert.is_false(sound("fal-ai/veo3/fast", { prompt = "x", generate_audio = false }))
    assert.is_false(sound("fal-ai/veo2", { prompt = "x" }))
    assert.is_true(sound("fal-ai/sora-2/text-to-video", { prompt = "x" }))
  end)

  it("brings the other fields of its page", function()
    local made, units = output(seedance, { prompt = "x", seed = 5 })
    assert.are.same({ 5, "output.mp4", "video/mp4" }, { made.seed, made.video.file_name, made.video.content_type })
    assert.are.equal("1", units)
    made, units = output("fal-ai/sora-2/text-to-video", { prompt = "x", duration = 8 })
    assert.are.equal("8", units)
    assert.is_string(made.video_id)
    units = select(2, output("fal-ai/sora-2/text-to-video", { prompt = "x", duration = 8, api_key = "theirs" }))
    assert.are.equal("0", units)
  end)
end)

describe("pictures and speech", function()
  it("are as many and as long as they say", function()
    local made, units = output("fal-ai/minimax/image-01", { prompt = "x", num_images = 3, aspect_ratio = "3:4" })
    assert.are.equal(3, #made.images)
    assert.are.equal("3", units)
    assert.are_not.equal(made.images[1].url, made.images[2].url)
    assert.are.equal("\xff\xd8\xff", w:get(made.images[1].url).body:sub(1, 3))
    made = output("fal-ai/minimax/speech-02-turbo", { text = "x" })
    assert.are.equal("audio/mpeg", made.audio.content_type)
    assert.are.equal(1152, made.duration_ms)
    made = output("fal-ai/minimax/speech-02-turbo", { text = "x", audio_setting = { format = "pcm" } })
    assert.are.equal("RIFF", w:get(made.audio.url).body:sub(1, 4))
  end)

  it("are what their names say", function()
    local starts = {
      ["image/png"] = "\x89PNG", ["image/jpeg"] = "\xff\xd8", ["audio/wav"] = "RIFF", ["audio/flac"] = "fLaC",
    }
    for name in pairs(require "fal.sandbox.data.media") do
      local item = media.find(name)
      local start = starts[item.type] or ""
      assert.are.equal(start, item.data:sub(1, #start))
      assert.is_true(#item.data > 200 and #item.data < 16 * 1024, name)
      assert.is_string(item.suffix)
    end
  end)

  it("come as data URIs where that is asked for", function()
    local uri = media.data_uri(media.find "image 1:1 png")
    assert.are.equal("\x89PNG", digest.unbase64(uri:match "^data:image/png;base64,(.*)$"):sub(1, 4))
  end)
end)

describe("a shape", function()
  local function chosen(input, kind) return media.choose(kind or "image", { id = "x" }, input) end

  it("is the nearest there is", function()
    assert.are.equal("image 16:9 jpeg", chosen { image_size = "landscape_16_9" })
    assert.are.equal("image 4:5 jpeg", chosen { image_size = { width = 400, height = 500 } })
    assert.are.equal("image 21:9 png", chosen { aspect_ratio = "5:2", output_format = "png" })
    assert.are.equal("video 16:9", chosen({ aspect_ratio = "auto" }, "video"))
    assert.are.equal("image 1:1 jpeg", chosen { aspect_ratio = "1:0", image_size = { width = "wide" } })
  end)
end)

describe("the prompt generator", function()
  it("uses what it was given", function()
    local input = {
      input_concept = "a futuristic city at dusk", style = "Cinematic", camera_style = "Gimbal smoothness",
      camera_direction = "Push in", pacing = "Slow burn", special_effects = "Holographic overlay",
      custom_elements = "neon rain", prompt_length = "Short",
    }
    local prompt = output("fal-ai/video-prompt-generator", input).prompt
    assert.are.equal("A futuristic city at dusk, ", prompt:sub(1, 27))
    for name, word in pairs(input) do
      if name ~= "prompt_length" then assert.is_truthy(prompt:lower():find(word:lower(), 1, true), name) end
    end
    input.prompt_length = "Long"
    assert.is_true(#output("fal-ai/video-prompt-generator", input).prompt > #prompt)
    assert.is_falsy(output("fal-ai/video-prompt-generator", { input_concept = "x" }).prompt:find "none")
  end)
end)

describe("a bad input", function()
  local function fault(input, endpoint)
    local answer = w:post("/run/" .. (endpoint or "fal-ai/veo3/fast"), input)
    assert.are.equal(422, answer.status)
    assert.are.equal("0", answer.headers["x-fal-billable-units"])
    return answer.json.detail[1], #answer.json.detail
  end

  it("is refused with place, text, type and context", function()
    local found = fault { prompt = "x", aspect_ratio = "2:1" }
    assert.are.same({ "body", "aspect_ratio" }, found.loc)
    assert.are.same({ "one_of", { "9:16", "16:9", "1:1" } }, { found.type, found.ctx.expected })
    assert.is_string(found.msg)
    assert.are.same({ "body", "prompt" }, (fault {}).loc)
    assert.are.equal("dict_type", (fault "[1]").type and fault('"x"').type)
  end)

  it("is refused where only the client may convert", function()
    local found, count = fault({ prompt = "x", duration = 5 }, seedance)
    assert.are.same({ 1, { "body", "duration" }, "one_of" }, { count, found.loc, found.type })
  end)

  it("comes out of the queue as a refusal, without an error in the status", function()
    local _, path = w:submit("fal-ai/veo3/fast", { prompt = 1 })
    local status = w:get(path .. "/status")
    assert.are.same({ 200, "COMPLETED" }, { status.status, status.json.status })
    assert.is_nil(status.json.error)
    assert.are.equal(422, w:get(path).status)
  end)

  it("may have fields that nobody knows", function()
    output("fal-ai/veo3/fast", { prompt = "x", newest_field = 1 })
  end)
end)
