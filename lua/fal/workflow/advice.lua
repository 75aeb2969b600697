-- What to type to go on: the commands that messages and pages name. Pure.
local advice = {}

--- How the program is called; with a sandbox of its own it needs an option.
advice.program = "falua"

local function quoted(word)
  if word:find "^[%w_./@:=+-]+$" then return word end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- Spells a command about a workflow.
---@param verb string
---@param file string  where the workflow is written
---@param ... string  further words
---@return string
function advice.command(verb, file, ...)
  local words = { advice.program, "workflow", verb, quoted(file), ... }
  return table.concat(words, " ")
end

return advice
