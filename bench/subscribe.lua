-- Many jobs that wait at once in one process: a task for each subscribes to a
-- job. Usage: subscribe.lua URL JOBS. Fails unless all of them were waiting
-- together and every job's own result came.
local url, jobs = arg[1], math.tointeger(arg[2])
local fal = require "fal"

fal.config { key = "bench:bench", queue_url = url, history = false }

local waiting, most, results = 0, 0, 0

local function enqueued()
  waiting = waiting + 1
  most = math.max(most, waiting)
end

local function work()
  local out, req = assert(fal.subscribe("fal-ai/veo3/fast", { prompt = "A futuristic city at dusk" }, {
    on_enqueue = enqueued,
  }))
  waiting = waiting - 1
  assert(out.video.file_name == req.id .. ".mp4", "not the result of this job")
  results = results + 1
end

for _ = 1, jobs do fal.async(work) end
fal.loop()
assert(most == jobs, ("only %d jobs were waiting together"):format(most))
assert(results == jobs, "results are missing")
