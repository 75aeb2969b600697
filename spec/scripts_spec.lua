-- The scripts that users run first: each one runs as it stands, in the sandbox
-- and an empty folder, and has its place in the cookbook.
local falua = require "support.falua"
local page = require "support.page"
local process = require "support.process"
local server = require "fal.core.server"
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

  -- A notice as somebody could send it who has no key of the service.
  local function forged(time)
    local id = ("0"):rep(8) .. "-0000-0000-0000-" .. ("0"):rep(12)
    return {
      ["X-Fal-Webhook-Request-Id"] = id, ["X-Fal-Webhook-User-Id"] = "me", ["X-Fal-Webhook-Timestamp"] = tostring(time),
      ["X-Fal-Webhook-Signature"] = ("00"):rep(64),
    }
  end

  it("believes the service and nobody else", function()
    local at <close> = falua.open { run_time = 0.5 }
    local port = free_port()
    local url = ("http://127.0.0.1:%d/done"):format(port)
    local child <close> = at:start { process.root .. "/scripts/webhook.lua", url, port }
    assert(child:expect "submitted %S+")
    for _, headers in ipairs { {}, forged(os.time()), forged(0) } do
      local answer = assert(require("fal").http { url = url, method = "POST", body = "{}", headers = headers })
      assert.equal(403, answer.status)
    end
    assert.matches("\ndone: http://127%.0%.0%.1", assert(child:wait()).out)
    assert.equal(1, at.sandbox:accepted())
    assert.equal(204, at.sandbox:webhooks()[1].status)
  end)
end)
