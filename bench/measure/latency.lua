-- How long after its completion a job of 60 ms is returned by subscribe.
local times <const>, official_times <const> = 60, 15

return function(bench)
  local function late(command, count)
    return bench.with_server(60, function(url)
      local list = {}
      local text = bench.read(("%s %s %d"):format(command, url, count))
      for number in text:gmatch "%S+" do list[#list + 1] = tonumber(number) end
      assert(#list == count, "some figures are missing")
      return bench.median(list)
    end)
  end
  local ours = late(bench.falua .. " bench/latency.lua", times)
  local polling = late(bench.node .. " polling", official_times)
  local streaming = late(bench.node .. " streaming", official_times)
  local function ms(number) return ("%.1f ms"):format(number) end
  return {
    bench.row("result after completion, falua (stream)", ms(ours), "<= 15 ms", ours <= 15),
    bench.row("result after completion, official client (its default: polling)", ms(polling)),
    bench.row("result after completion, official client (streaming)", ms(streaming)),
  }
end
