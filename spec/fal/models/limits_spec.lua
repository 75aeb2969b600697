-- The limits that the pages state: lengths, counts, ranges, and what goes together.
local models = require "fal.models"

describe("limits that pages state", function()
  local function refused(id, input, fault, field)
    local out, err = models.validate(id, input)
    assert.is_nil(out)
    assert.equal(fault, err.detail[1].type)
    assert.equal(field, err.field)
    return err
  end
  local picture = "https://example.com/a.png"

  it("PixVerse: 1080p lasts 5 seconds", function()
    for _, id in ipairs { "v4.5/text-to-video", "v4/text-to-video", "v3.5/text-to-video" } do
      local input = { prompt = "x", resolution = "1080p", duration = "8" }
      local err = refused("fal-ai/pixverse/" .. id, input, "value_error", "duration")
      assert.same({ "5" }, err.allowed)
      input.duration = 8
      refused("fal-ai/pixverse/" .. id, input, "value_error", "duration")
      input.duration = nil
      assert.equal(input, models.validate("fal-ai/pixverse/" .. id, input))
    end
    refused("fal-ai/pixverse/extend", { prompt = "x", video_url = picture, resolution = 1080, duration = "8" },
      "value_error", "duration")
    local transition = {
      prompt = "x", resolution = "1080p", duration = "8", first_image_url = picture, last_image_url = picture,
    }
    assert.equal(transition, models.validate("fal-ai/pixverse/v4.5/transition", transition))
  end)

  it("Kling lip sync: 120 characters, not bytes", function()
    local function input(text) return { video_url = picture, voice_id = "AOT", text = text } end
    local id = "fal-ai/kling-video/lipsync/text-to-video"
    assert.is_truthy(models.validate(id, input(("ü"):rep(120))))
    local err = refused(id, input(("ü"):rep(121)), "string_too_long", "text")
    assert.same({ max_length = 120 }, err.detail[1].ctx)
    assert.is_nil(tostring(err):find "üü")
  end)

  it("Kling elements: four pictures", function()
    local function input(count)
      local list = {}
      for i = 1, count do list[i] = picture end
      return { prompt = "x", input_image_urls = list }
    end
    local id = "fal-ai/kling-video/v1.6/pro/elements"
    assert.is_truthy(models.validate(id, input(4)))
    assert.same({ max_length = 4 }, refused(id, input(5), "sequence_too_long", "input_image_urls").detail[1].ctx)
  end)

  it("MiniMax: lengths, counts and ranges", function()
    refused("fal-ai/minimax/speech-02-hd", { text = ("x"):rep(5001) }, "string_too_long", "text")
    refused("fal-ai/minimax/image-01", { prompt = ("x"):rep(1501) }, "string_too_long", "prompt")
    refused("fal-ai/minimax/image-01", { prompt = "x", num_images = 10 }, "less_than_equal", "num_images")
    refused("fal-ai/minimax/image-01", { prompt = "x", num_images = 0 }, "greater_than_equal", "num_images")
    refused("fal-ai/minimax/voice-design", { prompt = "x", preview_text = ("x"):rep(501) }, "string_too_long",
      "preview_text")
    refused("fal-ai/minimax/voice-clone", { audio_url = picture, accuracy = 1.1 }, "less_than_equal", "accuracy")
    for _, case in ipairs {
      { "speed", 0.4, "greater_than_equal" }, { "speed", 2.1, "less_than_equal" }, { "vol", 11, "less_than_equal" },
      { "pitch", -13, "greater_than_equal" }, { "pitch", 13, "less_than_equal" }, { "emotion", "glad", "one_of" },
    } do
      local input = { text = "x", voice_setting = { [case[1]] = case[2] } }
      refused("fal-ai/minimax/speech-02-turbo", input, case[3], "voice_setting." .. case[1])
    end
    local edge = { text = ("x"):rep(5000), voice_setting = { speed = 0.5, vol = 0, pitch = -12 } }
    assert.equal(edge, models.validate("fal-ai/minimax/speech-02-hd", edge))
  end)

  it("MiniMax Director: three camera moves in one pair of brackets", function()
    local id = "fal-ai/minimax/video-01-director"
    assert.is_truthy(models.validate(id, { prompt = "[Pan left, Zoom in, Shake] a cat" }))
    refused(id, { prompt = "[Pan left, Zoom in, Shake, Tilt up] a cat" }, "value_error", "prompt")
  end)

  it("between fields are told beside other faults, but not where a field is at fault by itself", function()
    local id = "fal-ai/pixverse/v3.5/text-to-video"
    local function faults(input)
      local list = {}
      for i, entry in ipairs(select(2, models.validate(id, input)).detail) do
        list[i] = ("%s %s"):format(entry.field, entry.type)
      end
      return list
    end
    local input = { prompt = "x", resolution = "1080p", duration = "8", stile = "anime" }
    assert.same({ "duration value_error", "stile extra_forbidden" }, faults(input))
    input.duration = "7"
    assert.same({ "duration one_of", "stile extra_forbidden" }, faults(input))
    input.resolution, input.duration = "1081p", "8"
    assert.same({ "resolution one_of", "stile extra_forbidden" }, faults(input))
  end)
end)
