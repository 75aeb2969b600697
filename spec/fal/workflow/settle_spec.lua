-- Settling: what becomes of a submit whose answer never came, by the service's
-- own list of requests and by hand. Nothing is sent twice.
local bench = require "fal.workflow.bench"
local task = require "fal.task"

describe("an unconfirmed step", function()
  local b

  before_each(function() b = bench.echo() end)

  after_each(function() b:close() end)

  -- A workflow of steps that ask for the same.
  local function takes(count)
    local wf = b:workflow "takes"
    for i = 1, count do wf:call("me/echo", { x = "same" }, { name = "take-" .. i }) end
    return wf
  end

  it("finds its request in the service's list, and pays once", function()
    b.sandbox:fault { what = "lose_answer", match = { call = "submit" }, times = 1 }
    local _, err = b:two():run()
    assert.are.equal("unconfirmed", err.kind)
    assert.are.equal("one and two", assert(b:two():run()).second.got)
    assert.are.equal(2, b.sandbox:accepted())
    assert.are.equal(1, #b.sandbox:requests "requests")
  end)

  it("is settled with the id of its request", function()
    b.sandbox:fault { what = "lose_answer", match = { call = "submit" }, times = 1 }
    b.sandbox:fault { what = 404, match = { call = "requests" } }
    b:two():run()
    local id
    for name in pairs(b.sandbox.jobs) do id = name end
    assert(b:two():settle("first", id))
    assert(b:two():run())
    assert.are.equal(2, b.sandbox:accepted())
    local _, err = b:two():settle("first", id)
    assert.matches("nothing to settle", err.message)
  end)

  it("is looked up among other requests", function()
    assert(b.client.subscribe("me/echo", { x = "other" }))
    b.sandbox:fault { what = "lose_answer", match = { call = "submit" }, times = 1 }
    b:two():run()
    assert.are.equal("one and two", assert(b:two():run()).second.got)
    assert.are.equal(3, b.sandbox:accepted())
  end)

  it("stays unconfirmed when two requests look alike", function()
    b.sandbox:fault { what = "lose_answer", match = { call = "submit" }, times = 1 }
    b:two():run()
    assert(b.client.subscribe("me/echo", { x = "one" })) -- by somebody else
    local _, err = b:two():run()
    assert.are.equal("unconfirmed", err.kind)
    assert.matches("2 requests look like it: %x+%-[%x-]+, %x+%-[%x-]+%)", err.message)
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("does not share the request that another one finds at the same moment", function()
    b.sandbox:fault { what = "reset_before", match = { call = "submit" }, times = 1 }
    b.sandbox:fault { what = "lose_answer", match = { call = "submit" }, times = 1 }
    takes(2):run()
    assert.are.equal(1, b.sandbox:accepted())
    local _, err = takes(2):run()
    assert.are.equal("unconfirmed", err.kind)
    assert.are.equal(2, #b.sandbox:requests "requests")
    assert.are.equal(1, #b:rows "SELECT id FROM calls WHERE request_id IS NOT NULL")
    assert.are.equal(1, b.sandbox:accepted())
  end)

  it("is not taken for another step's request", function()
    b.sandbox:fault { what = "lose_answer", match = { call = "submit" }, times = 1, after = 1 }
    takes(3):run { concurrency = 1 }
    assert(takes(3):run())
    local ids = {}
    for _, row in ipairs(b:rows()) do ids[row.request_id] = true end
    local count = 0
    for _ in pairs(ids) do count = count + 1 end
    assert.are.same({ 3, 3 }, { count, b.sandbox:accepted() })
  end)

  it("is not in the list while it runs, and found later", function()
    local gate = task.new_event()
    b.sandbox:endpoint("me/echo", function(input)
      task.wait_event(gate)
      return { got = input.x }
    end)
    b.sandbox:fault { what = "lose_answer", match = { call = "submit" }, times = 1 }
    b:two():run()
    local _, err = b:two():run()
    assert.are.equal("unconfirmed", err.kind)
    assert.matches("it shows only what has ended", err.message)
    task.set_event(gate)
    local id = next(b.sandbox.jobs)
    assert(b.client.request("me/echo", id):wait())
    assert.are.equal("one and two", assert(b:two():run()).second.got)
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("is not settled by a slip of the hand", function()
    b.sandbox:fault { what = "lose_answer", match = { call = "submit" }, times = 1, after = 1 }
    b:two():run()
    local taken, mine = b:rows()[1].request_id, nil
    for id in pairs(b.sandbox.jobs) do mine = id ~= taken and id or mine end
    local _, err = b:two():settle("second", "resubmitt")
    assert.matches("did you mean 'resubmit'", err.message)
    _, err = b:two():settle("second", taken)
    assert.matches("is the request of 'first'", err.message)
    assert.are.equal("unconfirmed", b:state_of "second")
    assert(b:two():settle("second", "11111111-2222-3333-4444-555555555555")) -- not ours
    _, err = b:two():run()
    assert.are.equal(404, err.status)
    _, err = b:two():settle("second", "resubmit")
    assert.matches("has a request already", err.message)
    assert(b:two():settle("second", mine))
    assert.are.equal("one and two", assert(b:two():run()).second.got)
    assert.are.equal(2, b.sandbox:accepted())
  end)
end)
