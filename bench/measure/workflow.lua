-- What a workflow costs besides its calls: planning, and a step of a run.
local plan_goal <const>, step_goal <const> = 50, 2 -- milliseconds

local function goal_of(what)
  if what:find "^plan" then return plan_goal end
  if what:find "adds" then return step_goal end
end

return function(bench) return bench.rows("workflow", "ms", goal_of) end
