-- Many calls from a CSV file as a workflow, within a budget:
--   falua --sandbox scripts/workflow_batch.lua               with three lines of its own
--   falua workflow run scripts/workflow_batch.lua csv=products.csv
-- The first line of the file names its columns: `name`, which names the files, and fields of a prompt such as
-- `concept`, `style` or `camera`.
local prompt = require "fal.prompt"
local workflow = require "fal.workflow"

local sample = [[
name,concept,style
kettle,"A copper kettle, steam in morning light",Cinematic
lamp,"A desk lamp that wakes up, ""hello"" written in light",Dynamic
brass chair,A wooden chair in an empty gallery,Simple
]]

local function text_of(path)
  if not path then return sample end
  local file <close>, why = io.open(path)
  return file and file:read "a" or error(why, 0)
end

local given = ... -- falua workflow gives a table
local prompts, cells = prompt.table(text_of(type(given) == "table" and given.csv or nil))
if not prompts then error(cells, 0) end

local wf = workflow("batch", { budget = 2.00 })

local clips = wf:each(prompts, function(row, i)
  local name = tostring(cells[i].name or "row-" .. i):gsub("[^%w._-]+", "-")
  local input = assert(row:input "fal-ai/video-prompt-generator")
  local idea = wf:call("fal-ai/video-prompt-generator", input, { name = name .. "-idea" })
  return wf:call("fal-ai/minimax/hailuo-02/standard/text-to-video", { prompt = idea.prompt }, { name = name })
end)
wf:save(clips, "batch/{step}.mp4")

local _, outputs = wf:main()
if outputs then print(("%d files; %s"):format(#outputs.save, tostring(wf:plan()):match "[^\n]*$")) end
return wf
