-- The options of a client: where they come from, what is refused and how.
local process = require "support.process"
local service = require "support.service"

describe("the environment", function()
  -- The value of an option in a child with these variables, which runs `code` before; and what it complained of.
  local function option(name, env, code)
    local done = process.run { "lua", "-e", ([[
      local fal = require "fal"
      %s
      print(fal.option "%s")
    ]]):format(code or "", name), env = env, timeout = 20 }
    return (done.out:gsub("\n$", "")), done.err
  end

  local rows = {
    { "run_url", {}, "https://fal.run" },
    { "run_url", { FAL_RUN_HOST = "run.test" }, "https://run.test" },
    { "run_url", { FAL_RUN_HOST = "run.test", FAL_RUN_URL = "http://r.test/x" }, "http://r.test/x" },
    { "run_url", { FAL_RUN_URL = "" }, "https://fal.run" },
    { "queue_url", {}, "https://queue.fal.run" },
    { "queue_url", { FAL_RUN_HOST = "run.test" }, "https://queue.run.test" },
    { "queue_url", { FAL_RUN_HOST = "run.test", FAL_QUEUE_RUN_HOST = "q.test" }, "https://q.test" },
    { "queue_url", { FAL_QUEUE_RUN_HOST = "q.test", FAL_QUEUE_URL = "http://u.test" }, "http://u.test" },
    { "rest_url", { FAL_REST_URL = "http://u.test" }, "http://u.test" },
    { "cdn_url", { FAL_CDN_URL = "http://u.test" }, "http://u.test" },
    { "realtime_url", { FAL_REALTIME_URL = "ws://u.test" }, "ws://u.test" },
    { "api_url", { FAL_API_URL = "http://u.test" }, "http://u.test" },
    { "site_url", { FAL_SITE_URL = "http://u.test" }, "http://u.test" },
    { "proxy_url", { FAL_PROXY_URL = "http://u.test/p" }, "http://u.test/p" },
    { "history", { FAL_HISTORY = "/tmp/h" }, "/tmp/h" },
    { "webhook_token", { FAL_WEBHOOK_TOKEN = "t" }, "t" },
    { "key", {}, "false" },
    { "key", { FAL_KEY = "" }, "false" },
    { "key", { FAL_KEY = "a:b" }, "true" },
    { "key", { FAL_KEY_ID = "a" }, "false" },
    { "key", { FAL_KEY = "", FAL_KEY_ID = "a", FAL_KEY_SECRET = "b" }, "true" },
  }

  for _, row in ipairs(rows) do
    local given = {}
    for name, value in pairs(row[2]) do given[#given + 1] = name .. "=" .. value end
    table.sort(given)
    it(("{%s} makes %s %s"):format(table.concat(given, " "), row[1], row[3]), function()
      local got, err = option(row[1], row[2])
      assert.are.equal(row[3], got, err)
    end)
  end

  it("stands behind what the program says", function()
    assert.are.equal("http://mine.test", (option("run_url", { FAL_RUN_URL = "http://env.test" },
      [[fal.config { run_url = "http://mine.test" }]])))
    assert.are.equal("http://mine.test", (option("run_url", { FAL_RUN_URL = "http://env.test" },
      [[fal.option "run_url" fal.config { run_url = "http://mine.test" }]])))
  end)

  it("supplies the key as pair or whole, blanks around it left out", function()
    local sandbox <close> = service.start { key = "some-id:some-secret" }
    for _, env in ipairs {
      { FAL_KEY = "some-id:some-secret" }, { FAL_KEY = " \tsome-id:some-secret\r\n" },
      { FAL_KEY = "", FAL_KEY_ID = "some-id", FAL_KEY_SECRET = "some-secret" },
    } do
      env.FAL_RUN_URL = sandbox.config.run_url
      local child <close> = process.start {
        "lua", "-e", [[print(assert(require("fal").run("acme/echo", { a = 1 })).a)]], env = env,
      }
      local done = assert(child:wait(20))
      assert.are.equal("1\n", done.out, done.err)
    end
  end)
end)

describe("an option", function()
  local fal

  before_each(function() fal = require "fal" end)

  it("of an unknown name is refused with the nearest one, at the caller's line", function()
    for _, call in ipairs { fal.new, fal.config, fal.new().config } do
      local ok, err = pcall(call, { retrys = 5 })
      assert.is_false(ok)
      assert.matches("unknown option 'retrys' for '%w+'; did you mean 'retries'?", err)
    end
    local ok, err = pcall(function() fal.config { zzzzzzzz = 1 } end)
    assert.is_false(ok)
    assert.matches("^spec/module/client_spec.lua:%d+: unknown option 'zzzzzzzz' for 'config'$", err)
    assert.is_false((pcall(fal.config, { "key" })))
    assert.is_false((pcall(fal.config)))
    assert.is_false((pcall(fal.new, "key")))
  end)

  it("of an impossible kind is refused at the caller's line, its value unsaid", function()
    local rows = {
      key = { 5, true, {} }, run_url = { 5, false, "a\0b" }, retries = { -1, 1.5, "3" }, retry_base = { -1, "1" },
      connect_timeout = { 0, -1, "x", 0 / 0 }, exchange_timeout = { 0 }, max_connections = { 0, 2.5 },
      validate = { 1 }, headers = { "X: y", { "x" }, { X = "a\r\nb" } },
      history = { true, 5 }, on_request = { "f" }, user_agent = { 5 },
      connect_to = { 5, {}, { 5 } }, ca_file = { false },
    }
    for name, values in pairs(rows) do
      for _, value in ipairs(values) do
        local ok, err = pcall(function() fal.new { [name] = value } end)
        assert.is_false(ok, name)
        assert.matches("^spec/module/client_spec.lua:%d+: option '" .. name .. "'.* must be ", err)
      end
    end
    local _, err = pcall(fal.new, { on_request = "canary-secret" })
    assert.is_nil(err:find "canary")
  end)

  it("that is no URL is a config error of the first call", function()
    for _, bad in ipairs {
      "", "fal.run", "ftp://fal.run", "https://", "https:///x", "http://a b", "http://a\nb", "https://u@h", "wss://f.r",
      "https://fal.run?x=1", "https://fal.run#x", "http://a:99999999", "http://a:x", "file:///etc/passwd",
    } do
      local _, err = fal.new({ key = "a:b", queue_url = bad }).submit("a/b", {})
      assert.are.equal("config", err.kind, bad)
      assert.matches("queue_url: ", err.message)
    end
    local _, err = fal.new({ key = "a:b", realtime_url = "https://fal.run" }).submit("a/b", {})
    assert.are.equal("config", err.kind)
    _, err = fal.new({ key = "a:b", proxy_url = "nonsense" }).submit("a/b", {})
    assert.matches("^proxy_url: ", err.message)
    _, err = fal.new({ key = "a:b", user_agent = "x\r\nEvil: 1" }).submit("a/b", {})
    assert.are.equal("config", err.kind)
  end)

  it("for the most connections holds for all, until another client is told otherwise", function()
    local now, most
    local sandbox <close> = service.start { endpoints = { ["acme/counts"] = function()
      now = now + 1
      most = math.max(most, now)
      fal.sleep(0.03)
      now = now - 1
      return {}
    end } }
    local few, other = service.client(sandbox, { max_connections = 2 }), service.client(sandbox)
    assert(few.run("acme/echo", {}))
    assert(other.run("acme/echo", {}))
    local function at_once()
      now, most = 0, 0
      local jobs = {}
      for i = 1, 6 do jobs[i] = function() return other.run("acme/counts", {}) end end
      assert(fal.all(jobs))
      return most
    end
    assert.are.equal(2, at_once())
    other.config { max_connections = 64 }
    assert(other.run("acme/echo", {}))
    assert.are.equal(6, at_once())
  end)

  it("may be changed while a call is under way", function()
    local sandbox <close> = service.start { run_time = 0.02 }
    local client
    client = service.client(sandbox, { connect_to = "x:1:127.0.0.1:1", on_request = function()
      client.config { connect_to = "y:1:127.0.0.1:1", user_agent = "other" }
      collectgarbage()
      collectgarbage()
    end })
    for _ = 1, 3 do assert(client.run("acme/echo", {})) end
  end)
end)

describe("the key", function()
  local fal

  before_each(function() fal = require "fal" end)

  it("when missing is a config error that says what to do", function()
    for _, call in ipairs { "run", "submit", "stream" } do
      local result, err = fal.new({})[call]("acme/echo", {})
      assert.is_nil(result)
      assert.are.equal("config", err.kind)
      assert.are.equal("no", err.billed)
      assert.matches("FAL_KEY", tostring(err))
    end
  end)

  it("with a character that no key has is a config error that does not repeat it", function()
    for _, key in ipairs { "canary\r\nEvil: 1", "canary\nx", "canary\0x", "canary x", "canaryä", "", "  \n" } do
      local _, err = fal.new({ key = key }).run("acme/echo", {})
      assert.are.equal("config", err.kind)
      assert.is_nil(tostring(err):find "canary")
      _, err = fal.new({ key = function() return key end }).run("acme/echo", {})
      assert.are.equal("config", err.kind)
    end
  end)

  it("may come from a function, which is asked once", function()
    local sandbox <close> = service.start()
    local asked = 0
    local client = service.client(sandbox, { key = function()
      asked = asked + 1
      return " " .. sandbox.config.key .. "\n"
    end })
    assert.are.equal(0, asked)
    assert(client.option "retries")
    assert.are.equal(0, asked)
    for _ = 1, 3 do assert(client.run("acme/echo", {})) end
    client.config { retries = 2 }
    assert(client.subscribe("acme/echo", {}))
    assert.are.equal(1, asked)
  end)

  it("is asked for only when it is to go somewhere", function()
    local answers = require "support.answers"
    local server <close> = answers.start(function() return 200, {}, "" end)
    local asked = 0
    local client = fal.new { rest_url = server.url, key = function()
      asked = asked + 1
      return nil, "locked"
    end }
    assert(client.http { url = server.url:gsub("127.0.0.1", "localhost") .. "/x" })
    assert.are.equal(0, asked)
    local _, err = client.http { url = server.url .. "/x" }
    assert.are.equal("config", err.kind)
    assert.matches("locked", err.message)
    assert.are.equal(1, asked)
  end)

  it("of a function that has none is a config error, and it is asked again", function()
    local sandbox <close> = service.start()
    local locked = true
    local client = service.client(sandbox, { key = function()
      if locked then return nil, "the vault is locked" end
      return sandbox.config.key
    end })
    local _, err = client.run("acme/echo", {})
    assert.are.equal("config", err.kind)
    assert.matches("the vault is locked", err.message)
    assert.are.equal("no", err.billed)
    locked = false
    assert(client.run("acme/echo", {}))
    _, err = fal.new({ key = function() end }).run("acme/echo", {})
    assert.matches("^no key", err.message)
    _, err = fal.new({ key = function() return {} end }).run("acme/echo", {})
    assert.matches("the key function returned a table, not a string", err.message)
  end)

  it("of a function that raises is that error", function()
    local thing = {}
    local ok, err = pcall(fal.new({ key = function() error(thing) end }).run, "acme/echo", {})
    assert.is_false(ok)
    assert.are.equal(thing, err)
  end)

  it("of a function that yields is an error, one that waits is not", function()
    local sandbox <close> = service.start()
    local function ask(fn)
      return fal.async(service.client(sandbox, { key = fn }).run, "acme/echo", { a = 1 })
    end
    local ok, err = pcall(function() ask(function() coroutine.yield() end):await() end)
    assert.is_false(ok)
    assert.matches("attempt to yield", tostring(err))
    local output = ask(function()
      fal.sleep(0.001)
      return sandbox.config.key
    end):await()
    assert.are.equal(1, output.a)
  end)

  it("of another client stays with that client", function()
    local sandbox <close> = service.start()
    local good, bad = service.client(sandbox), service.client(sandbox, { key = "wrong:key" })
    assert(good.run("acme/echo", {}))
    local _, err = bad.run("acme/echo", {})
    assert.are.equal(401, err.status)
    assert(good.run("acme/echo", {}))
    bad.config { key = sandbox.config.key }
    assert(bad.run("acme/echo", {}))
  end)
end)
