-- Who comes in: keys as the service judges them, tokens in their three forms.
local digest = require "fal.core.digest"
local json = require "fal.core.json"
local wire = require "fal.sandbox.wire"

local w
setup(function() w = wire.open { endpoints = { ["owner/app"] = function() return {} end } } end)
teardown(function() w:close() end)

local function with(key) return { Authorization = key } end

describe("a key", function()
  it("that is missing, malformed or unknown is refused with 401", function()
    local cases = {
      [false] = "^Cannot access application \"owner/app\"",
      ["Key nobody:knows"] = "^No user found for Key ID and Secret$",
      ["Key sandbox-key:wrong"] = "^No user found",
      ["Key nocolon"] = "^Invalid Key Authorization header format%. Expected '<key_id>:<key_secret>'%.$",
      ["Bearer sandbox-key:sandbox-secret"] = "^Invalid Key Authorization",
      ["Key "] = "^Invalid Key Authorization",
      ["Key a:b:c"] = "^Invalid Key Authorization",
    }
    for key, detail in pairs(cases) do
      for _, path in ipairs { "/run/owner/app", "/queue/owner/app", "/run/owner/app/stream" } do
        local answer = w:post(path, {}, with(key))
        assert.are.equal(401, answer.status)
        assert.is_truthy(answer.json.detail:find(detail), answer.json.detail)
      end
    end
    assert.are.equal(0, w.sandbox:accepted())
  end)

  it("of a locked account starts nothing, but reads", function()
    local _, path = w:submit "owner/app"
    local before = w.sandbox:accepted()
    local initiate = "/rest/storage/upload/initiate?storage_type=fal-cdn-v3"
    for _, target in ipairs { "/run/owner/app", "/queue/owner/app", initiate, "/rest/tokens/" } do
      local answer = w:post(target, {}, with "Key locked-key:x")
      assert.are.equal(403, answer.status)
      assert.is_truthy(answer.json.detail:find "^User is locked%. Reason: Exhausted balance%.")
    end
    assert.is_truthy(w:post("/run/owner/app", {}, with "Key locked-admin:x").json.detail:find "Admin lock")
    assert.are.equal(200, w:get(path .. "/status", with "Key locked-key:x").status)
    assert.are.equal(before, w.sandbox:accepted())
  end)

  it("can be another one", function()
    local other <close> = wire.open { key = "mine:own" }
    assert.are.equal(200, other:post("/run/owner/app", {}, with "Key mine:own").status)
    assert.are.equal(401, other:post "/run/owner/app".status)
    assert.are.equal("mine:own", other.sandbox.config.key)
  end)
end)

describe("a token", function()
  it("is a bare string, with and without the slash", function()
    for _, path in ipairs { "/rest/tokens/", "/rest/tokens" } do
      local answer = w:post(path, { allowed_apps = { "app" }, token_expiration = 60 })
      assert.are.equal(200, answer.status)
      local _, claims = answer.json:match "^([%w_-]+)%.([%w_-]+)%.[%w_-]+$"
      assert.are.same({ "app" }, json.decode(digest.unbase64url(claims)).allowed_apps)
    end
  end)

  it("is an object for realtime", function()
    local answer = w:post("/rest/tokens/realtime", { allowed_apps = { "owner/app/realtime" }, duration = 60 })
    assert.is_string(answer.json.token)
  end)

  it("needs a key, applications and a sensible time", function()
    assert.are.equal(401, w:post("/rest/tokens/", { allowed_apps = { "app" } }, with(false)).status)
    assert.are.equal(422, w:post("/rest/tokens/", {}).status)
    assert.are.equal(422, w:post("/rest/tokens/", "nonsense").status)
    local answer = w:post("/rest/tokens/realtime", { allowed_apps = { "a/b" }, duration = 0 })
    assert.are.same({ 422, "greater_than" }, { answer.status, answer.json.detail[1].type })
    assert.are.equal(404, w:get "/rest/tokens/".status)
  end)

  it("opens its applications, without a key, for its time", function()
    local held <close> = wire.open { speed = 10 }
    held:hold()
    local function knock(token, path)
      return held:post(path .. "?fal_jwt_token=" .. token, {}, with(false)).status
    end
    for _, allowed in ipairs { "app", "owner/app", "owner/app/stream" } do
      local token = held:post("/rest/tokens/", { allowed_apps = { allowed }, token_expiration = 60 }).json
      assert.are.equal(200, knock(token, "/run/owner/app/stream"))
      assert.are.equal(401, knock(token, "/run/owner/other"))
      held:pass(5.9)
      assert.are.equal(200, knock(token, "/run/owner/app"))
      held:pass(0.2)
      assert.are.equal(401, knock(token, "/run/owner/app"))
    end
    assert.are.equal(401, knock("guessed", "/run/owner/app"))
  end)
end)
