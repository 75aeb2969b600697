-- What `falua --help`, `falua --version` and a wrong option print.
local host = require "falua.host"

local help = {}

local forms <const> = [=[
usage: falua [options] [script [args]]
       falua COMMAND [arguments]
]=]

--- What stands in front of a script or a command, and what it does.
help.options = {
  { "-e stat", "execute string 'stat'" },
  { "-i", "enter interactive mode after executing 'script'" },
  { "-l mod", "require library 'mod' into global 'mod'" },
  { "-l g=mod", "require library 'mod' into global 'g'" },
  { "-v", "show version information" },
  { "-E", "ignore environment variables" },
  { "-W", "turn warnings on" },
  { "--", "stop handling options; a command's name after it is a script" },
  { "-", "stop handling options and execute stdin" },
  { "--sandbox", "run against the embedded sandbox: no key, no network, no cost" },
  { "--no-history", "send without keeping a history" },
  { "--version", "show the version of falua" },
  { "--help", "show this help and the commands" },
}

local prefix <const> = "^falua%.commands%.(%w+)$"

--- Lists the embedded commands, in alphabetical order.
---@return string[] names
function help.commands()
  local names = {}
  for module in pairs(package.preload) do names[#names + 1] = module:match(prefix) end
  table.sort(names)
  return names
end

local function usage()
  local lines = { forms, "Available options are:\n" }
  for _, option in ipairs(help.options) do lines[#lines + 1] = ("  %-12s  %s\n"):format(option[1], option[2]) end
  return table.concat(lines)
end

--- Writes to standard error how falua is called.
function help.usage()
  io.stderr:write(usage())
end

--- Prints the options and the commands.
function help.print()
  io.write(usage(), "Commands are:\n")
  for _, name in ipairs(help.commands()) do
    io.write(("  %-10s %s\n"):format(name, require("falua.commands." .. name).summary))
  end
  io.write "'falua COMMAND --help' says more. A script of the same name runs as './COMMAND'.\n"
end

--- Says which command may be meant by a word that is neither a command nor a script.
---@param word string
function help.suggest(word)
  local meant = require("fal.nearest").of(word, help.commands(), 0.5)
  if word:find "[./]" or not meant then return end
  io.stderr:write(("  there is no command '%s' either; did you mean 'falua %s'?\n"):format(word, meant))
end

--- Prints the version of falua and of Lua.
function help.version()
  print(("falua %s, %s"):format(host.version, host.lua))
end

return help
