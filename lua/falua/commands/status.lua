-- `falua status`: where a request is.
local result = require "falua.result"
local shared = require "falua.shared"

return {
  summary = "print where a request is: IN_QUEUE, IN_PROGRESS or COMPLETED",
  operands = shared.request,
  options = shared.join({ { name = "logs", help = "with the log lines of the model" } }, result.printing),
  examples = {
    "falua status fal-ai/veo3/fast 764cabcf-b745-4b3e-ae38-1200304cf45b",
    "falua status fal-ai/veo3/fast 764cabcf-b745-4b3e-ae38-1200304cf45b --get status",
  },
  run = function(values)
    local request, err = shared.named_request(values)
    if not request then return nil, err end
    local status
    status, err = request:status { logs = values.logs or false }
    if not status then return nil, err end
    return result.print(status, values)
  end,
}
