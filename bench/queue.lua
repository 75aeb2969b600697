-- Our side of the bench: submit, status and result of many jobs, as a script
-- would write it. Usage: queue.lua URL JOBS [AT_ONCE [SECONDS]]. AT_ONCE tasks
-- (64) share the jobs and 64 connections; each rests SECONDS after a submit.
-- Fails unless every job's own result came.
local url, jobs, at_once = arg[1], math.tointeger(arg[2]), math.tointeger(arg[3] or 64)
local rest = tonumber(arg[4])
local fal = require "fal"

fal.config { key = "bench:bench", queue_url = url, history = false }

local left, results = jobs, 0

local function work()
  while left > 0 do
    left = left - 1
    local req = assert(fal.submit("fal-ai/veo3/fast", {
      prompt = "A futuristic city at dusk, cinematic, warm haze", aspect_ratio = "16:9", duration = "8s", seed = 42,
    }))
    if rest then fal.sleep(rest) end
    assert(assert(fal.status(req)).status == "COMPLETED", "a job is not done")
    local out = assert(fal.result(req))
    assert(out.video.file_name == req.id .. ".mp4", "not the result of this job")
    results = results + 1
  end
end

for _ = 1, at_once do fal.async(work) end
fal.loop()
assert(results == jobs, "results are missing")
