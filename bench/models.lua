-- How long the check of a typical input and the loading of the models take:
-- prints a line for each, what and microseconds. Run from the top of the tree
-- with the library's paths; bench/measure/models.lua holds the goals.
package.path = "bench/?.lua;" .. package.path

local bench = require "bench"

local function show(what, count, call) bench.show(what, bench.best(9, count, call) * 1e6) end

require "fal.core.error"
show('require "fal.models"', 200, function()
  bench.forget "fal.models"
  require "fal.models"
end)
show("require, and the first schema", 100, function()
  bench.forget "fal.models"
  require("fal.models").find "fal-ai/veo3/fast"
end)

local models = require "fal.models"
local paid = require "fal.models.paid"

local function check(what, id, input)
  show(what, 2000, function() models.validate(id, input) end)
end

local veo <const>, speech <const> = "fal-ai/veo3/fast", "fal-ai/minimax/speech-02-hd"
local full = {
  prompt = "a street interview", aspect_ratio = "9:16", duration = "6s", negative_prompt = "blur", seed = 7,
  resolution = "1080p", generate_audio = false, enhance_prompt = true,
}
check("check, nothing to convert", veo, full)
check("check, two conversions", veo, { prompt = "a street interview", aspect_ratio = "9:16", duration = 6, seed = 7.0 })
check("check, nested objects", speech, {
  text = ("word "):rep(200), voice_setting = { voice_id = "Wise_Woman", speed = 1.1, pitch = 2 },
  audio_setting = { sample_rate = "44100", format = "mp3" }, output_format = "url",
})
check("three faults put into words", veo, { aspect_ratio = "16x9", durations = 6 })
show("cost", 2000, function() models.cost(veo, full) end)
local bounds = paid.bounds(veo, full)
show("price of a finished request", 2000, function() paid.of(bounds, 6) end)
