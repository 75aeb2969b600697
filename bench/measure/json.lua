-- What exact JSON costs beside plain lua-cjson. The goal is for what happens
-- every day: answers decoded, inputs encoded. The rest is shown.
local goal <const>, rounds <const> = 1.3, 15

return function(bench)
  local rows = {}
  for line in bench.read(("%s bench/json.lua %d"):format(bench.lua, rounds)):gmatch "[^\n]+" do
    local name, decode, encode = line:match "^%s*(%S.-)%s+%d+%s+([%d.]+) %(.-%)%s+([%d.]+) %("
    if name then
      local wanted, ratio = nil, nil
      if name == "an input" then wanted, ratio = "encoded", encode
      elseif name:find "^status" or name:find "^result" then wanted, ratio = "decoded", decode end
      rows[#rows + 1] = bench.row(("JSON to lua-cjson's, %s"):format(name),
        ("decoded %s, encoded %s"):format(decode, encode), wanted and ("%s <= %g"):format(wanted, goal),
        wanted and tonumber(ratio) <= goal)
    end
  end
  return rows
end
