-- How far a request is, in words for people.
local progress = {}

local words <const> = { IN_QUEUE = "in the queue", IN_PROGRESS = "in progress", COMPLETED = "done" }

--- A status in words.
---@param status table  as the service gives it; empty before the request was accepted
---@return string
function progress.words(status)
  local text = words[status.status] or status.status or "sending"
  local ahead = status.queue_position
  if status.status == "IN_QUEUE" and ahead and ahead > 0 then return ("%s, %.0f ahead"):format(text, ahead) end
  return text
end

return progress
