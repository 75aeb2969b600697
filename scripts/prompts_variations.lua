-- A style sheet with variations: one look for a whole campaign, every
-- combination of what is still open, and a clip of the three that differ most.
--   falua --sandbox scripts/prompts_variations.lua          no key, no cost
--   FAL_KEY=... falua scripts/prompts_variations.lua "A tea house in the rain"
local fal = require "fal"
local prompt = require "fal.prompt"

local endpoint = "fal-ai/veo3/fast"

-- What all clips have in common. Words are checked here, not at the service.
local sheet = prompt {
  style = "Cinematic", pacing = "Slow burn", effects = "Color grading",
  lighting = "soft window light", ambiance = "calm", negative = { "text", "logos", "distorted hands" },
}

-- The places are drawn: the same seed gives the same list tomorrow, and a new
-- season added to the template leaves the hours as they are.
local places = prompt.template "{place}, {in spring|in autumn|in deep winter}, {at first light|at noon|after dark}"
local concept = places:fill({ place = arg and arg[1] or "A tea house on a hillside" }, { seed = 7 })

local variations = (prompt(concept) .. sheet):vary {
  camera = { "Steadicam flow", "Drone aerials", "Macro extreme" },
  direction = { "Push in", "Vertical rise" },
  audio = { "rain on a tin roof", "birdsong" },
}
print(("%d variations of: %s\n"):format(#variations, concept))
for number, p in ipairs(variations) do
  print(("%2d  %s"):format(number, p:text { length = "Short" }))
end

local chosen, inputs = { 1, 6, 11 }, {}
local total = 0
for i, number in ipairs(chosen) do
  inputs[i] = assert(variations[number]:input(endpoint, { duration = 4, aspect_ratio = "9:16" }))
  total = total + select(2, assert(fal.cost(endpoint, inputs[i])))
end
print(("\nClips of 1, 6 and 11 with %s, at most $%.2f:"):format(endpoint, total))

local clips = assert(fal.map(inputs, function(input) return fal.subscribe(endpoint, input) end))
for i, clip in ipairs(clips) do print(("%2d  %s"):format(chosen[i], clip.video.url)) end
