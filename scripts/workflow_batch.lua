-- Many calls from a CSV file as a workflow, within a budget:
--   falua --sandbox scripts/workflow_batch.lua               with three lines of its own
--   CSV=products.csv falua workflow run scripts/workflow_batch.lua
-- The first line of the file names its columns; `name` and `concept` are used.
local workflow = require "fal.workflow"

local sample = [[
name,concept
kettle,"A copper kettle, steam in morning light"
lamp,"A desk lamp that wakes up, ""hello"" written in light"
chair,A wooden chair in an empty gallery
]]

-- A field in quotes, in which "" is a quote, and where it ends.
local function quoted(line, at)
  local pieces = {}
  repeat
    pieces[#pieces + 1], at = line:match('^"([^"]*)"()', at)
    assert(at, "a quote is not closed: " .. line)
  until line:sub(at, at) ~= '"'
  return table.concat(pieces, '"'), at
end

local function fields_of(line)
  local fields, at = {}, 1
  while at <= #line + 1 do
    if line:sub(at, at) == '"' then
      fields[#fields + 1], at = quoted(line, at)
    else
      fields[#fields + 1], at = line:match("^([^,]*)()", at)
    end
    at = at + 1
  end
  return fields
end

local function rows_of(text)
  local head, rows = nil, {}
  for line in text:gmatch "[^\r\n]+" do
    local row = {}
    for i, field in ipairs(fields_of(line)) do row[head and head[i] or i] = field end
    if head then rows[#rows + 1] = row else head = row end
  end
  return rows
end

local function text_of(path)
  if not path then return sample end
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local wf = workflow("batch", { budget = 2.00 })
local rows = rows_of(text_of(os.getenv "CSV"))

local clips = wf:each(rows, function(row)
  local idea = wf:call("fal-ai/video-prompt-generator", { input_concept = row.concept }, { name = row.name .. "-idea" })
  return wf:call("fal-ai/minimax/hailuo-02/standard/text-to-video", { prompt = idea.prompt }, { name = row.name })
end)
wf:save(clips, "batch/{step}.mp4")

local _, outputs = wf:main()
if outputs then print(("%d files; %s"):format(#outputs.save, tostring(wf:plan()):match "[^\n]*$")) end
return wf
