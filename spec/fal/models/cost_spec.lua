-- Prices: every tier of the priced pages worked out by hand, and what happens
-- where no price is known.
local cost = require "fal.models.cost"
local json = require "fal.core.json"
local models = require "fal.models"
local money = require "fal.money"
local units = require "fal.models.units"

local function exactly(id, input, dollars, working)
  local low, high, line = models.cost(id, input)
  assert.equal(dollars, low, id .. ": " .. tostring(high))
  assert.equal(dollars, high)
  assert.equal(working .. "; list price of 2025, fal.ai model page", line)
end

local function between(id, input, low, high, working)
  local least, most, line = models.cost(id, input)
  assert.same({ low, high }, { least, most })
  assert.equal(1, (line:find(working, 1, true)), line)
end

local function unknown(id, input, words, quote)
  local low, err, line = models.cost(id, input, quote)
  assert.is_nil(low)
  assert.is_nil(line)
  assert.same({ "budget", "unknown_price", id }, { err.kind, err.type, err.endpoint })
  assert.is_truthy(err.message:find(words, 1, true), err.message)
end

local function priced(unit_price, unit, currency)
  return function() return { unit_price = unit_price, unit = unit, currency = currency or "USD" } end
end

describe("the price of the model pages", function()
  it("video prompt generator: a tenth of a cent a call", function()
    exactly("fal-ai/video-prompt-generator", { input_concept = "x" }, 0.001, "1 x $0.001 = $0.001")
  end)

  it("Pika 2.2: clips of 5 seconds", function()
    for _, id in ipairs { "fal-ai/pika/v2.2/text-to-video", "fal-ai/pika/v2.2/image-to-video" } do
      exactly(id, {}, 0.2, "1 clip of 5 s x $0.20 (720p) = $0.20")
      exactly(id, { resolution = "720p", duration = 10 }, 0.4, "2 clips of 5 s x $0.20 (720p) = $0.40")
      exactly(id, { resolution = 1080 }, 0.45, "1 clip of 5 s x $0.45 (1080p) = $0.45")
      exactly(id, { resolution = "1080p", duration = 15 }, 1.35, "3 clips of 5 s x $0.45 (1080p) = $1.35")
      between(id, { duration = 7 }, 0.28, 0.4, "1.4 to 2 clips of 5 s x $0.20 (720p) = $0.28 to $0.40")
      between(id, { duration = 3 }, 0.12, 0.2, "0.6 to 1 clips of 5 s x $0.20 (720p) = $0.12 to $0.20")
      unknown(id, { duration = 0 }, "the price depends on the duration, which is 0")
      unknown(id, { duration = -5 }, "which is -5")
      unknown(id, { duration = math.maxinteger }, "which is 9223372036854775807")
      unknown(id, { duration = json.number "99999999999999999999" }, "which is 99999999999999999999")
    end
  end)

  it("Veo 3.1 from references: 8 seconds, with and without sound", function()
    local id = "fal-ai/veo3.1/reference-to-video"
    exactly(id, {}, 3.2, "8 s x $0.40 (audio on) = $3.20")
    exactly(id, { generate_audio = false, resolution = "1080p" }, 1.6, "8 s x $0.20 (audio off) = $1.60")
  end)

  it("Veo 3 Fast: 4, 6 and 8 seconds, with and without sound", function()
    local id = "fal-ai/veo3/fast"
    exactly(id, {}, 3.2, "8 s x $0.40 (audio on) = $3.20")
    exactly(id, { duration = "6s" }, 2.4, "6 s x $0.40 (audio on) = $2.40")
    exactly(id, { duration = 4 }, 1.6, "4 s x $0.40 (audio on) = $1.60")
    exactly(id, { generate_audio = false }, 2.0, "8 s x $0.25 (audio off) = $2.00")
    exactly(id, { generate_audio = false, duration = "6s" }, 1.5, "6 s x $0.25 (audio off) = $1.50")
    exactly(id, { generate_audio = false, duration = "4" }, 1.0, "4 s x $0.25 (audio off) = $1.00")
  end)

  it("Veo 3.1 Fast from a picture: 4, 6 and 8 seconds, with and without sound", function()
    local id = "fal-ai/veo3.1/fast/image-to-video"
    exactly(id, {}, 1.2, "8 s x $0.15 (audio on) = $1.20")
    exactly(id, { duration = "6s" }, 0.9, "6 s x $0.15 (audio on) = $0.90")
    exactly(id, { duration = "4s" }, 0.6, "4 s x $0.15 (audio on) = $0.60")
    exactly(id, { generate_audio = false }, 0.8, "8 s x $0.10 (audio off) = $0.80")
    exactly(id, { generate_audio = false, duration = "6s" }, 0.6, "6 s x $0.10 (audio off) = $0.60")
    exactly(id, { generate_audio = false, duration = "4s" }, 0.4, "4 s x $0.10 (audio off) = $0.40")
  end)

  it("Sora 2: ten cents a second, whatever the resolution", function()
    for _, id in ipairs { "fal-ai/sora-2/text-to-video", "fal-ai/sora-2/image-to-video" } do
      exactly(id, {}, 0.4, "4 s x $0.10 = $0.40")
      exactly(id, { duration = 8 }, 0.8, "8 s x $0.10 = $0.80")
      exactly(id, { duration = "12" }, 1.2, "12 s x $0.10 = $1.20")
    end
  end)

  it("Sora 2 Pro: by resolution, an interval when the service picks it", function()
    local text, image = "fal-ai/sora-2/text-to-video/pro", "fal-ai/sora-2/image-to-video/pro"
    exactly(text, {}, 2.0, "4 s x $0.50 (1080p) = $2.00")
    exactly(text, { duration = 12 }, 6.0, "12 s x $0.50 (1080p) = $6.00")
    exactly(text, { resolution = "720p" }, 1.2, "4 s x $0.30 (720p) = $1.20")
    exactly(text, { resolution = "720p", duration = 8 }, 2.4, "8 s x $0.30 (720p) = $2.40")
    exactly(image, { resolution = "720p", duration = 12 }, 3.6, "12 s x $0.30 (720p) = $3.60")
    exactly(image, { resolution = "1080p", duration = 8 }, 4.0, "8 s x $0.50 (1080p) = $4.00")
    between(image, {}, 1.2, 2.0, "4 s x $0.30 (720p) to $0.50 (1080p) = $1.20 to $2.00")
    between(image, { duration = 12 }, 3.6, 6.0, "12 s x $0.30 (720p) to $0.50 (1080p) = $3.60 to $6.00")
  end)

  it("Sora 2 with a key of one's own is not billed by fal", function()
    for _, id in ipairs {
      "fal-ai/sora-2/text-to-video", "fal-ai/sora-2/image-to-video", "fal-ai/sora-2/text-to-video/pro",
      "fal-ai/sora-2/image-to-video/pro",
    } do
      local low, high, line = models.cost(id, { api_key = "sk-very-secret" })
      assert.same({ 0.0, 0.0 }, { low, high })
      assert.is_truthy(line:find("does not bill", 1, true))
      assert.is_nil(line:find("secret", 1, true))
      for _, nothing in ipairs { "", " \t", json.null } do
        assert.is_true(models.cost(id, { api_key = nothing }) > 0)
      end
    end
  end)

  it("Hailuo 02: four and a half cents a second, none listed for 512P", function()
    local text, image = "fal-ai/minimax/hailuo-02/standard/text-to-video",
      "fal-ai/minimax/hailuo-02/standard/image-to-video"
    exactly(text, {}, 0.27, "6 s x $0.045 = $0.27")
    exactly(text, { duration = 10 }, 0.45, "10 s x $0.045 = $0.45")
    exactly(image, {}, 0.27, "6 s x $0.045 (768P) = $0.27")
    exactly(image, { resolution = "768P", duration = "10" }, 0.45, "10 s x $0.045 (768P) = $0.45")
    unknown(image, { resolution = "512P" }, "resolution 512P")
  end)

  it("covers every listed rate", function()
    local rates = 0
    for _, entry in ipairs(models.list()) do
      local price = models.find(entry.id).price
      if price and price.rate then rates = rates + 1 end
      for _ in pairs(price and price.rates or {}) do rates = rates + 1 end
    end
    assert.equal(1 + 4 + 2 + 2 + 2 + 2 + 4 + 2, rates)
  end)
end)

