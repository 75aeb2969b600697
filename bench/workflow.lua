-- What a workflow costs besides the calls themselves: the plan of two hundred
-- steps, and the time of the processor for a step of a run, journal and all,
-- against the bare calls. The sandbox is another process. Prints a line for
-- each, what and milliseconds; bench/measure/workflow.lua holds the goals.
-- Run from the top of the tree with the library's paths.
package.path = "bench/?.lua;spec/?.lua;" .. package.path

local bench = require "bench"
local process = require "support.process"

local steps <const> = 200

local server <close> = process.start {
  "falua", "-e", [[
    local sandbox = assert(require("fal.sandbox").start { queue_time = 0, run_time = 0 })
    for name, value in pairs(sandbox.config) do print(name .. "=" .. value) end
    print "ready"
    io.stdout:flush()
    require("fal").sleep(600)]],
}
assert(server:expect "ready", "the sandbox did not start")
local config = { max_connections = 16 }
for name, value in server:out():gmatch "([%w_]+)=([^\n]*)\n" do config[name] = value end

local fal = require "fal"
local workflow = require "fal.workflow"
local client = fal.new(config)
local folder <close> = process.temporary()

local function made(name)
  local wf = workflow(name, { client = client, journal = folder.path .. "/" .. name .. ".journal", budget = 1000 })
  local ideas = {}
  for i = 1, steps // 2 do
    ideas[i] = wf:call("fal-ai/video-prompt-generator", { input_concept = "concept " .. i })
    wf:call("fal-ai/veo3/fast", { prompt = wf:text("{}, shot {}", ideas[i].prompt, i) })
  end
  return wf
end

local show = bench.show

-- Milliseconds; the best of three.
local function best(fn) return bench.best(3, 1, fn) * 1000 end

local wf = made "bench"
assert(wf:plan())
show(("plan of %d new steps"):format(steps), best(function() assert(wf:plan()) end))

local bare = best(function()
  local list = {}
  for i = 1, steps // 2 do list[i] = i end
  assert(fal.map(list, function(i)
    local idea = assert(client.subscribe("fal-ai/video-prompt-generator", { input_concept = "concept " .. i }))
    return client.subscribe("fal-ai/veo3/fast", { prompt = idea.prompt .. ", shot " .. i })
  end, { concurrency = 8 }))
end) / steps
local run = best(function(i) assert(made("bench-" .. i):run()) end) / steps
assert(wf:run())
show("a bare call", bare)
show("a step of a run", run)
show("what the workflow adds to a step", run - bare)
show(("plan of %d steps that are done"):format(steps), best(function() assert(wf:plan()) end))
show(("run of %d steps that are done"):format(steps), best(function() assert(wf:run()) end))
os.exit(true, true)
