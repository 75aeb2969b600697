-- What cannot be JSON: the message that names the path is made, or memory ends.
local json = require "fal.core.json"

local cycle = {}
cycle.inside = { cycle }

local function refused(value)
  local text, message = json.encode(value)
  assert(text == nil and type(message) == "string")
  if message:find "memory" then error(message, 0) end
end

return function()
  refused { a = { b = { 0 / 0 } } }
  refused(cycle)
  refused { f = print }
  local value, message = json.decode(("["):rep(5000))
  assert(value == nil and type(message) == "string")
  if message:find "memory" then error(message, 0) end
end
