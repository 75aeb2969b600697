-- What becomes of a job: { status, headers, body, error, error_type }. The body
-- is JSON text. Here are all the ways in which the service words a failure.
local failure = require "fal.core.error"
local json = require "fal.core.json"

local outcome = {}

-- The platform's own errors: status, text, whether an application had begun.
outcome.platform = {
  request_timeout = { status = 504, detail = "Request timed out", begun = true },
  startup_timeout = { status = 504, detail = "Runner startup timed out", begun = false },
  runner_scheduling_failure = { status = 503, detail = "Failed to schedule a runner", begun = false },
  runner_connection_timeout = { status = 503, detail = "Runner connection timed out", begun = false },
  runner_connection_refused = { status = 503, detail = "Runner connection refused", begun = false },
  runner_disconnected = { status = 503, detail = "Runner disconnected", begun = true },
  runner_connection_error = { status = 503, detail = "Runner connection error", begun = true },
  runner_incomplete_response = { status = 502, detail = "Runner sent an incomplete response", begun = true },
  runner_server_error = { status = 500, detail = "Runner server error", begun = true },
  client_disconnected = { status = 499, detail = "Client disconnected", begun = true },
  client_cancelled = { status = 499, detail = "Request cancelled", begun = true },
  bad_request = { status = 400, detail = "Bad request", begun = false },
  internal_error = { status = 500, detail = "Internal server error", begun = true },
  concurrent_requests_limit = { status = 429, detail = "Too many concurrent requests", begun = false },
}

--- An answer of the model.
---@param text string  JSON
---@param units number  what is billed
---@return table outcome
function outcome.done(text, units)
  return { status = 200, headers = { ["x-fal-billable-units"] = tostring(units) }, body = text }
end

--- Any error status with a body.
---@param status integer
---@param body any  text becomes the detail; a table is the whole body
---@param headers? table
---@return table outcome
function outcome.failed(status, body, headers)
  if type(body) ~= "table" then body = { detail = body or "Internal Server Error" } end
  return { status = status, headers = headers or {}, body = assert(json.encode(body)) }
end

--- What the model does not accept.
---@param faults table  a list of { loc, msg, type, ... }
---@return table outcome
function outcome.invalid(faults)
  return outcome.failed(422, { detail = json.array(faults) }, { ["x-fal-billable-units"] = "0" })
end

--- A body that is no JSON, as one of the faults of `invalid`.
---@param why string
---@return table fault
function outcome.not_json(why)
  return { loc = json.array { "body", 0 }, msg = "JSON decode error", type = "json_invalid", ctx = { error = why } }
end

--- A path that the application does not have.
---@param path string
---@return table outcome
function outcome.no_path(path)
  return outcome.failed(404, ("Path /%s not found"):format(path), { ["x-fal-billable-units"] = "0" })
end

--- One of the platform's errors.
---@param kind string  its error_type
---@param detail? string
---@return table outcome
function outcome.broken(kind, detail)
  local row = outcome.platform[kind]
  local text = detail or row.detail
  local made = outcome.failed(row.status, { detail = text, error_type = kind }, { ["x-fal-error-type"] = kind })
  made.error, made.error_type = text, kind
  if row.status == 429 then made.headers["x-fal-needs-retry"] = "1" end
  return made
end

--- The start timeout that the caller asked for has run out.
---@return table outcome
function outcome.start_timeout()
  local made = outcome.broken "request_timeout"
  made.headers["x-fal-request-timeout-type"] = "user"
  return made
end

--- What an error object of an endpoint's function becomes.
---@param err any
---@return table outcome
function outcome.of_error(err)
  if not failure.is(err) then return outcome.failed(500, "Internal Server Error") end
  if outcome.platform[err.type] then return outcome.broken(err.type, err.message) end
  local status = err.status or (err.kind == "model" or err.kind == "validation") and 422 or 500
  return outcome.failed(status, { detail = err.detail or err.message })
end

return outcome
