-- `falua --sandbox`: starts the sandbox in this process and makes it the service
-- for all that follows, before any of the user's code runs.
local failure = require "fal.core.error"
local host = require "falua.host"

local attach = {}

local server <const> = "fal.core.server"

--- Starts a sandbox, or raises an error that says why there is none.
---@param options table|nil  as for fal.sandbox
---@return table sandbox  with `config`
function attach.start(options)
  if not package.preload[server] and not package.searchpath(server, package.cpath) then
    error(failure.new { kind = "config", message = "this falua was built without libmicrohttpd and has no sandbox" })
  end
  local sandbox, err = require("fal.sandbox").start(options)
  if not sandbox then error(err) end
  return sandbox
end

--- Names a sandbox's configuration as environment variables.
---@param config table  options of a client: `run_url`, ...
---@return table variables  by name: `FAL_RUN_URL`, ...
function attach.variables(config)
  local variables = {}
  for name, value in pairs(config) do variables["FAL_" .. name:upper()] = value end
  return variables
end

--- Starts a sandbox for the script that follows. It goes into the environment
-- too: then no client that the script makes, and no falua that it starts, talks
-- to the real service by mistake.
function attach.sandbox()
  local config = attach.start().config
  for name, value in pairs(attach.variables(config)) do host.setenv(name, value) end
  host.setenv("FAL_PROXY_URL", nil)
  require("fal").config(config)
end

return attach
