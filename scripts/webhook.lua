-- A webhook: submits, and lets the service tell when the video is there. What
-- arrives is believed only when the service has signed it.
--   falua --sandbox scripts/webhook.lua                                no key, no cost
--   FAL_KEY=... falua scripts/webhook.lua https://example.com/done 8080
-- The second form listens on port 8080 of this machine; the URL must lead there
-- from outside, through a proxy or a tunnel.
local digest = require "fal.core.digest"
local fal = require "fal"
local json = require "fal.core.json"
local reactor = require "fal.core.reactor"
local server = require "fal.core.server"

local url, port = arg and arg[1], math.tointeger(arg and arg[2])
local receiver = assert(server.listen { port = port, max_body = 4 << 20 })
url = url or ("http://127.0.0.1:%d/done"):format(receiver:port())

-- The keys that the service signs with. It changes them now and then: a program
-- that runs for long asks again every day.
local answer = assert(fal.http { url = fal.option "rest_url" .. "/.well-known/jwks.json", check = true })
local keys = assert(json.decode(answer.body)).keys

-- What was signed: three headers and the hash of the body, a line each.
local function is_genuine(request)
  local headers = request.headers
  local id, user = headers["x-fal-webhook-request-id"], headers["x-fal-webhook-user-id"]
  local time = math.tointeger(headers["x-fal-webhook-timestamp"])
  local signature = digest.unhex(headers["x-fal-webhook-signature"] or "")
  if not (id and user and time and signature and #signature == 64) then return false end
  if math.abs(os.time() - time) > 300 then return false end -- an old one, sent again by somebody
  local message = table.concat({ id, user, time, digest.sha256(request.body) }, "\n")
  for _, key in ipairs(keys) do
    local public = digest.unbase64url(key.x or "")
    if public and #public == 32 and digest.ed25519_verify(public, message, signature) then return true end
  end
  return false
end

-- The next genuine notice. Others are refused; what is not accepted, the
-- service sends again.
local function next_notice()
  while reactor.wait(receiver) do
    local request = receiver:next()
    local genuine = request and request.method == "POST" and request.body and is_genuine(request)
    if request then request:respond(genuine and 204 or 403) end
    if genuine then return json.decode(request.body) end
  end
end

local input = { prompt = "A fox in the snow", duration = "4s" }
local video = assert(fal.submit("fal-ai/veo3/fast", input, { webhook_url = url }))
print("submitted " .. video.id)

-- The same notice may come twice: the id tells.
local notice
repeat notice = next_notice() until notice.request_id == video.id
receiver:close()

if notice.status == "OK" then
  print("done: " .. notice.payload.video.url)
else
  print(select(2, video:result())) -- the error in its usual form
end
