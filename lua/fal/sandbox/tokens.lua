-- Temporary tokens: those of browsers and realtime connections, and those of
-- the CDN. They have the form of JWTs, but only this room can say what they
-- are good for.
local digest = require "fal.core.digest"
local json = require "fal.core.json"

local address = require "fal.sandbox.address"
local exchange = require "fal.sandbox.exchange"
local reply = require "fal.sandbox.reply"

local tokens = {}

local month <const> = 30 * 86400  -- seconds a CDN token is good for

local function mint(sandbox, seconds, entry)
  local clock = sandbox.clock
  entry.expires = clock.now() + clock:span(seconds)
  local head = digest.base64url '{"alg":"HS256","typ":"JWT"}'
  local body = { exp = math.floor(clock:unix(entry.expires)), jti = sandbox.chance:id(12), allowed_apps = entry.apps }
  local token = ("%s.%s.%s"):format(head, digest.base64url(json.encode(body)), sandbox.chance:id(43))
  sandbox.tokens[token] = entry
  return token, entry
end

local function live(sandbox, token)
  local entry = sandbox.tokens[token]
  if entry and entry.expires > sandbox.clock.now() then return entry end
  sandbox.tokens[token] = nil
end

--- Whether a token opens an endpoint.
---@param sandbox table
---@param token string
---@param endpoint string
---@return boolean
function tokens.opens(sandbox, token, endpoint)
  local entry = live(sandbox, token)
  local _, app = address.endpoint(endpoint)
  for _, name in ipairs(entry and entry.apps or {}) do
    local whole = name == endpoint or name == endpoint .. "/stream" or name == app
    if whole or name == app:match "[^/]+$" then return true end
  end
  return false
end

--- Whether a token is one of the CDN's, and still good.
---@param sandbox table
---@param token string
---@return boolean
function tokens.is_cdn(sandbox, token)
  local entry = live(sandbox, token)
  return entry ~= nil and entry.cdn
end

-- The body of a request for a token, or nil when it was refused.
local function request_for(x, lifetime)
  local body = json.decode(exchange.body(x))
  local apps = type(body) == "table" and body.allowed_apps
  if type(apps) ~= "table" or #apps == 0 then
    return reply.field_fault(x, "allowed_apps", "Field required", "missing")
  end
  local seconds = body[lifetime] or 120
  if type(seconds) ~= "number" or seconds <= 0 then
    return reply.field_fault(x, lifetime, "Input should be greater than 0", "greater_than")
  end
  return { apps = apps }, seconds
end

--- POST /tokens/: answers with the token as a bare string.
---@param x table  the exchange
function tokens.classic(x)
  local entry, seconds = request_for(x, "token_expiration")
  if entry then reply.json(x, 200, (mint(x.sandbox, seconds, entry))) end
end

--- POST /tokens/realtime: answers with an object.
---@param x table  the exchange
function tokens.realtime(x)
  local entry, seconds = request_for(x, "duration")
  if entry then reply.json(x, 200, { token = (mint(x.sandbox, seconds, entry)) }) end
end

--- POST /storage/auth/token: a token for uploads.
---@param x table  the exchange
function tokens.for_cdn(x)
  local body = json.decode(exchange.body(x))
  local seconds = type(body) == "table" and tonumber(body.expiration_seconds) or month
  local token, entry = mint(x.sandbox, seconds, { cdn = true })
  local clock = x.sandbox.clock
  reply.json(x, 200, {
    token = token, token_type = "Bearer", base_url = x.sandbox.url .. "/cdn",
    created_at = clock:timestamp() .. "+00:00", expires_at = clock:timestamp(entry.expires) .. "+00:00",
  })
end

return tokens
