-- A teaser as a workflow: an idea, three models that film it, a report.
--   falua --sandbox scripts/workflow_teaser.lua     no key, no cost
--   falua workflow plan scripts/workflow_teaser.lua what it would cost, from the lists
--   falua workflow run scripts/workflow_teaser.lua concept="A fox"   the real service; stop it whenever you like
-- It writes teaser.journal, out/ and teaser.html into the current folder.
local workflow = require "fal.workflow"

local given = ... -- falua workflow gives a table
local concept = type(given) == "table" and given.concept or "A futuristic city at dusk"
local wf = workflow("teaser", { budget = 12.00, allow_unknown_price = true })

local idea = wf:call("fal-ai/video-prompt-generator", {
  input_concept = concept, style = "Cinematic", camera_direction = "Push in", pacing = "Slow burn",
}, { name = "idea" })

local clips = wf:each({
  "fal-ai/veo3/fast", "fal-ai/minimax/hailuo-02/standard/text-to-video", "fal-ai/pika/v2.2/text-to-video",
}, function(model)
  return wf:call(model, { prompt = idea.prompt }, { on_error = "skip" })
end)
for _, clip in ipairs(clips) do wf:save(clip, "out/{step}.mp4") end

local _, outputs = wf:main()
if outputs then
  print("Prompt: " .. outputs.idea.prompt)
  print("Report: " .. assert(wf:report "teaser.html"))
end
return wf
