-- The prompt: reads a chunk, which may take several lines, runs it, shows its
-- values. On a terminal with completion, tasks that go on meanwhile, and prices;
-- otherwise as the prompt of `lua`. Ctrl-C abandons what is being typed or run
-- and keeps the session.
local host = require "falua.host"
local line = require "falua.line"

-- What is typed may break any global; the prompt goes on.
local load, select, stdout, stderr, tostring = load, select, io.stdout, io.stderr, tostring

local repl = {}

local chunk_name <const> = "=stdin"

local function prompt(name, default)
  local value = _G[name]
  return value == nil and default or tostring(value)
end

-- An expression as a chunk that returns its values. The variable to be closed
-- keeps a frame for it, where errors of what it calls have their place: without
-- one it would be a tail call.
local function as_expression(text)
  return load("local _frame <close> = nil return " .. text .. ";", chunk_name)
end

-- Whether more lines may turn this text into a chunk.
local function incomplete(message)
  return message:find "<eof>$" ~= nil
end

-- On a terminal an expression may take several lines; to `lua` it is an error.
local function may_go_on(session, text, message)
  if incomplete(message) then return true end
  local _, other = load("return " .. text, chunk_name)
  return session.helper and other and incomplete(other)
end

-- Adds lines to `text` until it is a chunk or cannot become one. Returns text
-- and chunk; text, nil and the syntax error; nil when it was abandoned.
local function complete(session, text)
  while true do
    local chunk, message = load(text, chunk_name)
    if chunk or not may_go_on(session, text, message) then return text, chunk, message end
    session.before = text .. "\n"
    local more, interrupted = session.editor:read(prompt("_PROMPT2", ">> "), session.helper)
    if interrupted then return nil end
    if not more then return text, nil, message end
    text = text .. "\n" .. more
    if session.helper and load("return " .. text, chunk_name) then return text end
  end
end

-- An expression is run as if it had `return` in front of it; also one that
-- takes several lines. Returns text, chunk, message, and whether it is one.
local function compile(session, text)
  text = text:gsub("^=", "return ")
  local chunk = as_expression(text)
  if chunk then return text, chunk, nil, true end
  local message
  text, chunk, message = complete(session, text)
  local expression = text and as_expression(text)
  return text, expression or chunk, message, expression and true
end

-- Below the chunk a traceback shows how the prompt works; `lua` has just its
-- C function there.
local function shorten(message)
  local before = message:match "^(.*)\n\t%[C%]: in function 'falua%.host%.call'"
  return before and before .. "\n\t[C]: in ?" or message
end

local function report(message)
  stdout:flush()
  stderr:write(message, "\n")
end

local function next_line() stdout:write "\n" end

-- Shows values as `lua` does.
local function show(ok, ...)
  if not ok then return report(shorten((...))) end
  if select("#", ...) == 0 then return end
  local printed, message = host.call(print, ...)
  if not printed then report(("error calling 'print' (%s)"):format(message:match "[^\n]*")) end
end

local function run_plainly(_, _, chunk) show(host.call(chunk)) end

--- Reads and runs until the end of input.
function repl.run()
  local editor <close> = line.open()
  local session = { editor = editor, before = "", run = run_plainly }
  if editor:is_terminal() then require("falua.repl.terminal").furnish(session) end
  while not session.over do
    session.before = ""
    local text, interrupted = editor:read(prompt("_PROMPT", "> "), session.helper)
    if interrupted then
      next_line()
    elseif not text then
      break
    elseif not (session.command and session.command(text)) then
      local chunk, message, is_expression
      text, chunk, message, is_expression = compile(session, text)
      if text then editor:remember(text) end
      if text and session.keep then session.keep(text) end
      if chunk then session.run(session, text, chunk, is_expression)
      elseif text then report(message)
      else next_line() end
    end
  end
  next_line()
end

return repl
