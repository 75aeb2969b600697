-- What begins with a dot at the prompt.
local attach = require "falua.attach"
local complete = require "falua.repl.complete"
local models = require "falua.known"
local record = require "falua.repl.record"
local spending = require "falua.repl.spending"

local commands = {}

local known = {}

known.help = { "", "this list", function()
  local lines = {
    "An expression prints its value; tables are kept as _1, _2, ..., the last value as _.",
    "Tab completes names, models, inputs and options. Ctrl-C ends a wait, Ctrl-D the session.",
    "fal.async(f) goes on while you type.",
    "",
  }
  for _, name in ipairs(commands.names) do
    local entry = known[name]
    lines[#lines + 1] = ("  %-23s %s"):format("." .. name .. " " .. entry[1], entry[2])
  end
  print(table.concat(lines, "\n"))
end }

known.exit = { "", "ends the session, as Ctrl-D does" } -- by falua.repl.terminal

known.schema = { "ENDPOINT", "what a model takes and gives", function(argument)
  if argument == "" then return "a model is missing, as in .schema fal-ai/veo3/fast" end
  local _, err = require("falua.commands.schema").run { endpoint = argument }
  return err and tostring(err)
end }

known.cost = { "", "what this session has sent, and what was spent today", function()
  print(spending.summary())
  local fal = require "fal"
  local book = require("fal.history").open(fal)
  local rows = book and require("fal.history.search").cost(book, "day")
  local today = rows and rows[#rows]
  if today and today.name == os.date "%Y-%m-%d" then
    local money = require "fal.money"
    print(("today: %d call%s, %s; more with 'falua history cost'"):format(today.calls, today.calls == 1 and "" or "s",
      money.text(today.paid)))
  end
end }

known.ask_above = { "[USD|never]", "the price above which you are asked", function(argument)
  local message = spending.ask_above(argument ~= "" and argument or nil)
  if not message then return "an amount is missing, as in .ask_above 5" end
  print(message)
end }

known.save = { "FILE", "the session as a script that runs", function(argument)
  if argument == "" then return "a file is missing, as in .save session.lua" end
  local saved, message = record.save(argument)
  if not saved then return message end
  print(("saved; run it with falua %s%s"):format(attach.is_sandbox() and "--sandbox " or "", argument))
end }

--- The names, without the dot, in alphabetical order.
commands.names = { "ask_above", "cost", "exit", "help", "save", "schema" }

--- Takes a line that begins with a dot and a letter apart.
---@param text string
---@return string|nil name, string argument
function commands.parse(text)
  local name, argument = text:match "^%s*%.(%a[%w_]*)%s*(.-)%s*$"
  return name, argument
end

--- Runs a command.
---@param name string
---@param argument string
---@return string|nil complaint
function commands.run(name, argument)
  local entry = known[name]
  if not entry then return ("there is no .%s; .help lists what there is"):format(name) end
  return entry[3](argument)
end

--- Completes a line that is a command.
---@param text string
---@return string|nil insert, string[]|nil choices
function commands.complete(text)
  local prefix = text:match "^%s*%.([%w_]*)$"
  if prefix then return complete.word(prefix, commands.names, " ") end
  local endpoint = text:match "^%s*%.schema%s+(%S*)$"
  if endpoint then return complete.word(endpoint, models.endpoints(), "") end
end

return commands
