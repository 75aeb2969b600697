-- `falua result`: the output of a request; waits for it when told to.
local result = require "falua.result"
local shared = require "falua.shared"

return {
  summary = "print the output of a request",
  operands = shared.request,
  options = shared.join({
    { name = "wait", help = "wait until it is there" },
    { name = "timeout", value = "SECONDS", type = "seconds", help = "with --wait: cancel it when it takes longer" },
    { name = "logs", help = "with --wait: show the log lines of the model" },
  }, result.options),
  examples = {
    "falua result fal-ai/veo3/fast 764cabcf-b745-4b3e-ae38-1200304cf45b",
    "falua result --wait fal-ai/veo3/fast 764cabcf-b745-4b3e-ae38-1200304cf45b -o videos",
  },
  run = function(values, name)
    local request, problem = shared.named_request(values)
    if not request then return nil, problem end
    local output, err
    if values.wait then
      output, err = require("falua.job").wait(request, values)
    else
      output, err = request:result()
    end
    if output == nil then return nil, err end
    return result.hand_over(output, values, name)
  end,
}
