--- Failed tasks that nobody has waited for. A host that only steps never asks
-- about them: beyond a hundred, the oldest go to its warnings instead.

local M = {}

local MOST = 100

local failed = {} -- the oldest first

--- Keeps a failed task until somebody asks.
function M.add(task)
  failed[#failed + 1] = task
  if #failed <= MOST then return end
  local oldest = table.remove(failed, 1)
  if not oldest.looked_at then warn("fal: a task that nobody waited for failed: ", tostring(oldest.results[1])) end
end

--- Takes out the oldest one that nobody has waited for since; nil when there is none.
function M.next()
  local task
  repeat task = table.remove(failed, 1) until not task or not task.looked_at
  return task
end

return M
