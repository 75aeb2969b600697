-- `falua sandbox`: serves the sandbox until it is stopped, for programs of
-- other processes and languages.
local function quote(value)
  return "'" .. tostring(value):gsub("'", "'\\''") .. "'"
end

local function print_exports(variables)
  local names = {}
  for name in pairs(variables) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    io.write(("export %s=%s\n"):format(name, quote(variables[name])))
  end
  io.stdout:flush() -- somebody waits for these lines in a pipe
end

return {
  summary = "serve the sandbox until stopped, and print the variables to export",
  options = {
    { name = "port", value = "N", type = "integer", least = 0, most = 65535,
      wanted = "a port from 0 to 65535", help = "listen on this port of 127.0.0.1 (default: any free one)" },
    { name = "run-time", value = "SECONDS", type = "seconds", help = "let every job run so long (default: 0.5)" },
  },
  examples = {
    "falua sandbox --port 8000",
    "falua sandbox --run-time 60      # time enough to see what an interruption does",
    "falua sandbox > sandbox.env &   # then: . ./sandbox.env",
  },
  run = function(values)
    local attach = require "falua.attach"
    local fal = require "fal"
    local sandbox <close> = attach.start { port = values.port, run_time = values.run_time }
    print_exports(attach.variables(sandbox.config))
    while true do fal.sleep(3600) end
  end,
}
