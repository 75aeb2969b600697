-- The scripts that users run first: each one runs as it stands, in the sandbox
-- and an empty folder, and has its place in the cookbook.
local digest = require "fal.core.digest"
local falua = require "support.falua"
local page = require "support.page"
local process = require "support.process"
local server = require "fal.core.server"
local service = require "support.service"
local tree = require "support.tree"

local scripts = {}
for _, path in ipairs(tree.files("scripts", "lua")) do
  if not path:find "^scripts/embed/" then scripts[#scripts + 1] = path end
end

describe("scripts/", function()
  for _, path in ipairs(scripts) do
    it(path .. " runs", function()
      local folder <close> = process.temporary()
      local env = { HOME = folder.path, XDG_DATA_HOME = folder.path, XDG_STATE_HOME = folder.path, NO_COLOR = "1" }
      local done = process.run {
        "falua", "--sandbox", process.root .. "/" .. path, cwd = folder.path, env = env, timeout = 120,
      }
      assert(done.status == 0, ("exit status %d\n%s%s"):format(done.status, done.out, done.err))
    end)
  end

  it("are in the cookbook, and nothing else is", function()
    local there, told = { ["embed/"] = true }, {}
    for _, path in ipairs(scripts) do there[path:match "^scripts/(.*)$"] = true end
    for name in page.prose("docs/cookbook.md"):gmatch "\n### scripts/(%S+)" do told[name] = true end
    assert.same(there, told)
  end)
end)

describe("scripts/webhook.lua", function()
  local function free_port()
    local other = assert(server.listen {})
    local port = other:port()
    other:close()
    return port
  end

  local body <const> = '{"request_id":"00000000-0000-0000-0000-000000000000","status":"OK"}'

  -- The headers of a notice with that body, signed at a time.
  local function signed(seed, time)
    local message = table.concat({ "00000000-0000-0000-0000-000000000000", "me", time, digest.sha256(body) }, "\n")
    return {
      ["X-Fal-Webhook-Request-Id"] = "00000000-0000-0000-0000-000000000000", ["X-Fal-Webhook-User-Id"] = "me",
      ["X-Fal-Webhook-Timestamp"] = tostring(time),
      ["X-Fal-Webhook-Signature"] = digest.hex(digest.ed25519_sign(seed, message)),
    }
  end

  it("believes the service and nobody else", function()
    local refused = false -- the job ends when all the others have been
    local at <close> = falua.open { endpoints = { ["fal-ai/veo3/fast"] = function()
      service.until_true(function() return refused end)
      return { video = { url = "http://127.0.0.1/fox.mp4" } }
    end } }
    local port = free_port()
    local url = ("http://127.0.0.1:%d/done"):format(port)
    local child <close> = at:start { process.root .. "/scripts/webhook.lua", url, port }
    assert(child:expect "submitted %S+")
    local function say(text, headers)
      return assert(require("fal").http { url = url, method = "POST", body = text, headers = headers }).status
    end
    local right, wrong, now = at.sandbox.webhook_seed, ("x"):rep(32), os.time()
    assert.equal(403, say(body, {}))
    assert.equal(403, say(body, signed(wrong, now)))
    assert.equal(403, say(body, signed(right, now - 400)))
    assert.equal(403, say(body .. " ", signed(right, now)))
    assert.equal(204, say(body, signed(right, now))) -- genuine, though not about its request
    refused = true
    assert.matches("\ndone: http://127%.0%.0%.1", assert(child:wait()).out)
    assert.equal(1, at.sandbox:accepted())
    assert.equal(204, at.sandbox:webhooks()[1].status)
  end)
end)
