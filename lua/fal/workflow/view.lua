-- The live view of a run: on a terminal one line a step, rewritten in place; in
-- a pipe one JSON object a line for each event. Writes to the stream it is
-- given and knows nothing of the run but its events.
local json = require "fal.core.json"
local money = require "fal.money"
local sys = require "fal.core.sys"
local task = require "fal.task"

local view = {}

local widest_name <const>, widest_line <const> = 40, 78
local most_lines <const> = 18 -- a terminal has 24

-- Seconds as people say them.
local function duration(seconds)
  if seconds < 60 then return ("%.0f s"):format(seconds) end
  return ("%d min %02d s"):format(seconds // 60, math.floor(seconds % 60))
end

local words = {}

function words.waiting() return "waiting" end
function words.queued(event) return event.position and ("queued at %d"):format(event.position) or "queued" end
function words.running(_, since) return "running " .. duration(since) end
function words.sending() return "sending" end
function words.resumed() return "taken up again" end
function words.cached() return "done before" end
function words.saved(event) return ("saved %d file%s"):format(#event.paths, #event.paths == 1 and "" or "s") end
function words.review() return "waits for review" end
function words.blocked(event) return ("not begun, needs %s"):format(event.by) end
function words.skipped(event) return event.by and ("skipped, needs %s"):format(event.by) or "skipped" end
function words.fallback(event) return ("falls back to %s"):format(event.endpoint) end
function words.failed(event) return "failed: " .. tostring(event.error) end

function words.done(event)
  local text = event.seconds and ("done in %s"):format(duration(event.seconds)) or "done"
  local cost = event.cost and money.from_number(event.cost)
  return cost and ("%s, %s"):format(text, money.text(cost)) or text
end

--- An event in words: "queued at 3", "running 12 s", "done in 9 s, $0.40".
---@param event table
---@param since? number  seconds since the step came into this state
---@return string
function view.words(event, since)
  local say = words[event.state]
  return say and say(event, since or 0) or event.state
end

local function plain(event)
  local copy = {}
  for name, value in pairs(event) do copy[name] = value end
  for _, name in ipairs { "time", "seconds" } do
    copy[name] = copy[name] and math.floor(copy[name] * 1000 + 0.5) / 1000
  end
  if event.error then copy.error = { kind = event.error.kind, message = event.error.message } end
  return copy
end

local function in_pipe(stream)
  return function(event) stream:write(json.encode(plain(event)), "\n"):flush() end, function() end
end

local function cut(line)
  local last = utf8.offset(line, widest_line + 1)
  return last and last <= #line and line:sub(1, last - 1) or line
end

-- States of which there may be hundreds at once; where there are too many lines they are only counted.
local quiet <const> = { waiting = "waiting", done = "done", cached = "done", saved = "done", blocked = "not begun",
  skipped = "skipped" }

local function summary(counts)
  local parts = {}
  for _, word in ipairs { "done", "waiting", "not begun", "skipped", "more" } do
    if counts[word] then parts[#parts + 1] = ("%d %s"):format(counts[word], word) end
  end
  return "  " .. table.concat(parts, ", ")
end

-- The lines to show: each step's, or with many steps those of the lively ones, and how many the others are.
local function lines_of(order, latest, width)
  local lines, counts = {}, {}
  local form = "  %-" .. width .. "s  %s"
  for _, name in ipairs(order) do
    local event = latest[name]
    local word = #order > most_lines and (quiet[event.state] or #lines >= most_lines and "more")
    if word then
      counts[word] = (counts[word] or 0) + 1
    else
      local text = view.words(event, sys.monotonic() - event.at):gsub("%c", " ")
      lines[#lines + 1] = cut(form:format(name:sub(1, width), text))
    end
  end
  if next(counts) then lines[#lines + 1] = summary(counts) end
  return lines
end

local function on_terminal(stream)
  local order, latest, drawn, width = {}, {}, 0, 0
  local function draw()
    local lines = lines_of(order, latest, width)
    if drawn > 0 then stream:write("\27[", drawn, "A") end
    stream:write("\r\27[J", table.concat(lines, "\n"), "\n")
    drawn = #lines
    stream:flush()
  end
  local function on_event(event)
    if not latest[event.step] then
      order[#order + 1] = event.step
      width = math.min(widest_name, math.max(width, #event.step))
    end
    local before = latest[event.step]
    local same = before and before.state == event.state
    event.at = same and before.at or sys.monotonic()
    latest[event.step] = event
    draw()
  end
  local clock = task.service(function()
    while true do
      task.sleep(1)
      if drawn > 0 then draw() end
    end
  end)
  return on_event, function() clock:cancel() end
end

--- Makes a view.
---@param stream file*
---@return fun(event: table) on_event, fun() close
function view.on(stream)
  if sys.isatty(stream) and os.getenv "TERM" ~= "dumb" then return on_terminal(stream) end
  return in_pipe(stream)
end

return view
