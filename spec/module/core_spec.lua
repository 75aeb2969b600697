-- The core alone, as `require "fal"` finds it where no Lua file is installed,
-- and what a require may not do.
local process = require "support.process"
local service = require "support.service"

local function run(code, changes)
  local words = { "lua", "-e", code, timeout = 20 }
  for name, value in pairs(changes or {}) do words[name] = value end
  return process.run(words)
end

describe("the core without any Lua file", function()
  local alone = { LUA_PATH = "", LUA_PATH_5_4 = "" }

  it("has the verbs", function()
    local done = run([[
      local fal = require "fal"
      for name in ("submit status result cancel run new config null array number"):gmatch "%a+" do
        assert(fal[name] ~= nil, name)
      end
      assert(package.loaded["fal.queue"] == nil)
      print(fal == require "fal", fal._VERSION)
    ]], { env = alone })
    assert.matches("^true\t%d+%.%d+%.%d+\n$", done.out, done.err)
  end)

  it("submits, looks, cancels, fetches and runs", function()
    local sandbox <close> = service.start { run_time = 0.05 }
    local config = sandbox.config
    local child <close> = process.start { "lua", "-e", [[
      local fal = require "fal"
      local req = assert(fal.submit("acme/echo", { prompt = "x", seed = 281474976710655 }, { priority = "low" }))
      assert(req.endpoint == "acme/echo" and #req.id > 10)
      local out, err
      repeat out, err = fal.result(req) until out or err.kind ~= "pending"
      assert(out, err)
      assert(out.seed == 281474976710655 and math.type(out.seed) == "integer")
      assert(fal.status("acme/echo", req.id, { logs = true }).status == "COMPLETED")
      assert(fal.result("acme/echo", req.id).prompt == "x")
      local _, late = fal.cancel(req)
      assert(late.type == "ALREADY_COMPLETED", late)
      local output, info = fal.run("acme/echo", { a = 1 })
      assert(output.a == 1 and info.request_id and info.billable_units == 1)
      local co = coroutine.wrap(function() return fal.run("acme/echo", { b = 2 }).b end)
      print(co())
    ]], env = {
      LUA_PATH = "", FAL_KEY = config.key, FAL_RUN_URL = config.run_url, FAL_QUEUE_URL = config.queue_url,
    } }
    local done = assert(child:wait(20))
    assert.are.equal("2\n", done.out, done.err)
    assert.are.equal("low", sandbox:requests("submit")[1].headers["x-fal-queue-priority"])
  end)

  it("says at the caller's line what is wrong with an option", function()
    local done = run([[
      local fal = require "fal"
      print(pcall(fal.new, { retries = "many" }))
      print(pcall(fal.config, { colour = "red" }))
      print(fal.submit("a/b", {}))
    ]], { env = alone })
    assert.matches("option 'retries' must be a whole number, 0 or more, not string", done.out)
    assert.matches("unknown option 'colour'", done.out)
    assert.matches("nil\tconfig: no key: set FAL_KEY", done.out)
  end)
end)

describe("require", function()
  it("reads no environment, opens no descriptor, sets no global", function()
    local done = run [[
      local before, read = {}, {}
      for name in pairs(_G) do before[name] = true end
      local getenv = os.getenv
      os.getenv = function(name) read[#read + 1] = name return getenv(name) end
      local function descriptors()
        local count = 0
        for n = 0, 300 do
          local file <close> = io.open("/proc/self/fdinfo/" .. n)
          if file then count = count + 1 end
        end
        return count
      end
      local n = descriptors()
      local fal = require "fal"
      require "fal.raise"
      assert(n == descriptors(), "a descriptor was opened")
      assert(#read == 0, read[1])
      for name in pairs(_G) do assert(before[name], name) end
      fal.config { retries = 1 }
      assert(n == descriptors(), "config opened a descriptor")
      print "clean"
    ]]
    assert.are.equal("clean\n", done.out, done.err)
  end)

  it("reads the environment when the first call needs it", function()
    local done = run([[
      local fal = require "fal"
      print(fal.option "queue_url", (select(2, fal.run("not an id", {}))).kind)
    ]], { env = { FAL_QUEUE_URL = "http://127.0.0.1:1/q", FAL_KEY = "a:b" } })
    assert.are.equal("http://127.0.0.1:1/q\tvalidation\n", done.out, done.err)
  end)

  it("may happen twice in a state", function()
    local done = run [[
      local one = require "fal"
      local e1 = require "fal.core.error"
      one.sleep(0.001)
      for name in pairs(package.loaded) do if name:find "^fal" then package.loaded[name] = nil end end
      local two = require "fal"
      local e2 = require "fal.core.error"
      assert(one ~= two and e1 ~= e2)
      assert(e2.is(e1.new { kind = "x" }))
      two.async(function() two.sleep(0.001) print "second" end)
      two.loop()
      one.sleep(0.001)
      local req = select(2, one.run("a/b", {}))
      assert(e2.is(req) and req.kind == "config")
    ]]
    assert.are.equal("second\n", done.out, done.err)
    assert.are.equal(0, done.status)
  end)

  it("works in several states of a process one after the other", function()
    local done = run [[
      for state = 1, 3 do
        require("luv").new_thread(function(number)
          local fal = require "fal"
          fal.sleep(0.001)
          print(number, fal.run("a/b", {}))
        end, state):join()
      end
    ]]
    assert.are.equal(3, select(2, done.out:gsub("%d\tnil\tconfig: no key", "")), done.out .. done.err)
    assert.are.equal(0, done.status)
  end)
end)

describe("fal.new", function()
  it("makes clients that know nothing of each other", function()
    local fal = require "fal"
    local one, two = fal.new { retries = 1 }, fal.new { retries = 2 }
    one.config { retries = 7 }
    assert.are.equal(7, one.option "retries")
    assert.are.equal(2, two.option "retries")
    assert.are_not.equal(one.submit, two.submit)
  end)

  it("takes no table apart that it was given", function()
    local fal = require "fal"
    local given = { retries = 1, connect_to = { "a:1:b:2", "c:3:d:4" } }
    local client = fal.new(given)
    client.config { retries = 3 }
    client.run("a/b", {})
    assert.are.same({ retries = 1, connect_to = { "a:1:b:2", "c:3:d:4" } }, given)
  end)
end)
