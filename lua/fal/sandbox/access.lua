-- Who may come in. Keys are judged as the service judges them: one that nobody
-- knows is refused with 401, one of a locked account (an id that begins with
-- "locked") with 403 where something would be started. Tokens stand in for a
-- key where a browser would use them.
local address = require "fal.sandbox.address"
local reply = require "fal.sandbox.reply"
local tokens = require "fal.sandbox.tokens"

local access = {}

local malformed <const> = "Invalid Key Authorization header format. Expected '<key_id>:<key_secret>'."
local unknown <const> = "No user found for Key ID and Secret"
local no_credit <const> =
  "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing."
local by_staff <const> = "User is locked. Reason: Admin lock. Please contact support@fal.ai"

local function no_key(x)
  if not x.endpoint then return "Authentication is required to access this resource." end
  return ('Cannot access application "%s". Authentication is required to access this application.'):format(x.endpoint)
end

local function refuse(x, status, text)
  reply.detail(x, status, text)
  return false
end

-- A header that is not simply the right key.
local function judge(x, header, starts)
  local id, secret = header:match "^Key ([^:%s]+):([^:%s]+)%s*$"
  if not id then return refuse(x, 401, malformed) end
  if id .. ":" .. secret == x.sandbox.key then return true end
  if id:sub(1, 6) ~= "locked" then return refuse(x, 401, unknown) end
  if not starts then return true end
  return refuse(x, 403, id:find("admin", 1, true) and by_staff or no_credit)
end

--- Whether the exchange may go on; answers it otherwise.
---@param x table  the exchange
---@param starts boolean  whether something would be started or stored
---@return boolean
function access.by_key(x, starts)
  local header = x.headers.authorization
  if header == x.sandbox.authorization then return true end
  if header then return judge(x, header, starts) end
  return refuse(x, 401, no_key(x))
end

--- Whether the key is right, without an answer when it is not.
---@param x table  the exchange
---@return boolean
function access.is_open(x) return x.headers.authorization == x.sandbox.authorization end

--- As `by_key`, but a temporary token in the query will do.
---@param x table  the exchange
---@return boolean
function access.by_key_or_token(x)
  local token = x.query and address.query(x.query).fal_jwt_token
  if not token or x.headers.authorization then return access.by_key(x, true) end
  if tokens.opens(x.sandbox, token, x.endpoint) then return true end
  return refuse(x, 401, "Invalid or expired token")
end

--- Whether a CDN token is there and still good; answers otherwise.
---@param x table  the exchange
---@return boolean
function access.by_cdn_token(x)
  local token = (x.headers.authorization or ""):match "^Bearer (%S+)$"
  if not token then return refuse(x, 401, "Authentication is required to access this resource.") end
  if tokens.is_cdn(x.sandbox, token) then return true end
  return refuse(x, 401, "Invalid or expired token")
end

return access