describe("a price that is not listed", function()
  it("is unknown, never 0", function()
    for _, id in ipairs {
      "fal-ai/kling-video/v2/master/text-to-video", "fal-ai/bytedance/seedance/v1/pro/text-to-video",
      "fal-ai/pixverse/v4/text-to-video/fast", "fal-ai/pixverse/v4.5/text-to-video", "fal-ai/wan-pro/text-to-video",
      "fal-ai/luma-dream-machine/ray-2-flash", "fal-ai/veo3", "fal-ai/veo2", "fal-ai/video-as-prompt",
    } do
      unknown(id, {}, "no price is listed")
    end
    unknown("somebody/something", { any = 1 }, "no price is listed")
  end)

  it("of an endpoint that nobody knows asks back", function()
    local _, err = models.cost("fal-ai/veo3/fats", {})
    assert.equal("did you mean fal-ai/veo3/fast?", err.hint)
    assert.matches("with a key", select(2, models.cost("somebody/something", {})).hint)
  end)

  it("tells how it is scaled where the page says so", function()
    local id = "fal-ai/luma-dream-machine/ray-2-flash"
    unknown(id, { resolution = "1080p", duration = "9s" }, "4 x for 1080p, 2 x for 9s")
    unknown("fal-ai/pixverse/v4.5/text-to-video", { duration = "8" }, "2 x for 8")
    unknown("fal-ai/veo3", { generate_audio = false }, "0.67 x for audio off")
  end)

  it("tells the part that is known", function()
    unknown("fal-ai/minimax/voice-design", { preview_text = ("x"):rep(120) },
      "but for the sample: 120 characters x $0.00003 = $0.0036")
  end)

  it("comes with the validation error when the input is wrong", function()
    for _, input in ipairs { { durations = 4 }, { duration = "5s" }, { generate_audio = "no" } } do
      local low, err = models.cost("fal-ai/veo3/fast", input)
      assert.is_nil(low)
      assert.equal("validation", err.kind)
    end
  end)
end)

