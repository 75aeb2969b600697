-- CPU a job: submit, status and result of 5,000 jobs, 64 at once, against one
-- server that costs less than any of the clients. The clients take turns, so
-- that a busy machine is as unfair to one as to the other.
local rounds <const>, official_rounds <const>, jobs <const> = 7, 3, 5000

return function(bench)
  local floor, falua, lua, official = {}, {}, {}, {}
  local _, accepted = bench.with_server(0, function(url)
    local arguments = (" %s %d"):format(url, jobs)
    for round = 1, rounds do
      floor[round] = bench.spend(bench.floor .. arguments).cpu / jobs
      falua[round] = bench.spend(bench.falua .. " bench/queue.lua" .. arguments).cpu / jobs
      lua[round] = bench.spend(bench.lua .. " bench/queue.lua" .. arguments).cpu / jobs
      if round <= official_rounds then
        official[round] = bench.spend(bench.node .. " queue" .. arguments).cpu / jobs
      end
    end
  end)
  assert(accepted == (3 * rounds + official_rounds) * jobs, "the server did not see every job once")

  local function us(series) return ("%.0f us"):format(bench.median(series) * 1000) end
  local over, under = bench.ratio(falua, floor), bench.ratio(official, falua)
  return {
    bench.row("CPU a job, bare libcurl in C", us(floor)),
    bench.row("CPU a job, falua", us(falua)),
    bench.row("CPU a job, plain lua5.4", us(lua)),
    bench.row("CPU a job, official JavaScript client", us(official)),
    bench.row("falua / bare libcurl", ("%.2f"):format(over), "<= 1.25", over <= 1.25),
    bench.row("official client / falua", ("%.1f"):format(under), ">= 8", under >= 8),
  }
end
