-- Commands: started, waited for, given up, and not found.
local command = require "fal.core.command"
local reactor = require "fal.core.reactor"

return function()
  do
    local child <close> = assert(command.start { "true" })
    local how, code = reactor.wait(child)
    assert(how == "exit" and code == 0)
    local given_up <close> = assert(command.start({ "sleep", "60" }, "/dev/null"))
    assert(#tostring(given_up) > 0)
  end
  local none, err = command.start { "/nowhere/at/all" }
  assert(none == nil and err.kind == "io")
end
