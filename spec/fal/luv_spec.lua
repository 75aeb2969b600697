-- A luv loop that drives ours, in a child process.
local process = require "support.process"

describe("luv", function()
  local function run(code)
    return process.run { "lua", "-e", 'local uv, fal = require "luv", require "fal"\n' .. code, timeout = 20 }
  end

  it("drives tasks and the sandbox beside its own timers, and ends with them", function()
    local done = run [[
      local sandbox = assert(require("fal.sandbox").start { queue_time = 0.03, run_time = 0.03 })
      fal.config(sandbox.config)
      local hook = fal.attach_luv(uv)
      local ticks, order = 0, {}
      local ticker = uv.new_timer()
      ticker:start(5, 5, function()
        ticks = ticks + 1
        if #order == 5 then ticker:close() end
      end)
      for i = 1, 5 do
        fal.async(function()
          local output = assert(fal.subscribe("acme/echo", { i = i }))
          order[#order + 1] = output.i
        end)
      end
      uv.run()
      assert(ticks >= 3, ticks)
      table.sort(order)
      print(table.concat(order, " "))
      hook.close()
      hook.close()
      sandbox:stop()
      uv.run()
      print "over"
    ]]
    assert.are.equal("1 2 3 4 5\nover\n", done.out, done.err)
  end)

  it("lets tasks be started from its callbacks", function()
    local done = run [[
      fal.attach_luv(uv)
      local timer = uv.new_timer()
      timer:start(5, 0, function()
        timer:close()
        fal.async(function()
          fal.sleep(0.01)
          print "from a callback"
        end)
      end)
      uv.run()
    ]]
    assert.are.equal("from a callback\n", done.out, done.err)
  end)

  it("ends at once when there are no tasks", function()
    local done = run [[
      fal.attach_luv(uv)
      uv.run()
      print "over"
    ]]
    assert.are.equal("over\n", done.out, done.err)
  end)

  it("refuses to be attached twice, at the caller's line", function()
    local done = run [[
      local hook = fal.attach_luv(uv)
      print(pcall(fal.attach_luv, uv))
      hook.close()
      uv.run()
      fal.attach_luv(uv).close()
      uv.run()
      print "over"
    ]]
    assert.matches("^false\t[^\n]*:3: fal is attached to this loop already.*\nover\n$", done.out, done.err)
  end)
end)
