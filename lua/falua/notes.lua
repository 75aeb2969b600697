-- What commands say on standard error: messages, questions, and on a terminal
-- a line that shows how far something is. A message never gets into that line.
local output = require "falua.output"
local sys = require "fal.core.sys"
local task = require "fal.task"

local notes = {}

local interval <const> = 0.2     -- seconds between two looks at a progress line
local wipe <const> = "\r\27[K"

local line_shown = false

local function clear()
  if line_shown then io.stderr:write(wipe) end
  line_shown = false
end

--- Says something.
---@param text string
function notes.say(text)
  io.stdout:flush()
  clear()
  io.stderr:write(text, "\n")
end

-- An input with several faults gets a line for each.
local function text_of(what)
  local faults = type(what) == "table" and what.kind == "validation" and what.detail
  if type(faults) ~= "table" or #faults == 0 or not faults[1].field then return tostring(what) end
  local lines = { ("the input does not fit %s"):format(what.endpoint or "the model") }
  for i, fault in ipairs(faults) do lines[i + 1] = ("  %s: %s"):format(fault.field, fault.message) end
  if what.endpoint then
    lines[#lines + 1] = ("falua schema %s --refresh asks the service whether that is still so"):format(what.endpoint)
  end
  return table.concat(lines, "\n")
end

--- Says what went wrong.
---@param name string  of the command, "falua run"
---@param what any  an error or a text
function notes.fail(name, what)
  local mark = output.colours(io.stderr) and "\27[31m%s\27[0m: %s" or "%s: %s"
  notes.say(mark:format(name, text_of(what)))
end

--- Whether somebody is there to be asked.
---@return boolean
function notes.can_ask() return sys.isatty(io.stdin) and sys.isatty(io.stderr) end

--- Whether people look at standard error.
---@return boolean
function notes.is_terminal() return sys.isatty(io.stderr) end

--- Asks a question that is answered with yes or no. Anything else is a no: it
--- may be the next line of something that was pasted.
---@param question string
---@return boolean yes
function notes.ask(question)
  io.stdout:flush()
  clear()
  io.stderr:write(question, " [y/N] ")
  local answer = (io.read "l" or ""):lower():match "^%s*(%a*)%s*$"
  return answer == "y" or answer == "yes"
end

-- A line as wide as the terminal would wrap. Of a longer one the end is kept,
-- where what changes is.
local function show(text)
  local most, length = math.max(4, require("falua.line").width() - 1), utf8.len(text) or 0
  if length > most then text = "..." .. text:sub(utf8.offset(text, length - most + 4)) end
  io.stderr:write(wipe, text)
  line_shown = true
end

--- Shows a line as long as the returned value is not closed; on a terminal only.
---@param text fun(): string
---@return table line  to be closed
function notes.progress(text)
  local watcher
  if notes.is_terminal() and os.getenv "TERM" ~= "dumb" then
    watcher = task.service(function()
      while true do
        show(text())
        task.sleep(interval)
      end
    end)
  end
  return task.closing(function()
    if watcher then watcher:cancel() end
    clear()
  end)
end

return notes
