-- 10,000 jobs that wait at once in one process. Memory: each is subscribed to
-- by a task of its own, the jobs take 10 s, and the script fails unless all of
-- them were waiting together and each got its result. CPU: the same three calls
-- as in the measure of jobs, by 10,000 tasks that rest between submit and
-- status, beside 64 tasks that do the same work one after the other.
local jobs <const>, rounds <const> = 10000, 3

return function(bench)
  local peak, accepted = bench.with_server(10000, function(url)
    return bench.spend(("%s bench/subscribe.lua %s %d"):format(bench.falua, url, jobs)).peak
  end)
  assert(accepted == jobs, "the server did not see every job once")

  local few, many = {}, {}
  for round = 1, rounds do
    few[round] = bench.with_server(0, function(url)
      return bench.spend(("%s bench/queue.lua %s %d"):format(bench.falua, url, jobs)).cpu / jobs
    end)
    many[round] = bench.with_server(5000, function(url)
      return bench.spend(("%s bench/queue.lua %s %d %d 6"):format(bench.falua, url, jobs, jobs)).cpu / jobs
    end)
  end
  -- Nothing is lost here, or the script would have failed.
  local mb, ratio = peak / 1024, bench.ratio(many, few)
  local function us(series) return ("%.0f us"):format(bench.median(series) * 1000) end
  return {
    bench.row("10,000 jobs waiting, lost", "0", "0", true),
    bench.row("10,000 jobs waiting, peak of memory", ("%.0f MB"):format(mb), "<= 120 MB", mb <= 120),
    bench.row("CPU a job, 64 at once", us(few)),
    bench.row("CPU a job, 10,000 at once", us(many)),
    bench.row("10,000 at once / 64 at once", ("%.2f"):format(ratio), "<= 1.2", ratio <= 1.2),
  }
end
