-- How long it takes until a script can begin: the whole process, from its start
-- to its end, beside one that loads libcurl as well and does as little.
local rounds <const>, times <const> = 9, 30

return function(bench)
  local curl, ours, curl_wall, our_wall = {}, {}, {}, {}
  for round = 1, rounds do
    local spent = bench.spend("curl --version", times)
    curl[round], curl_wall[round] = spent.cpu, spent.wall
    spent = bench.spend(bench.falua .. " -e 'require \"fal\"'", times)
    ours[round], our_wall[round] = spent.cpu, spent.wall
  end
  local ratio = bench.ratio(ours, curl)
  local function ms(cpu, wall) return ("%.1f ms (wall %.1f)"):format(bench.median(cpu), bench.median(wall)) end
  return {
    bench.row("start, CPU of curl --version", ms(curl, curl_wall)),
    bench.row("start, CPU of falua -e 'require \"fal\"'", ms(ours, our_wall)),
    bench.row("falua / curl", ("%.2f"):format(ratio), "<= 1.2", ratio <= 1.2),
  }
end
