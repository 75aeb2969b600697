-- A script that ends badly while it waits does not lose its requests: falua
-- names them, with the command that picks each of them up.
local process = require "support.process"

local function run(code) return process.run { "falua", "--sandbox", "-e", code, timeout = 30 } end

describe("a script that ends badly", function()
  it("names the request that it was waiting for", function()
    local done = run [[
      require "fal".subscribe("acme/echo", {}, { on_update = function() error "enough" end })
    ]]
    assert.equal(1, done.status)
    local id = done.err:match "still under way: acme/echo#([%w-]+)\n"
    assert.is_truthy(id, done.err)
    assert.is_truthy(done.err:find("falua result --wait acme/echo " .. id, 1, true))
  end)

  it("names those of its tasks", function()
    local child <close> = process.start { "falua", "--sandbox", "-e", [[
      local fal = require "fal"
      local seen = 0
      local function update()
        seen = seen + 1
        if seen == 3 then io.stdout:write("ready\n"):flush() end
      end
      fal.map({ 1, 2, 3 }, function()
        return fal.subscribe("acme/echo", {}, { on_enqueue = update, on_update = function() fal.sleep(100) end })
      end)
    ]] }
    assert.is_truthy(child:expect "ready\n")
    child:kill "INT"
    local done = assert(child:wait(), "still running")
    local _, count = done.err:gsub("still under way: acme/echo#", "")
    assert.equal(130, done.status)
    assert.equal(3, count, done.err)
  end)

  it("names the calls whose answers had not come yet", function()
    local folder <close> = process.temporary()
    local child <close> = process.start { "env", "FAL_HISTORY=" .. folder.path .. "/h", process.falua, "-e", [[
      local fal, task = require "fal", require "fal.task"
      local server = assert(require "fal.core.server".listen {})
      local seen = 0
      task.service(function()
        while true do
          if not server:next() then
            require "fal.core.reactor".wait(server)
          else
            seen = seen + 1
            if seen == 2 then io.stdout:write("ready\n"):flush() end
          end
        end
      end)
      local url = "http://127.0.0.1:" .. server:port()
      fal.config { key = "a:b", queue_url = url, run_url = url }
      fal.async(fal.run, "acme/later", {})
      fal.submit("acme/echo", {})
    ]] }
    assert.is_truthy(child:expect "ready\n")
    child:kill "INT"
    local done = assert(child:wait(), "still running")
    assert.equal(130, done.status)
    for _, call in ipairs { "run acme/later", "submit acme/echo" } do
      assert.matches("may have been accepted: " .. call .. "\n  falua history show %d\n", done.err)
    end
  end)

  it("is silent about what is over or cancelled", function()
    local done = run [[
      local fal = require "fal"
      assert(fal.subscribe("acme/echo", {}))
      assert(not fal.subscribe("acme/echo", {}, { timeout = 0.05 }))
      error "enough"
    ]]
    assert.matches(":4: enough\n", done.err)
    assert.is_nil(done.err:find("still under way", 1, true))
  end)
end)
