-- A shot list: written once, told to each model in its own way, and split for
-- a model that makes one shot at a time.
--   falua --sandbox scripts/prompts_shots.lua          no key, no cost
--   FAL_KEY=... falua scripts/prompts_shots.lua        the real service
local fal = require "fal"
local prompt = require "fal.prompt"

local list = prompt.shots {
  subject = "a lighthouse keeper in a yellow coat", style = "Documentary", pacing = "Gradual build",
  lighting = "the last light before a storm", negative = { "text", "other people" },
  { action = "climbs the spiral stairs", camera = "Handheld urgency", composition = "low angle" },
  { action = "lights the lamp", camera = "Macro extreme", direction = "Push in" },
  { concept = "The beam sweeps across a black sea", camera = "Drone aerials", direction = "Pull out" },
}

print(list)

-- Models that follow a sequence get the whole list, each in the form of its page.
local together = { "fal-ai/kling-video/v2/master/text-to-video", "fal-ai/bytedance/seedance/v1/pro/text-to-video" }
local videos = assert(fal.map(together, function(endpoint)
  local input, warnings = assert(list:input(endpoint, { duration = 10 }))
  for _, warning in ipairs(warnings) do io.stderr:write(endpoint, ": ", warning, "\n") end
  return fal.subscribe(endpoint, input)
end))
for i, video in ipairs(videos) do print(("\n%s\n  %s"):format(together[i], video.video.url)) end

-- The others make one shot at a time; the shared fields are in each of them.
local single = "fal-ai/minimax/hailuo-02/standard/text-to-video"
local shots = list:split()
local clips = assert(fal.map(shots, function(shot)
  local input = assert(shot:input(single, { duration = 6 }))
  return fal.subscribe(single, input)
end))
print("\n" .. single)
for number, clip in ipairs(clips) do
  print(("  %d  %s\n     %s"):format(number, shots[number]:text { length = "Short" }, clip.video.url))
end
