-- The manual page falua(1) in roff, from the same descriptions as the help of
-- each command. Written when the binary is built.
local arguments = require "falua.arguments"
local exits = require "falua.exits"
local help = require "falua.help"
local host = require "falua.host"

local manual = {}

local head <const> = [=[
.TH FALUA 1 "" "falua %s" "User Commands"
.SH NAME
falua \- run Lua scripts with fal inside, and call models on fal.ai
.SH SYNOPSIS
.B falua
.RI [ options ]
.RI [ script " [" args ]]
.br
.B falua
.I COMMAND
.RI [ arguments ]
.SH DESCRIPTION
falua runs Lua 5.4 scripts as
.BR lua (1)
does, with the module fal built in. Its commands do from a shell what scripts do with the module.
On a terminal they show tables and how far they are; in a pipe they print JSON. Messages go to standard error.
]=]

local environment <const> = {
  { "FAL_KEY", "the key, id:secret; or FAL_KEY_ID and FAL_KEY_SECRET" },
  { "FAL_HISTORY", "where the history is kept; off for none" },
  { "NO_COLOR", "when set, no colour anywhere" },
  { "XDG_CACHE_HOME, XDG_DATA_HOME, XDG_STATE_HOME", "below these, in fal, files are kept" },
}

-- Text as roff takes it: no backslash, hyphen or dot that would mean something.
local function roff(text)
  text = text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("\n", " ")
  return (text:gsub("^([.'])", "\\&%1"))
end

local function definitions(lines, rows)
  for _, row in ipairs(rows) do
    lines[#lines + 1] = ".TP\n.B " .. roff(tostring(row[1]))
    lines[#lines + 1] = roff(row[2])
  end
end

local function command(lines, name)
  local description = require("falua.commands." .. name)
  local usage = arguments.usage("falua " .. name, description):gsub("^usage: ", "")
  lines[#lines + 1] = ".SS " .. roff(usage)
  lines[#lines + 1] = roff(description.summary:gsub("^%l", string.upper)) .. "."
  definitions(lines, arguments.rows(description))
  if not description.examples then return end
  lines[#lines + 1] = ".PP\nExamples:\n.PP\n.nf\n.RS"
  for _, example in ipairs(description.examples) do lines[#lines + 1] = roff(example) end
  lines[#lines + 1] = ".RE\n.fi"
end

--- Writes the manual page.
---@return string roff
function manual.page()
  local lines = { (head:gsub("%%s", (host.version:gsub("%%", "%%%%")))) .. ".SH OPTIONS" }
  definitions(lines, help.options)
  lines[#lines + 1] = ".SH COMMANDS"
  for _, name in ipairs(help.commands()) do command(lines, name) end
  lines[#lines + 1] = ".SH EXIT STATUS"
  definitions(lines, exits.meanings)
  lines[#lines + 1] = ".SH ENVIRONMENT"
  definitions(lines, environment)
  lines[#lines + 1] = ".SH SEE ALSO\n.BR lua (1)"
  return table.concat(lines, "\n") .. "\n"
end

return manual
