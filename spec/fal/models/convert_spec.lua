-- The exact conversions: what is turned into the valid value, and what is not.
local models = require "fal.models"

describe("the exact conversions", function()
  local convert = require "fal.models.convert"

  it("turn a value into the one that equals it but for form", function()
    local cases = {
      { 5, { "5", "10" }, "5" }, { 8, { "4s", "8s" }, "8s" }, { "8", { 4, 8, 12 }, 8 }, { "5s", { "5", "10" }, "5" },
      { 5.0, { "5", "10" }, "5" }, { 720, { "720p", "1080p" }, "720p" }, { "512", { "512P", "768P" }, "512P" },
      { 32000, { "8000", "32000" }, "32000" }, { "8s", { 4, 8 }, 8 },
    }
    for _, case in ipairs(cases) do
      local found = convert.to_enum(case[1], case[2])
      assert.equal(case[3], found)
      assert.equal(math.type(case[3]), math.type(found))
    end
  end)

  it("touch nothing else", function()
    local cases = {
      { 7, { "5", "10" } }, { 5.5, { "5" } }, { "5 s", { "5s" } }, { "5p", { "5s" } }, { "720P", { "720p" } },
      { true, { "1" } }, { "auto", { "5" } }, { 4.5, { "v4.5" } }, { 5, { "5s", "5p" } }, { "16/9", { "16:9" } },
      { "-5", { "5" } }, { {}, { "5" } }, { "", { "5" } },
    }
    for _, case in ipairs(cases) do assert.is_nil(convert.to_enum(case[1], case[2])) end
  end)

  it("happen within nested tables without changing the caller's", function()
    local inner = { { mask_url = "https://example.com/m.png", trajectories = { { x = 1.0, y = 2 } } } }
    local input = { prompt = "x", image_url = "https://example.com/a.png", dynamic_masks = inner }
    local out = assert(models.validate("fal-ai/kling-video/v1/standard/image-to-video", input))
    assert.are_not.equal(input, out)
    assert.equal("integer", math.type(out.dynamic_masks[1].trajectories[1].x))
    assert.equal("float", math.type(inner[1].trajectories[1].x))
    assert.equal(inner, input.dynamic_masks)
    local setting = { text = "x", audio_setting = { sample_rate = 32000 } }
    assert.equal("32000", models.validate("fal-ai/minimax/speech-02-hd", setting).audio_setting.sample_rate)
  end)
end)
