-- One HTTP exchange with the sandbox, from its arrival on: { sandbox, request,
-- method, path, query, headers, seen }. The router adds what it is about:
-- `call` (what is asked for), `endpoint`, `job`. Answers are given by reply.
local failure = require "fal.core.error"

local reply = require "fal.sandbox.reply"

local exchange = {}

local kept_body <const> = 64 * 1024  -- longer ones are not noted

-- The note of a request, in a ring of so many.
local function note(sandbox, request)
  local seen = {
    method = request.method, path = request.path, query = request.query, headers = request.headers,
    at = sandbox.clock.now(),
  }
  if request.body_size > 0 and request.body_size <= kept_body then seen.body = request.body end
  if sandbox.remember > 0 then
    sandbox.seen[sandbox.seen_count % sandbox.remember + 1] = seen
    sandbox.seen_count = sandbox.seen_count + 1
  end
  return seen
end

--- Opens an exchange.
---@param sandbox table
---@param request userdata  of fal.core.server
---@return table x
function exchange.open(sandbox, request)
  local seen = note(sandbox, request)
  return {
    sandbox = sandbox, request = request, seen = seen,
    method = seen.method, path = seen.path, query = seen.query, headers = seen.headers,
  }
end

--- The body of the request, from wherever it is.
---@param x table
---@return string
function exchange.body(x)
  local path = x.request.body_path
  if not path then return x.request.body end
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

--- Counts a job that an application has accepted: from here on it costs.
---@param x table
function exchange.accept(x)
  local counts = x.sandbox.counts
  counts[x.endpoint] = (counts[x.endpoint] or 0) + 1
  x.seen.accepted = true
end

local function is_cancelled(err) return failure.is(err) and err.kind == "cancelled" end

--- Calls a handler. A mistake of the sandbox itself is said aloud, in the answer.
---@param x table
---@param handler function
function exchange.guard(x, handler, ...)
  local ok, err = xpcall(handler, debug.traceback, ...)
  if ok or is_cancelled(err) then return end
  if not x.answered then return reply.detail(x, 500, "sandbox: " .. tostring(err)) end
  x.sandbox:complain(err)
end

--- Lets a handler that waits go on in a task of its own.
---@param x table
---@param handler function
function exchange.later(x, handler, ...) x.sandbox:spawn(exchange.guard, x, handler, ...) end

return exchange
