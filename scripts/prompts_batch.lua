-- A batch: every row of a CSV file with every model, the price first.
--   falua --sandbox scripts/prompts_batch.lua               no key, no cost
--   FAL_KEY=... falua scripts/prompts_batch.lua list.csv 5  the real service, at most 5 dollars
-- Columns that are fields of a prompt make the prompt; the others (here:
-- aspect_ratio) are passed to the model as they are.
local fal = require "fal"
local prompt = require "fal.prompt"

local path, limit = arg and arg[1], tonumber(arg and arg[2]) or 10
local models = { "fal-ai/veo3/fast", "fal-ai/sora-2/text-to-video", "fal-ai/pika/v2.2/text-to-video" }

local example = [[
concept,style,camera,direction,effects,negative,aspect_ratio
"A fox crosses a frozen lake, looking back",Cinematic,Drone aerials,Track forward,Weather simulation,people|text,16:9
A watchmaker at her bench,Detailed,Macro extreme,Push in,Lens flare artistry,blur,9:16
]]
local prompts, others = assert(prompt.table(path and io.lines(path) or example))

-- Every input is made and checked before the first one is sent.
local jobs, total = {}, 0
for row, p in ipairs(prompts) do
  for _, endpoint in ipairs(models) do
    local input, warnings = p:input(endpoint, others[row])
    if not input then
      io.stderr:write(("row %d: %s\n"):format(row, warnings))
      os.exit(4)
    end
    for _, warning in ipairs(warnings) do io.stderr:write(("row %d, %s: %s\n"):format(row, endpoint, warning)) end
    local _, highest, working = assert(fal.cost(endpoint, input))
    total = total + highest
    jobs[#jobs + 1] = { row = row, endpoint = endpoint, input = input }
    print(("row %d  %-32s %s"):format(row, endpoint, working))
  end
end
print(("%d videos, at most $%.2f"):format(#jobs, total))
if total > limit then
  io.stderr:write(("That is more than $%.2f: nothing was sent.\n"):format(limit))
  os.exit(7)
end

-- Eight at a time; one that fails does not keep the others from being made.
local results = assert(fal.map(jobs, function(job)
  local output, err = fal.subscribe(job.endpoint, job.input)
  return { url = output and output.video.url, err = err }
end))
for i, job in ipairs(jobs) do
  print(("row %d  %-32s %s"):format(job.row, job.endpoint, results[i].url or "failed: " .. tostring(results[i].err)))
end
