-- How long the check of a typical input and the loading of the models take.
-- Limits: fal.validate under 20 microseconds, require "fal.models" under 2 ms.
-- Run from the top of the tree: lua5.4 bench/models.lua
package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = (os.getenv "BUILD_DIR" or "build") .. "/?.so;" .. package.cpath

-- Best of five runs: seconds for one call.
local function time(count, call)
  local best = math.huge
  for _ = 1, 5 do
    local start = os.clock()
    for _ = 1, count do call() end
    best = math.min(best, (os.clock() - start) / count)
  end
  return best
end

local function forget()
  for name in pairs(package.loaded) do
    if name:find "^fal%.models" then package.loaded[name] = nil end
  end
end

local failed = false
local function show(what, seconds, limit)
  local late = limit and seconds > limit
  failed = failed or late
  print(("%-44s %9.2f us%s"):format(what, seconds * 1e6, late and "  TOO SLOW" or ""))
end

require "fal.core.error"
show('require "fal.models"', time(200, function()
  forget()
  require "fal.models"
end), 2e-3)
show('require, and the first schema', time(100, function()
  forget()
  require("fal.models").find "fal-ai/veo3/fast"
end))

local models = require "fal.models"
local veo = {
  prompt = "a street interview", aspect_ratio = "9:16", duration = "6s", negative_prompt = "blur", seed = 7,
  resolution = "1080p", generate_audio = false, enhance_prompt = true,
}
show("validate: nothing to convert", time(20000, function() models.validate("fal-ai/veo3/fast", veo) end), 20e-6)
local number = { prompt = "a street interview", aspect_ratio = "9:16", duration = 6, seed = 7.0 }
show("validate: two conversions", time(20000, function() models.validate("fal-ai/veo3/fast", number) end), 20e-6)
local speech = {
  text = ("word "):rep(200), voice_setting = { voice_id = "Wise_Woman", speed = 1.1, pitch = 2 },
  audio_setting = { sample_rate = "44100", format = "mp3" }, output_format = "url",
}
local speak = function() models.validate("fal-ai/minimax/speech-02-hd", speech) end
show("validate: nested objects", time(20000, speak), 20e-6)
local wrong = { aspect_ratio = "16x9", durations = 6 }
show("validate: three faults put into words", time(5000, function() models.validate("fal-ai/veo3/fast", wrong) end))
show("cost", time(5000, function() models.cost("fal-ai/veo3/fast", veo) end))
os.exit(not failed)