describe("the platform's unit price", function()
  local kling, luma = "fal-ai/kling-video/v2/master/text-to-video", "fal-ai/luma-dream-machine/ray-2-flash"

  it("is used when the input settles how many units", function()
    local filmed = { id = "a/b", input = {}, output = { { name = "video", type = "Video", media = "video" } } }
    local cases = {
      { kling, { duration = "10" }, priced(0.28, "second"), 2.8 },
      { kling, {}, priced(0.28, "seconds"), 1.4 },
      { kling, {}, priced(1.5, "video"), 1.5 },
      { filmed, {}, priced(1.5, "video"), 1.5 },
      { "fal-ai/wan-pro/text-to-video", {}, priced(0.8, "Videos"), 0.8 },
      { "fal-ai/minimax/image-01", { prompt = "x", num_images = 7 }, priced(0.01, "images"), 0.07 },
      { "fal-ai/minimax/image-01", {}, priced(0.1, "image"), 0.1 },
      { "fal-ai/minimax/speech-02-hd", { text = ("ü"):rep(1500) }, priced(0.1, "1000 characters"), 0.15 },
      { "fal-ai/minimax/speech-02-hd", { text = "abc" }, priced(0.0001, "characters"), 0.0003 },
      { "somebody/something", { duration = 3 }, priced(0.1, "second"), 0.3 },
    }
    for _, case in ipairs(cases) do
      local low, high, line = models.cost(case[1], case[2], case[3])
      assert.same({ case[4], case[4] }, { low, high }, tostring(high))
      assert.is_truthy(line:find("unit price of the service's pricing API", 1, true))
    end
  end)

  it("is not used otherwise", function()
    unknown("somebody/something", { num_videos = 4 }, "does not settle", priced(0.5, "video"))
    unknown("somebody/something", { num_images = json.number "99999999999999999999" }, "does not settle",
      priced(0.5, "image"))
    unknown(kling, {}, "compute second", priced(0.001, "compute seconds"))
    unknown(kling, {}, "megapixel", priced(0.001, "megapixel"))
    unknown("fal-ai/wan-pro/text-to-video", {}, "does not settle", priced(0.1, "second"))
    unknown(kling, {}, "EUR", priced(0.1, "second", "EUR"))
    unknown(kling, {}, "no usable unit price", priced(0, "second"))
    unknown(kling, {}, "no usable unit price", priced("free", "second"))
    unknown(kling, {}, "no price is listed", function() return nil end)
    unknown(kling, {}, "did not tell", function() return nil, { kind = "network" } end)
  end)

  it("is an interval where the page knows a scale that it may hold already", function()
    local low, high, line = models.cost(luma, { resolution = "1080p", duration = "9s" }, priced(0.05, "second"))
    assert.same({ 0.45, 3.6 }, { low, high })
    assert.is_truthy(line:find("4 x for 1080p, 2 x for 9s", 1, true))
    assert.same({ 0.25, 0.25 }, { models.cost(luma, {}, priced(0.05, "second")), 0.25 })
    low, high = models.cost("fal-ai/veo3", { generate_audio = false }, priced(0.5, "second"))
    assert.same({ 2.68, 4.0 }, { low, high })
  end)

  it("is not asked for where the page has a price", function()
    assert.equal(3.2, models.cost("fal-ai/veo3/fast", {}, function() error "asked" end))
  end)

  it("tells what was billed", function()
    local quote = { unit_price = 0.1, unit = "second" }
    local one <const> = money.dollar
    local amount, line = cost.implied(3 * one, quote)
    assert.equal(money.parse "0.30", amount)
    assert.equal("3 x $0.10 per second = $0.30; units billed", line)
    assert.equal(money.parse "0.06", (cost.implied(one + one // 2, { unit_price = 0.04, unit = "image" })))
    assert.equal(0, (cost.implied(0, quote)))
    for _, useless in ipairs {
      { unit = "second" }, { unit = "second", unit_price = 0 }, { unit = "second", unit_price = -1 },
      { unit = "second", unit_price = "much" }, { unit = "second", unit_price = 1, currency = "EUR" },
    } do
      assert.is_nil(cost.implied(one, useless))
    end
  end)
end)

describe("units", function()
  it("are written without trailing zeros", function()
    assert.same({ "8", "1.5", "0.6", "10", "0" },
      { units.text(8000000000), units.text(1500000000), units.text(600000000), units.text(10000000000), units.text(0) })
  end)
end)

describe("cost.summary", function()
  it("puts a price into a few words", function()
    local function summary(id) return cost.summary(models.find(id)) end
    assert.equal("$0.20 (720p), $0.45 (1080p) per clip of 5 s", summary "fal-ai/pika/v2.2/text-to-video")
    assert.equal("$0.001 per call", summary "fal-ai/video-prompt-generator")
    assert.equal("$0.045 per second", summary "fal-ai/minimax/hailuo-02/standard/text-to-video")
    assert.is_nil(summary "fal-ai/veo2")
    assert.is_nil(summary "fal-ai/luma-dream-machine/ray-2-flash")
  end)
end)
