-- Error objects: made, joined, printed.
local failure = require "fal.core.error"

return function()
  local cause = failure.new { kind = "network", message = "could not connect to 127.0.0.1" }
  local err = failure.new {
    kind = "validation", message = ("prompt too long "):rep(100), field = "prompt", allowed = { "a", "b" },
    cause = cause,
  }
  assert(failure.is(err) and not failure.is {})
  assert(#tostring(err) <= 400)
  assert(#("failed: " .. err) > 8 and #(err .. "!") > 1)
end
