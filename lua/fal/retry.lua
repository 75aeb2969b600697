--- Whether to try again, and when. Pure: knows no clock and draws no number.
--
-- A read may be repeated whenever trying again can help. A paid request only
-- when it is certain that nothing was accepted (`err.accepted == false`).
-- Delays are "full jitter": a random share of base * 2^n, at most max; the
-- service's Retry-After is a lower bound.

local timestamp = require "fal.timestamp"

local M = {}

local LONGEST_RETRY_AFTER = 3600 -- seconds; beyond that the caller should decide
local SIGNATURE_TRIES = 3 -- one that is refused so often was not too old
local STORED_RESULT_TRIES = 2 -- a 5xx on a result may be the stored answer itself

--- Reads a Retry-After header.
---@param text string|nil seconds, or an HTTP date
---@param now number Unix time in seconds
---@return number|nil seconds to wait
function M.retry_after(text, now)
  if not text then return nil end
  local seconds = tonumber(text:match "^%s*(%d+)%s*$")
  if seconds then return seconds end
  local at = timestamp.of_http(text)
  return at and math.max(0, at - now)
end

local policies = {}

function policies.read(err) return err.retryable end

-- The status of a request may fail with a plain 500 and be there again.
function policies.status(err) return err.retryable or err.status == 500 and err.needs_retry ~= false end

function policies.result(err, attempt)
  if (err.status or 0) >= 500 and err.type then return err.retryable and attempt < STORED_RESULT_TRIES end
  return policies.read(err)
end

-- Sending bytes twice costs nothing. A signature that has expired is replaced by asking for a new one.
function policies.upload(err, attempt)
  if err.status == 403 and err.step == "send" then return attempt < SIGNATURE_TRIES end
  return policies.status(err)
end

function policies.paid(err) return err.accepted == false and err.retryable end

--- Says how long to wait before the next try.
---@param policy string "read", "status", "result", "upload" or "paid"
---@param err table the error of this try
---@param attempt integer how many tries were made
---@param settings table `retries`, `retry_base`, `retry_max`
---@param share number random, 0 to 1
---@param now number Unix time in seconds
---@return number|nil seconds; nil: give up
function M.delay(policy, err, attempt, settings, share, now)
  if attempt > settings.retries or not policies[policy](err, attempt) then return nil end
  local asked = M.retry_after(err.retry_after, now)
  if asked and asked > LONGEST_RETRY_AFTER then return nil end
  local most = math.min(settings.retry_max, settings.retry_base * 2 ^ (attempt - 1))
  return math.max(asked or 0, share * most)
end

return M
