-- Opening each C module: what ran out half way must be made whole by the next.
-- busted and users open them more than once in a state, too.
local names = { "fal.core.error", "fal.core.json", "fal.core.reactor", "fal.core.sys", "fal.core" }

local function open(name)
  package.loaded[name] = nil
  return require(name)
end

return function()
  for _, name in ipairs(names) do open(name) end
  local fal = package.loaded["fal.core"]
  assert(fal.submit and fal.status and fal.result and fal.cancel and fal.run)
  -- Metatables that were left half made would show here.
  local err = require("fal.core.error").new { kind = "network", message = "gone" }
  assert(tostring(err):find "gone" and #("x" .. err) > 1)
  require("fal.core.reactor").after(0):stop()
end
