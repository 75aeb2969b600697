-- From a concept to three videos at once:
--   falua --sandbox scripts/teaser.lua          no key, no cost
--   FAL_KEY=... falua scripts/teaser.lua        the real service
-- An argument is the concept: falua --sandbox scripts/teaser.lua "A fox in snow"

local fal = require "fal"
local sys = require "fal.core.sys"

local concept = arg and arg[1] or "A futuristic city at dusk"
local models = {
  "fal-ai/veo3/fast",
  "fal-ai/kling-video/v2/master/text-to-video",
  "fal-ai/bytedance/seedance/v1/pro/text-to-video",
}

-- One live line a model: rewritten in place on a terminal, printed anew in a pipe.
local on_terminal = sys.isatty(io.stdout) and os.getenv "TERM" ~= "dumb"
local lines = {}

local function show(i, text)
  lines[i] = ("  %-48s %s"):format(models[i], text)
  if not on_terminal then
    print(lines[i])
  else
    io.write("\27[", #models - i + 1, "A\r\27[K", lines[i], "\27[", #models - i + 1, "B\r"):flush()
  end
end

local function words(status)
  if status.status == "IN_QUEUE" then return "queued at " .. (status.queue_position or "?") end
  if status.status == "IN_PROGRESS" then return "running" end
  return status.status:lower()
end

local function make(model, i, text)
  local began = sys.monotonic()
  local video, err = fal.subscribe(model, { prompt = text }, {
    on_update = function(status) show(i, words(status)) end,
  })
  show(i, video and ("done in %.1f s"):format(sys.monotonic() - began) or "failed: " .. err)
  return video, err
end

print("Concept: " .. concept)
local idea = assert(fal.subscribe("fal-ai/video-prompt-generator", {
  input_concept = concept, style = "Cinematic", camera_direction = "Push in", pacing = "Slow burn",
}))
print("Prompt:  " .. idea.prompt)

if on_terminal then io.write(("\n"):rep(#models)) end
for i in ipairs(models) do show(i, "sending") end
local videos = assert(fal.map(models, function(model, i) return make(model, i, idea.prompt) end))

print()
for _, output in ipairs(videos) do print(output.video.url) end
