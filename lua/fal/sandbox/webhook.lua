-- Webhooks: a signed POST for each finished request that asked for one, again
-- and again until it is accepted or the result is no longer kept. The real
-- service does not deliver to addresses of this machine; the sandbox does.
local core = require "fal.core"
local digest = require "fal.core.digest"
local json = require "fal.core.json"
local task = require "fal.task"

local reply = require "fal.sandbox.reply"

local webhook = {}

local user <const> = "usr_sandbox"
local most_tries <const> = 32                        -- the first, and 31 more
local first_timeout <const>, later_timeout <const> = 15, 120
local longest_delay <const> = 300

-- The body; what became of the request goes in as the text it is.
local function payload(job, made)
  local head = ('"request_id":"%s","gateway_request_id":"%s"'):format(job.id, job.gateway_id or job.id)
  if made.status >= 200 and made.status < 300 then
    return ('{%s,"status":"OK","payload":%s}'):format(head, made.body)
  end
  return ('{%s,"status":"ERROR","error":"Invalid status code: %d","payload":%s}'):format(head, made.status, made.body)
end

local function secret(sandbox)
  sandbox.webhook_seed = sandbox.webhook_seed or sandbox.chance:bytes(32)
  return sandbox.webhook_seed
end

local function signed(job, body)
  local time = tostring(math.floor(job.sandbox.clock:unix()))
  local message = table.concat({ job.id, user, time, digest.sha256(body) }, "\n")
  return {
    ["Content-Type"] = "application/json",
    ["X-Fal-Webhook-Request-Id"] = job.id, ["X-Fal-Webhook-User-Id"] = user, ["X-Fal-Webhook-Timestamp"] = time,
    ["X-Fal-Webhook-Signature"] = digest.hex(digest.ed25519_sign(secret(job.sandbox), message)),
  }
end

-- One try. True: nothing more to do.
local function try(job, delivery, client, body)
  local clock = job.sandbox.clock
  delivery.tries = delivery.tries + 1
  local seconds = delivery.tries == 1 and first_timeout or later_timeout
  local answer = client.http {
    url = delivery.url, method = "POST", body = body, headers = signed(job, body),
    timeout = math.max(1, clock:span(seconds)),
  }
  local status = answer and answer.status
  delivery.status = status
  delivery.accepted = status ~= nil and status >= 200 and status < 300
  return delivery.accepted or status ~= nil and status >= 300 and status < 400
end

local function deliver(job, delivery)
  local clock = job.sandbox.clock
  local body = payload(job, job:wait())
  local client = core.new { key = "webhook:none", user_agent = "fal-webhooks", retries = 0 }
  for n = 0, most_tries - 1 do
    if try(job, delivery, client, body) then break end
    task.sleep(clock:span(math.min(2 ^ n, longest_delay)))
    if job:is_expired(clock.now()) then break end
  end
  delivery.over = true
end

--- Promises a delivery once the job is finished.
---@param job table
---@param url string
function webhook.promise(job, url)
  local delivery = { request_id = job.id, url = url, tries = 0 }
  table.insert(job.sandbox.deliveries, delivery)
  job.sandbox:spawn(deliver, job, delivery)
end

--- Answers with the keys to check signatures with.
---@param x table  the exchange
function webhook.keys(x)
  local public = digest.base64url(digest.ed25519_public(secret(x.sandbox)))
  reply.json(x, 200, { keys = json.array { { kty = "OKP", crv = "Ed25519", x = public, use = "sig", alg = "EdDSA" } } })
end

return webhook
