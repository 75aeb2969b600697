-- What a workflow costs besides its calls: planning, and a step of a run.
local plan_goal <const>, step_goal <const> = 50, 2 -- milliseconds

local function goal_of(what)
  if what:find "^plan" then return plan_goal end
  if what:find "adds" then return step_goal end
end

return function(bench)
  local rows = {}
  for line in bench.read(bench.lua .. " bench/workflow.lua"):gmatch "[^\n]+" do
    local what, number = line:match "^(.*)\t(%S+)$"
    local ms, goal = tonumber(number), goal_of(what)
    rows[#rows + 1] = bench.row("workflow: " .. what, ("%.2f ms"):format(ms), goal and ("< %d ms"):format(goal),
      goal and ms < goal)
  end
  return rows
end
