-- `falua --sandbox`: starts the sandbox in this process and makes it the service
-- for all that follows, before any of the user's code runs. Also says whether a
-- sandbox is the service, where nothing costs anything.
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
  require("fal.workflow.advice").program = "falua --sandbox"
  require("fal").config(config)
end

--- Whether what is sent goes to a sandbox, of this process or another: on this
--- machine, opened by the sandbox's own key, nothing between. Another service on
--- this machine may pass on what it gets, and is not taken for one.
---@param client table|nil  the default one when absent
---@return boolean
function attach.is_sandbox(client)
  local fal = client or require "fal"
  local key = os.getenv "FAL_KEY" or ""
  local here = fal.option "queue_url":find "^http://127%.0%.0%.1[:/]"
  return here and key:find "^sandbox%-key:" and not fal.option "proxy_url" or false
end

return attach
