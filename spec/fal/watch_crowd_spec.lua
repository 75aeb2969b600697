-- Following many requests at once; what a single one is told is in watch_spec.
describe("a crowd of waits", function()
  local sandbox

  after_each(function() sandbox:stop() end)

  local function polls_of(count)
    local fal = require "fal"
    sandbox = assert(require("fal.sandbox").start { queue_time = 0.4, run_time = 0, remember = 20000 })
    local client = fal.new(sandbox.config)
    local jobs = {}
    for i = 1, count do
      jobs[i] = function() return client.subscribe("acme/echo", { number = i }, { mode = "poll" }) end
    end
    for i, out in ipairs(assert(fal.all(jobs))) do assert.are.equal(i, out.number) end
    return #sandbox:requests "status"
  end

  it("asks no more than a thousand times a second, all together", function()
    assert.is_true(polls_of(600) < 2 * 600)
  end)

  it("leaves alone who is by himself", function() assert.is_true(polls_of(1) > 2) end)

  it("is over when its waits are", function()
    polls_of(600)
    sandbox:stop()
    assert.is_true(polls_of(1) > 2)
  end)
end)
