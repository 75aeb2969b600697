-- falua doctor, which must name each trouble that is made for it here, and
-- never show the key.
local falua = require "support.falua"
local reach = require "falua.reach"

local at

before_each(function() at = falua.open() end)
after_each(function() at:close() end)

-- The findings by topic (the last of each), the exit status, and all output.
local function examine(env)
  local result = at:run { "doctor", "--json", env = env }
  assert.equal("", result.err)
  local by_topic = {}
  for _, finding in ipairs(assert(require("fal.core.json").decode(result.out))) do by_topic[finding.topic] = finding end
  return by_topic, result.status, result.out
end

describe("falua doctor", function()
  it("finds nothing wrong in the sandbox", function()
    local found, status, text = examine()
    assert.equal(0, status)
    assert.matches("^falua %d.*, Lua 5%.4%.%d.*, libcurl/%d", found.version.message)
    for _, topic in ipairs { "sandbox", "digest", "store", "clock", "key", "cache", "data", "state" } do
      assert.equal("ok", found[topic].state)
    end
    assert.equal("the service accepts it", found.key.message)
    assert.is_nil(text:find(at.sandbox.config.key, 1, true))
    assert.is_nil(text:find("secret", 1, true))
    assert.equal(0, at.sandbox:accepted())
  end)

  it("is for people without --json", function()
    local result = at:run { "doctor", env = { FAL_KEY = "" } }
    assert.matches("\nok +sandbox: there\n", result.out)
    assert.matches("\nPROBLEM key: none\n +make one at https://fal%.ai/dashboard/keys", result.out)
    assert.equal(3, result.status)
  end)

  it("sends the key to nobody while it looks for hosts", function()
    examine()
    local asked = 0
    for _, request in ipairs(at.sandbox:requests()) do
      if request.method == "HEAD" then
        assert.is_nil(request.headers.authorization)
        asked = asked + 1
      end
    end
    assert.is_true(asked > 0)
  end)

  it("says which key there is, and what is wrong with it", function()
    local found, status, text = examine { FAL_KEY = "abcdefgh:topsecret" }
    assert.equal("the service does not know it", found.key.message)
    assert.equal(3, status)
    assert.matches('"abcd%.%.%. from FAL_KEY"', text)
    assert.is_nil(text:find "abcde")
    assert.is_nil(text:find "topsecret")
    found, status = examine { FAL_KEY = "justatext" }
    assert.equal("the service does not know it", found.key.message)
    assert.equal(3, status)
    text = select(3, examine { FAL_KEY = "", FAL_KEY_ID = "idididid", FAL_KEY_SECRET = "hidden" })
    assert.matches('"idid%.%.%. from FAL_KEY_ID and FAL_KEY_SECRET"', text)
    assert.is_nil(text:find "hidden")
  end)

  it("says when the service refuses or hides what it thinks of the key", function()
    local rule = at.sandbox:fault { what = "403", match = { call = "status" }, detail = "locked" }
    local found, status = examine()
    assert.matches("^the service refuses it: .*locked", found.key.message)
    assert.equal(3, status)
    at.sandbox:mend()
    assert.is_true(rule.done > 0)
    at.sandbox:fault { what = "409", match = { call = "status" } }
    found, status = examine()
    assert.equal("note", found.key.state)
    assert.equal(0, status)
  end)

  it("tells a name from a connection from encryption from a proxy", function()
    local port = at.sandbox.url:match ":(%d+)$"
    local found, status = examine {
      FAL_RUN_URL = "http://nowhere.invalid", FAL_REST_URL = "http://127.0.0.1:1",
      FAL_CDN_URL = "https://127.0.0.1:" .. port, FAL_API_URL = "https://api.invalid",
      HTTPS_PROXY = "http://me:hush@127.0.0.1:1", NO_PROXY = "127.0.0.1",
    }
    local function place(url)
      assert.equal("problem", found[url].state)
      local name = found[url].message:match "^(%a+): "
      assert.equal(reach.remedies[name], found[url].remedy)
      return name
    end
    assert.equal("name", place "http://nowhere.invalid")
    assert.equal("connection", place "http://127.0.0.1:1")
    assert.equal("encryption", place("https://127.0.0.1:" .. port))
    assert.equal("proxy", place "https://api.invalid")
    assert.equal("HTTPS_PROXY is http://...@127.0.0.1:1", found.proxy.message)
    assert.equal(1, status)
  end)

  it("notices a clock that is wrong", function()
    local server = assert(require("fal.core.server").listen { port = 0, host = "127.0.0.1" })
    local task = require "fal.task"
    local reactor = require "fal.core.reactor"
    local serving = task.service(function()
      while true do
        local request = server:next()
        if request then
          request:respond(404, { date = "Mon, 02 Nov 2020 10:00:00 GMT" }, "")
        else
          reactor.wait(server)
        end
      end
    end)
    local found, status = examine { FAL_RUN_URL = ("http://127.0.0.1:%d"):format(server:port()) }
    serving:cancel()
    server:close()
    assert.equal("problem", found.clock.state)
    assert.matches("^%d+ s fast$", found.clock.message)
    assert.matches("set it", found.clock.remedy)
    assert.equal(1, status)
  end)

  it("notices folders that cannot be written", function()
    at:write("file", "in the way")
    local found, status = examine { XDG_DATA_HOME = at.folder.path .. "/file" }
    assert.equal("problem", found.data.state)
    assert.matches("XDG_DATA_HOME", found.data.remedy)
    assert.equal("ok", found.cache.state)
    assert.equal(1, status)
  end)

  it("looks at the folders that are used: a relative one does not count", function()
    assert.equal(at.folder.path .. "/.local/share/fal", examine { XDG_DATA_HOME = "here" }.data.message)
  end)
end)

describe("falua doctor, of the history", function()
  it("says where it is, that it is off, or why it cannot be written", function()
    local found, status = examine()
    assert.same({ "note", "off", 0 }, { found.history.state, found.history.message, status })
    found, status = examine { FAL_HISTORY = "on" }
    assert.same({ "ok", at.folder.path .. "/data/fal/history.db", 0 },
      { found.history.state, found.history.message, status })
    found, status = examine { FAL_HISTORY = "/proc/no/file" }
    assert.same({ "problem", 1 }, { found.history.state, status })
    assert.matches("^/proc/no/file: ", found.history.message)
    assert.matches("FAL_HISTORY", found.history.remedy)
  end)
end)

describe("reach.place", function()
  local cases = {
    { "Could not resolve proxy: proxy.example", "proxy" },
    { "CONNECT tunnel failed, response 407", "proxy" },
    { "Failed to connect to queue.fal.run port 443 after 21 ms: Couldn't connect to server", "connection" },
    { "Failed to connect to queue.fal.run port 443 via 10.0.0.1 after 21 ms: Could not connect", "proxy" },
    { "Failed to connect to squid.example port 3128 after 1 ms: Couldn't connect to server", "proxy" },
    { "Could not resolve host: queue.fal.run", "name" },
    { "Resolving timed out after 5001 milliseconds", "name" },
    { "SSL certificate problem: self-signed certificate", "encryption" },
    { "Connection timed out after 5001 milliseconds", "connection" },
    { "Received HTTP/0.9 when not allowed", "answer" },
  }
  for _, case in ipairs(cases) do
    it("knows what is meant by: " .. case[1], function()
      assert.equal(case[2], reach.place(case[1], "https://queue.fal.run"))
    end)
  end
end)
