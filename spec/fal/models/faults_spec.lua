-- How faults are put into words: one line that names every field, and the
-- details that the service's own answer has.
local models = require "fal.models"

describe("the error", function()
  it("names every field at fault, in page order, with the nearest value", function()
    local _, err = models.validate("fal-ai/veo3", { aspect_ratio = "16x9", durations = "8s", seed = "1" })
    assert.equal('prompt: missing | aspect_ratio: "16x9" is not valid; did you mean "16:9"? valid: 16:9, 9:16, 1:1'
      .. ' | seed: must be a whole number, not text'
      .. ' | durations: not a field of this endpoint; did you mean "duration"?', err.message)
    assert.equal("prompt", err.field)
    assert.same({ "no", false }, { err.billed, err.retryable })
    assert.same({ { "body", "prompt" }, { "body", "aspect_ratio" }, { "body", "seed" }, { "body", "durations" } },
      { err.detail[1].loc, err.detail[2].loc, err.detail[3].loc, err.detail[4].loc })
  end)

  it("says where in nested values, counted as Lua and as the service count", function()
    local _, err = models.validate("fal-ai/kling-video/v1/standard/image-to-video", {
      prompt = "x", image_url = "https://example.com/a.png",
      dynamic_masks = { { trajectories = { { x = 1, y = "2" } } } },
    })
    assert.equal("dynamic_masks[1].mask_url", err.detail[1].field)
    assert.same({ "body", "dynamic_masks", 0, "mask_url" }, err.detail[1].loc)
    assert.equal("dynamic_masks[1].trajectories[1].y", err.detail[2].field)
    assert.same({ "body", "dynamic_masks", 0, "trajectories", 0, "y" }, err.detail[2].loc)
  end)

  it("hints how to get a newer schema when that could help", function()
    local _, unknown = models.validate("fal-ai/veo2", { prompt = "x", auto_fix = true })
    assert.is_truthy(unknown.hint:find("refresh", 1, true))
    local _, missing = models.validate("fal-ai/veo2", {})
    assert.is_nil(missing.hint)
  end)

  it("stays one line of 400 bytes and still names the fields", function()
    local input = { model = ("x"):rep(9000), style = "a\nb\0c" }
    for i = 1, 12 do input["mistake_" .. i] = ("long text "):rep(1000) end
    local _, err = models.validate("fal-ai/video-prompt-generator", input)
    local line = tostring(err)
    assert.is_true(#line <= 400 and not line:find "%c")
    for i = 1, 12 do assert.is_truthy(line:find("mistake_" .. i, 1, true)) end
    assert.equal(15, #err.detail)
    assert.is_truthy(line:find("mistake_12: unknown", 1, true))
    for i = 1, 500 do input[("ü"):rep(100) .. i] = 1 end
    _, err = models.validate("fal-ai/video-prompt-generator", input)
    assert.is_true(#tostring(err) <= 400)
    assert.is_truthy(utf8.len(tostring(err)))
    assert.is_truthy(tostring(err):find("515 fields at fault", 1, true))
  end)

  it("gives advice for so many faults, and is quick about the rest", function()
    local input, count = { prompt = "x" }, 0
    for i = 1, 60 do input["prompt" .. i] = "y" end
    local _, err = models.validate("fal-ai/veo2", input)
    for _, entry in ipairs(err.detail) do
      if entry.message:find 'did you mean "prompt"' then count = count + 1 end
    end
    assert.same({ 60, 50 }, { #err.detail, count })
  end)

  it("shows the words of a schema on one line, and not the whole of long ones", function()
    local names, valid = { name = "a\27[31m", type = "string" }, { name = "b", enum = { "\27[2J", ("x"):rep(1000) } }
    local schema = { id = "a/b", input = { names, valid } }
    for _, input in ipairs { { zzzzzz = 1 }, { ["a31m"] = 1 }, { b = "other" }, { b = "\27[2j" } } do
      local _, err = models.validate(schema, input)
      for _, fault in ipairs(err.detail) do
        assert.is_nil(fault.message:find "%c")
        assert.is_true(#fault.message < 300)
      end
    end
  end)

  it("shows no secret and no whole prompt", function()
    local _, err = models.validate("fal-ai/sora-2/text-to-video", { prompt = "x", api_key = 123456789 })
    assert.is_truthy(tostring(err):find("api_key: must be text", 1, true))
    assert.is_nil(tostring(err):find "123456789")
    local prompt = "a prompt of which the beginning is all that is told"
    _, err = models.validate("fal-ai/veo2", { prompt = "x", duration = prompt })
    assert.is_truthy(tostring(err):find('"a prompt of which', 1, true))
    assert.is_nil(tostring(err):find "is told")
  end)

  it("comes for anything that is no table of named fields", function()
    for _, input in ipairs { "text", 5, true } do
      local out, err = models.validate("fal-ai/veo2", input)
      assert.is_nil(out)
      assert.equal("dict_type", err.detail[1].type)
      assert.same({ "body" }, err.detail[1].loc)
      assert.equal("input", err.field)
    end
    assert.is_nil(models.validate("fal-ai/veo2", nil))
    assert.is_nil(models.validate("fal-ai/veo2", { "prompt" }))
  end)
end)
