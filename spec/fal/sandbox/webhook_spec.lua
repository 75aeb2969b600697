-- Webhooks: what is delivered, how it is signed, how often it is tried.
local digest = require "fal.core.digest"
local json = require "fal.core.json"
local reactor = require "fal.core.reactor"
local server = require "fal.core.server"
local task = require "fal.task"
local wire = require "fal.sandbox.wire"

-- A receiver that answers with these statuses in turn; the last one for ever.
local function receiver(statuses)
  local listening = assert(server.listen { port = 0 })
  local got = { url = ("http://127.0.0.1:%d/hook?a=1"):format(listening:port()) }
  local work = task.service(function()
    while true do
      local request = listening:next()
      if request then
        got[#got + 1] = { headers = request.headers, body = request.body, path = request.path, query = request.query }
        request:respond(statuses[math.min(#got, #statuses)], {}, "")
      else
        reactor.wait(listening)
      end
    end
  end)
  return setmetatable(got, {
    __close = function()
      work:cancel()
      listening:close()
    end,
  })
end

local function submit(w, endpoint, input, url)
  return w:post("/queue/" .. endpoint .. "?fal_webhook=" .. url:gsub("[^%w]", function(c)
    return ("%%%02X"):format(c:byte())
  end), input).json.request_id
end

local function wait_for(w)
  local delivery = w.sandbox:webhooks()[1]
  while not delivery.over do task.sleep(0.001) end
  return delivery
end

describe("a webhook", function()
  it("brings the result, signed with the key that is published", function()
    local w <close> = wire.open { run_time = 0.01 }
    local hook <close> = receiver { 200 }
    local id = submit(w, "owner/app", '{"seed":18446744073709551615}', hook.url)
    assert.are.same({ 200, true, 1 }, { wait_for(w).status, wait_for(w).accepted, wait_for(w).tries })
    local got = hook[1]
    assert.are.same({ "/hook", "a=1" }, { got.path, got.query })
    assert.are.equal(([[{"request_id":"%s","gateway_request_id":"%s","status":"OK","payload":%s}]]):format(
      id, id, '{"seed":18446744073709551615}'), got.body)
    local h = got.headers
    assert.are.equal(id, h["x-fal-webhook-request-id"])
    assert.is_true(math.abs(os.time() - tonumber(h["x-fal-webhook-timestamp"])) < 60)
    local message = ("%s\n%s\n%s\n%s"):format(
      id, h["x-fal-webhook-user-id"], h["x-fal-webhook-timestamp"], digest.sha256(got.body))
    local keys = w:get("/rest/.well-known/jwks.json", { Authorization = false }).json.keys
    assert.are.same({ "OKP", "Ed25519", 43 }, { keys[1].kty, keys[1].crv, #keys[1].x })
    local signature = h["x-fal-webhook-signature"]
    assert.is_truthy(signature:find("^" .. ("%x"):rep(128) .. "$"))
    assert.is_true(digest.ed25519_verify(digest.unbase64url(keys[1].x), message, digest.unhex(signature)))
  end)

  it("brings failures", function()
    local w <close> = wire.open()
    local hook <close> = receiver { 204 }
    submit(w, "fal-ai/veo3/fast", {}, hook.url)
    wait_for(w)
    local body = json.decode(hook[1].body)
    assert.are.same({ "ERROR", "Invalid status code: 422" }, { body.status, body.error })
    assert.are.same({ "body", "prompt" }, body.payload.detail[1].loc)
  end)

  it("is tried again until it is accepted", function()
    local w <close> = wire.open { speed = 1000 }
    local hook <close> = receiver { 500, 404, 200 }
    submit(w, "owner/app", {}, hook.url)
    local delivery = wait_for(w)
    assert.are.same({ 3, true }, { delivery.tries, delivery.accepted })
    assert.are.equal(hook[1].body, hook[3].body)
  end)

  it("is given up after a redirect, and when the result is gone", function()
    for status, least in pairs { [302] = 1, [500] = 5 } do
      local w <close> = wire.open { speed = 20000 }
      local hook <close> = receiver { status }
      submit(w, "owner/app", {}, hook.url)
      local delivery = wait_for(w)
      assert.is_false(delivery.accepted)
      assert.is_true(delivery.tries >= least and delivery.tries <= 32)
    end
  end)

  it("comes at once when the request is cancelled", function()
    local w <close> = wire.open { queue_time = 60 }
    local hook <close> = receiver { 200 }
    local id = submit(w, "owner/app", {}, hook.url)
    assert.are.equal(200, w:put("/queue/owner/app/requests/" .. id .. "/cancel").status)
    wait_for(w)
    assert.are.equal("Invalid status code: 499", json.decode(hook[1].body).error)
  end)

  it("has another gateway request when the job was put back", function()
    local w <close> = wire.open { run_time = 0.01, faults = { { what = "back_to_queue" } } }
    local hook <close> = receiver { 200 }
    local id = submit(w, "owner/app", {}, hook.url)
    wait_for(w)
    local body = json.decode(hook[1].body)
    assert.are.equal(id, body.request_id)
    assert.are_not.equal(id, body.gateway_request_id)
  end)
end)

describe("the service's addresses", function()
  it("are told to everybody", function()
    local w <close> = wire.open()
    assert.are.same({ "127.0.0.1/32" }, w:get("/api/v1/meta", { Authorization = false }).json.webhook_ip_ranges)
  end)
end)
