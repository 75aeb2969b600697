-- A file of 1 GiB to the sandbox in another process and back, beside curl doing
-- the same in the same round. bench/files.sh does the work and prints a line
-- for each run. Single runs differ by a quarter, so it takes many rounds.
local mib <const>, rounds <const> = 1024, 21

return function(bench)
  local rate, cpu, peak = {}, {}, {}
  local text = bench.read(("bench/files.sh %d %d"):format(mib, rounds))
  for name, speed, ms, kb in text:gmatch "(%S+)%s+(%d+) MiB/s%s+(%d+) ms CPU%s+(%d+) KB" do
    for series, figure in pairs { [rate] = speed, [cpu] = ms, [peak] = kb } do
      series[name] = series[name] or {}
      table.insert(series[name], tonumber(figure))
    end
  end
  local rows = {}
  local function compare(ours, theirs, what)
    local speed, cost = bench.ratio(rate[ours], rate[theirs]), bench.ratio(cpu[ours], cpu[theirs])
    local most = math.max(table.unpack(peak[ours])) / 1024
    local function row(of, ...) rows[#rows + 1] = bench.row(what .. of, ...) end
    local shown = ("%.2f (%.0f MiB/s)"):format(speed, bench.median(rate[ours]))
    row(", throughput to curl's", shown, ">= 0.95", speed >= 0.95)
    row(", CPU to curl's", ("%.2f"):format(cost), "<= 1.2", cost <= 1.2)
    row(", peak memory", ("%.1f MB"):format(most), "<= 24 MB", most <= 24)
  end
  compare("up_fal", "up_curl", "upload of 1 GiB")
  compare("up_fal_parts", "up_curl", "upload of 1 GiB in parts")
  compare("down_fal", "down_curl", "download of 1 GiB")
  return rows
end
