-- A storyboard as a workflow: shots become stills, somebody looks at them, and
-- only then are the dear videos made.
--   falua --sandbox scripts/workflow_storyboard.lua   the whole way, approving by itself
--   falua workflow run scripts/workflow_storyboard.lua          stops at the review
--   falua workflow redo scripts/workflow_storyboard.lua still-2
--   falua workflow approve scripts/workflow_storyboard.lua      then run it again
local workflow = require "fal.workflow"

local shots = {
  { still = "A lighthouse on a cliff at dawn, wide shot", move = "slow push in" },
  { still = "The keeper climbs the stairs, lantern in hand", move = "follow from below" },
  { still = "The lamp catches fire, close up", move = "static, light swells" },
}

local wf = workflow("storyboard", { budget = 5.00, allow_unknown_price = true })

local stills = wf:each(shots, function(shot, i)
  return wf:call("fal-ai/minimax/image-01", { prompt = shot.still, aspect_ratio = "16:9" }, { name = "still-" .. i })
end)
wf:review(stills, { name = "stills" })

local videos = wf:each(shots, function(shot, i)
  return wf:call("fal-ai/veo3.1/fast/image-to-video", {
    prompt = shot.still .. "; camera: " .. shot.move, image_url = stills[i].images[1].url, generate_audio = false,
  }, { name = "video-" .. i })
end)
wf:save(videos, "storyboard/{step}.mp4")

local _, outputs = wf:main()
if outputs and not outputs.save then
  print "A person would look at storyboard.journal.review.html now; this script approves by itself."
  assert(wf:approve "stills")
  _, outputs = wf:main()
end
for _, path in ipairs(outputs and outputs.save or {}) do print(path) end
return wf
