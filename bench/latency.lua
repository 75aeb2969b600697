-- How late a job's result is: the time from its completion at the server, which
-- stands in the result, to the return of subscribe. Usage: latency.lua URL
-- TIMES. Prints the milliseconds of each.
local url, times = arg[1], math.tointeger(arg[2])
local fal = require "fal"
local sys = require "fal.core.sys"

fal.config { key = "bench:bench", queue_url = url, history = false }

for _ = 1, times do
  local out = assert(fal.subscribe("fal-ai/veo3/fast", { prompt = "A futuristic city at dusk" }, { mode = "stream" }))
  print(("%.3f"):format((sys.now() - out.done) * 1000))
end
