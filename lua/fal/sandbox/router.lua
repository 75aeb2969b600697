-- From the path of a request to who answers it. Each area has a `plan` that
-- finds out what is asked and says so in the exchange (`call`, `endpoint`);
-- the faults come next, then the handler.
local access = require "fal.sandbox.access"
local exchange = require "fal.sandbox.exchange"
local faults = require "fal.sandbox.faults"
local platform = require "fal.sandbox.platform"
local queue = require "fal.sandbox.queue"
local reply = require "fal.sandbox.reply"
local run = require "fal.sandbox.run"
local storage = require "fal.sandbox.storage"
local tokens = require "fal.sandbox.tokens"
local webhook = require "fal.sandbox.webhook"

local router = {}

local function with_key(handler)
  return function(x)
    if access.by_key(x, true) then handler(x) end
  end
end

local function addresses(x) reply.raw(x, 200, '{"webhook_ip_ranges":["127.0.0.1/32"]}') end

-- The fixed addresses: what is asked for there, and who answers.
local fixed <const> = {
  ["POST /rest/tokens/"] = { "token", with_key(tokens.classic) },
  ["POST /rest/tokens"] = { "token", with_key(tokens.classic) },
  ["POST /rest/tokens/realtime"] = { "token", with_key(tokens.realtime) },
  ["POST /rest/storage/auth/token"] = { "token", with_key(tokens.for_cdn) },
  ["POST /rest/storage/upload/initiate"] = { "initiate", storage.initiate },
  ["POST /rest/storage/upload/initiate-multipart"] = { "initiate", storage.initiate_parts },
  ["GET /rest/storage/files/acl"] = { "acl", storage.acl },
  ["PUT /rest/storage/files/acl"] = { "acl", storage.acl },
  ["GET /rest/.well-known/jwks.json"] = { "keys", webhook.keys },
  ["GET /api/v1/meta"] = { "meta", addresses },
  ["GET /api/v1/models"] = { "models", platform.models },
  ["GET /api/v1/models/pricing"] = { "pricing", platform.pricing },
  ["GET /api/v1/models/requests/by-endpoint"] = { "requests", platform.requests },
  ["GET /site/api/openapi/queue/openapi.json"] = { "openapi", platform.openapi },
}

local areas <const> = { queue = queue.plan, run = run.plan, cdn = storage.plan }

local function plan(x)
  local area, rest = x.path:match "^/(%l+)(.*)$"
  if areas[area] then return areas[area](x, rest) end
  local row = fixed[x.method .. " " .. x.path]
  if not row then return reply.not_found end
  x.call = row[1]
  return row[2]
end

local function serve(x)
  local handler, argument = plan(x)
  x.seen.call, x.seen.endpoint = x.call, x.endpoint
  if x.sandbox.faults[1] and faults.strike(x) then return end
  if x.sandbox.mirror then return x.sandbox.mirror:serve(x) end
  handler(x, argument)
end

--- Serves a request.
---@param sandbox table
---@param request userdata  of fal.core.server
function router.serve(sandbox, request)
  local x = exchange.open(sandbox, request)
  exchange.guard(x, serve, x)
end

return router
