-- Runs a command of falua: the module falua.commands.WORD, which is a
-- description of its arguments (see falua.arguments) with a function `run`.
-- The binary knows a word as a command by that module being embedded.
--
-- run(values, name) returns nothing or an exit status; nil and an error that
-- is printed and becomes the status; or nil and a text: then the words on the
-- command line were wrong.
local arguments = require "falua.arguments"

local command = {}

local usage_error <const>, failed <const> = 2, 1

local function complain(name, description, problem)
  io.stderr:write(("%s: %s\n%s\n"):format(name, problem, arguments.usage(name, description)))
  return usage_error
end

-- Output that could not be written is a failure, whatever else went well.
local function finished(name, status)
  local done, message = require("falua.output").finish()
  if done then return status end
  require("falua.notes").fail(name, "cannot write the output: " .. message)
  return status ~= 0 and status or failed
end

--- Runs a command.
---@param word string  the command
---@param ... string  its arguments
---@return integer status  the exit status
function command.run(word, ...)
  local name = "falua " .. word
  local description = require("falua.commands." .. word)
  local values, problem = arguments.parse(description, { ... })
  if not values then return complain(name, description, problem) end
  if values.help then
    local more = description.more and description.more(values)
    require("falua.output").write(arguments.help(name, description, more), "\n")
    return finished(name, 0)
  end
  local status, err = description.run(values, name)
  if type(err) == "string" then return complain(name, description, err) end
  if err then
    require("falua.notes").fail(name, err)
    status = require("falua.exits").of(err)
  end
  return finished(name, math.type(status) == "integer" and status or 0)
end

return command
