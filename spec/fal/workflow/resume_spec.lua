-- Going on: what the journal says after each way in which a run can be cut off,
-- and that the next run neither loses nor repeats anything.
local bench = require "fal.workflow.bench"
local failure = require "fal.core.error"
local store = require "fal.core.store"
local task = require "fal.task"

describe("a run that was cut off", function()
  local b

  before_each(function() b = bench.echo() end)

  after_each(function() b:close() end)

  it("while it waited is gone on with by the request's id", function()
    b.sandbox:endpoint("me/echo", function(input)
      task.sleep(0.1)
      return { got = input.x }
    end)
    b.sandbox:fault { what = 503, match = { call = "status" } }
    b.sandbox:fault { what = 503, match = { call = "status_stream" } }
    local _, err = b:two():run()
    assert.are.equal("first", err.open[1].step)
    assert.are.equal("pending", b:state_of "first")
    assert.are.equal(1, b.sandbox:accepted())
    b.sandbox:mend()
    assert.are.equal("one and two", assert(b:two():run()).second.got)
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("when its result could not be fetched is asked again", function()
    b.sandbox:fault { what = "nginx_502", match = { call = "result" }, times = 3 }
    local _, err = b:two():run()
    assert.are.equal("http", err.kind)
    assert.are.equal("pending", b:state_of "first")
    assert(b:two():run())
    assert.are.equal(2, b.sandbox:accepted())
  end)

  local lost = { "lose_answer", "cut", "nginx_504", "reset_after" }
  for _, what in ipairs(lost) do
    it("by " .. what .. " between submit and id is unconfirmed until it is settled", function()
      b.sandbox:fault { what = what, match = { call = "submit" }, times = 1 }
      b.sandbox:fault { what = 404, match = { call = "requests" } } -- the list of requests, which could tell
      local _, err = b:two():run()
      assert.are.equal("unconfirmed", err.kind)
      assert.matches("falua workflow settle .* first ID", tostring(err))
      assert.are.equal("unconfirmed", b:state_of "first")
      _, err = b:two():run()
      assert.are.equal("unconfirmed", err.kind)
      assert.are.equal(1, b.sandbox:accepted())
      local _, problem = b:two():redo "first"
      assert.matches("settle it first", problem.message)
      assert(b:two():settle("first", "resubmit"))
      assert.are.equal("one and two", assert(b:two():run()).second.got)
      assert.are.equal(3, b.sandbox:accepted())
    end)
  end

  it("never sent what was turned away, and sends it", function()
    b.sandbox:fault { what = 429, match = { call = "submit" }, times = 3 }
    local _, err = b:two():run()
    assert.are.equal(429, err.status)
    assert.are.equal("new", b:state_of "first")
    assert(b:two():run())
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("by a request that was cancelled elsewhere sends it anew", function()
    b.sandbox:endpoint("me/echo", function() task.sleep(60) end)
    b.sandbox:fault { what = 503, match = { call = "status" } }
    b.sandbox:fault { what = 503, match = { call = "status_stream" } }
    b:two():run()
    assert.are.equal("pending", b:state_of "first")
    local id = assert(next(b.sandbox.jobs))
    assert(b.client.cancel("me/echo", id))
    b.sandbox:mend()
    b.sandbox:endpoint("me/echo", function(input) return { got = input.x } end)
    assert(b:two():run())
    assert.are.equal(3, b.sandbox:accepted())
  end)

  it("by its time limit is cancelled, and sent anew", function()
    b.sandbox:endpoint("me/echo", function() task.sleep(60) end)
    repeat -- the limit may come before the request is sent
      local wf = b:workflow "two"
      wf:call("me/echo", { x = "one" }, { name = "first", timeout = 0.1 })
      local _, err = wf:run()
      assert.are.equal("timeout", err.kind)
    until b.sandbox:accepted() == 1
    b.sandbox:endpoint("me/echo", function(input) return { got = input.x } end)
    assert(b:two():run())
    assert.are.equal(3, b.sandbox:accepted())
    assert.are.equal(1, #b.sandbox:requests "cancel")
  end)

  it("too long ago, so that its result is lost, is not paid again by itself", function()
    b.sandbox:fault { what = 503, match = { call = "result" } }
    b:two():run()
    b.sandbox:mend()
    b.sandbox.jobs = {}
    for _ = 1, 2 do
      local _, err = b:two():run()
      assert.are.equal(404, err.status)
      assert.matches("does not know the request %x+%-.*, or its result is lost", err.message)
      assert.matches("falua workflow redo .* first", tostring(err))
      assert.are.equal(1, b.sandbox:accepted())
    end
    assert(b:two():redo "first")
    assert(b:two():run())
    assert.are.equal(3, b.sandbox:accepted())
  end)

  it("at a sandbox that is gone can be made anew at the next one", function()
    b.sandbox:fault { what = 503, match = { call = "result" } }
    b:two():run()
    local next_one <close> = bench.echo()
    b.sandbox:stop()
    local _, err = b:two({ client = next_one.client }):run()
    assert.are.equal(404, err.status)
    assert(b:two({ client = next_one.client }):redo "first")
    assert.are.equal("one and two", assert(b:two({ client = next_one.client }):run()).second.got)
  end)

  it("finds a result again that the service did not know for a while", function()
    b.sandbox:fault { what = 404, match = { call = "result" }, times = 1 }
    local _, err = b:two():run()
    assert.are.equal(404, err.status)
    assert.are.equal("lost", b:state_of "first")
    assert.matches("asked for once more", tostring(b:two():explain "first"))
    assert.are.equal("one and two", assert(b:two():run()).second.got)
    assert.are.equal("cached", b:state_of "first")
    assert.is_nil(b:rows()[1].error)
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("asks again for a result when the status said nothing of a failure", function()
    b.sandbox:fault { what = "internal_error", match = { call = "result" }, times = 3 }
    local _, err = b:two():run()
    assert.matches("the result of the request %x+%-.* cannot be had", err.message)
    assert.are.equal("one and two", assert(b:two():run()).second.got)
    assert.are.equal(2, b.sandbox:accepted())
  end)

  local troubles = { 503, "internal_error", "nginx_502", "cut" }
  for _, what in ipairs(troubles) do
    it("by " .. what .. " while it waited has no fallback sent beside it", function()
      b.sandbox:fault { what = what, match = { call = "status" } }
      b.sandbox:fault { what = what, match = { call = "status_stream" } }
      local function made()
        local wf = b:workflow "beside"
        wf:call("me/slow", { x = 1 }, { name = "s", fallback = { { "me/echo", on = { "outage", "refusal" } } } })
        return wf
      end
      b.sandbox:endpoint("me/slow", function()
        task.sleep(0.1)
        return { got = "slow" }
      end)
      assert.is_nil((made():run()))
      assert.are.equal("pending", made():plan().steps[1].state)
      b.sandbox:mend()
      assert.are.equal("slow", assert(made():run()).s.got)
      assert.are.equal(1, b.sandbox:accepted())
    end)
  end

  it("because nobody could be reached has no fallback sent beside it", function()
    -- A service that is not taken for a sandbox of this machine.
    local client = b:client_with { queue_url = b.sandbox.config.queue_url:gsub("127%.0%.0%.1", "0.0.0.0") }
    local function made()
      local wf = b:workflow("beside", { client = client })
      wf:call("me/first", { x = 1 }, { name = "s", fallback = { { "me/echo", on = { "outage", "refusal" } } } })
      return wf
    end
    b.sandbox:endpoint("me/first", function(input) return { got = input.x } end)
    b.sandbox:fault { what = 503, match = { call = "result" } }
    assert.is_nil((made():run()))
    b.sandbox:mend()
    local urls = b:rows()[1].urls
    local db <close> = assert(store.open(b:path "kept.journal"))
    assert(db:run("UPDATE calls SET urls = ?", (urls:gsub("[%d.]+:%d+", "127.0.0.1:1"))))
    local _, err = made():run()
    assert.are.equal("network", err.kind)
    assert.are.equal(1, b.sandbox:accepted())
    assert(db:run("UPDATE calls SET urls = ?", urls))
    assert.are.equal(1, assert(made():run()).s.got)
    assert.are.equal(1, b.sandbox:accepted())
  end)

  it("tries fallbacks only when nothing was paid, and only for what they are named for", function()
    local function made(fallback)
      local wf = b:workflow "fallback"
      wf:call("me/first", { x = 1 }, { name = "s", fallback = fallback })
      return wf
    end
    b.sandbox:endpoint("me/first", function(_, job) job:break_down "runner_scheduling_failure" end)
    assert.are.equal(1, assert(made({ "me/echo" }):run()).s.got)
    assert.are.equal(2, b.sandbox:accepted())
    assert(made({ "me/echo" }):run())
    assert.are.equal(2, b.sandbox:accepted())

    b.sandbox:endpoint("me/first", function(_, job) job:fail(422, "no", { ["x-fal-billable-units"] = "0" }) end)
    local other = { "me/echo2" }
    assert.are.equal("model", select(2, made(other):run()).kind)
    assert(made({ { "me/echo2", on = { "refusal" } } }):run())
    b.sandbox:endpoint("me/first", function(_, job) job:fail(422, "no", { ["x-fal-billable-units"] = "1" }) end)
    local paid = b:workflow "paid"
    paid:call("me/first", { x = 3 }, { fallback = { { "me/echo", on = { "outage", "refusal" } } } })
    local count = b.sandbox:accepted()
    assert.are.equal("model", select(2, paid:run()).kind)
    assert.are.equal(count + 1, b.sandbox:accepted())

    b.sandbox:fault { what = "lose_answer", match = { call = "submit" } }
    local wf = b:workflow "lost"
    wf:call("me/first", { x = 2 }, { fallback = { { "me/echo", on = { "outage", "refusal" } } } })
    local before = b.sandbox:accepted()
    assert.are.equal("unconfirmed", select(2, wf:run()).kind)
    assert.are.equal(before + 1, b.sandbox:accepted())
  end)

  it("keeps the file that it was told to", function()
    assert.is_true(failure.is(select(2, b:workflow("x", { journal = b:path "no/such.journal" }):run())))
  end)
end)
