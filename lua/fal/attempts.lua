--- Tries a verb until it succeeds or trying again is pointless or forbidden.

local failure = require "fal.core.error"
local retry = require "fal.retry"
local sys = require "fal.core.sys"
local task = require "fal.task"

local M = {}

--- A random share, 0 to 1: tasks that began or failed together must not return together. Not math.random, whose
-- sequence is the program's.
function M.share() return string.unpack("<I4", sys.random(4)) / 0xFFFFFFFF end

local function settings_of(client)
  return {
    retries = client.option "retries",
    retry_base = client.option "retry_base",
    retry_max = client.option "retry_max",
  }
end

local function try_again(client, policy, err, attempt)
  if not failure.is(err) then return nil end
  err.attempts = attempt
  return retry.delay(policy, err, attempt, settings_of(client), M.share(), sys.now())
end

--- Calls `verb(...)` and repeats it as the policy allows.
---@param client table whose options say how often
---@param policy string see fal.retry
---@param verb function
---@return any first, any second what the verb returned last
function M.run(client, policy, verb, ...)
  local attempt = 1
  while true do
    local first, second = verb(...)
    if first ~= nil then return first, second end
    local seconds = try_again(client, policy, second, attempt)
    if not seconds then return nil, second end
    task.sleep(seconds)
    attempt = attempt + 1
  end
end

return M
