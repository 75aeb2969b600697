-- What the prompt has on a terminal: the global `fal`, completion, tasks that
-- go on while one types, prices, commands that begin with a dot, names for
-- results. Put together from the rooms beside it.
local attach = require "falua.attach"
local commands = require "falua.repl.commands"
local complete = require "falua.repl.complete"
local failure = require "fal.core.error"
local fal = require "fal"
local follow = require "falua.repl.follow"
local host = require "falua.host"
local line = require "falua.line"
local output = require "falua.output"
local past = require "falua.repl.past"
local queue = require "fal.queue"
local record = require "falua.repl.record"
local show = require "falua.repl.show"
local spending = require "falua.repl.spending"
local tasks = require "falua.repl.tasks"

local terminal = {}

local stdout, stderr = io.stdout, io.stderr

local function options() return { width = line.width(), colour = output.colours(stdout) } end

local function say(text)
  stdout:flush()
  stderr:write(text, "\n")
end

-- Completion ------------------------------------------------------------------------

-- Choices in columns.
local function in_columns(words)
  local width, lines = 0, {}
  for _, word in ipairs(words) do width = math.max(width, #word + 2) end
  local columns = math.max(1, line.width() // width)
  local rows = (#words + columns - 1) // columns
  for row = 1, rows do
    local cells = {}
    for i = row, #words, rows do cells[#cells + 1] = words[i] .. (" "):rep(width - #words[i]) end
    lines[row] = table.concat(cells):gsub(" +$", "")
  end
  return table.concat(lines, "\n")
end

-- Where nothing has been typed, Tab indents: so does what is pasted.
local function completer(session)
  return function(text)
    if not text:find "%S" then return "  " end
    local insert, choices = commands.complete(text)
    if not insert and not choices and not commands.parse(text) then
      insert, choices = complete.lua(session.before .. text)
    end
    return insert, choices and in_columns(choices)
  end
end

-- Running ------------------------------------------------------------------------------

local function idle()
  local lively, fd, seconds
  spending.while_typing(function() lively, fd, seconds = tasks.turn() end)
  return lively, fd, seconds, tasks.news(options())
end

local function is_failure(...) return (...) == nil and select("#", ...) == 2 and failure.is((select(2, ...))) end

local function show_values(text, names, ...)
  local texts, labels, count = {}, {}, select("#", ...)
  if count == 2 and ... and select(2, ...) == nil then count = 1 end -- a success without an error
  for i = 1, count do
    texts[i] = show.value((select(i, ...)), options())
    labels[#labels + 1] = names[i] or nil
  end
  local on_lines = text:find "\n" or table.concat(texts):find "\n"
  stdout:write(table.concat(texts, on_lines and "\n" or "\t"), "\n")
  if labels[1] then stdout:write((output.colours(stdout) and "\27[2m-- %s\27[0m\n" or "-- %s\n")
    :format(table.concat(labels, ", "))) end
end

-- Requests that were being waited for when the chunk ended badly, and how to
-- go on with them.
local function tell_requests(before)
  for _, request in ipairs(queue.waited_for()) do
    if not before[request] then
      say(("request %s goes on at the service; go on with it by\n  fal.request(%q, %q):wait()"):format(request.id,
        request.endpoint, request.id))
    end
  end
end

-- A traceback without the frames of the prompt and of the library, which say
-- nothing to who typed; without any when nothing of theirs is left but the line.
local function shorten(message)
  message = message:gsub("\n\t%[C%]: in function 'falua%.host%.call'.*$", "\n\t[C]: in ?")
  local kept, theirs = {}, false
  for text in message:gmatch "[^\n]+" do
    local ours = text:find "^\tfal/" or text:find "^\tfalua/" or text:find "^\t%[C%]: in function 'fal%."
    if not ours then kept[#kept + 1] = text end
    theirs = theirs or text:find "^\t[^%[(]" and not ours and not text:find "^\tstdin:1: in main chunk"
  end
  return theirs and table.concat(kept, "\n") or message:match "^(.-)\nstack traceback:" or message
end

local told_of_locals = false

-- A local of one line is not there in the next one, which surprises once.
local function tell_of_locals(text)
  if told_of_locals or not text:find "^%s*local%s" then return end
  told_of_locals = true
  say "(a local ends with its line; without the word it stays)"
end

local function finish(text, is_expression, before, ok, ...)
  if not ok then
    say(shorten((...)))
    return tell_requests(before)
  end
  local names = is_expression and record.results(is_failure(...), ...)
  record.chunk(text, names or nil)
  tell_of_locals(text)
  if select("#", ...) > 0 then show_values(text, names or {}, ...) end
end

local function run(_, text, chunk, is_expression)
  local before = {}
  for _, request in ipairs(queue.waited_for()) do before[request] = true end
  finish(text, is_expression, before, host.call(chunk))
end

-- What people try who come from elsewhere.
local elsewhere <const> = { exit = true, quit = true, help = true }

local function is_from_elsewhere(text)
  local word = text:match "^%s*(%a+)%s*$"
  return elsewhere[word] and _G[word] == nil
end

-- Runs a line that is no Lua; false when it is.
local function command(session, text)
  local name, argument = commands.parse(text)
  if name == "exit" then
    session.over = true
  elseif name then
    session.editor:remember(text)
    local ok, complaint = host.call(commands.run, name, argument)
    if complaint then say(ok and complaint or shorten(complaint)) end
  elseif is_from_elsewhere(text) then
    say ".exit or Ctrl-D ends the session; .help says what there is"
  else
    return false
  end
  return true
end

--- Furnishes a session.
---@param session table  of falua.repl
function terminal.furnish(session)
  if _G.fal == nil then _G.fal = fal end
  stdout:write(("falua %s%s; .help says what there is\n"):format(host.version,
    attach.is_sandbox() and ", against the sandbox" or ""))
  fal.async = tasks.async
  spending.guard()
  follow.guard()
  past.recall(session.editor)
  session.run, session.keep = run, past.keep
  session.helper = { idle = idle, complete = completer(session) }
  function session.command(text) return command(session, text) end
end

return terminal
