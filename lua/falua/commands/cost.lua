-- `falua cost`: what an input would cost.
local result = require "falua.result"
local shared = require "falua.shared"

return {
  summary = "say what an input costs, without sending it",
  operands = {
    shared.model,
    { name = "INPUT", optional = true, many = true, help = "as for falua run; it may be incomplete" },
  },
  options = result.printing,
  examples = {
    "falua cost fal-ai/veo3/fast duration=8s",
    "falua cost fal-ai/veo3/fast duration=8s generate_audio=false --get highest",
  },
  run = function(values)
    local inputs = require "falua.inputs"
    local output = require "falua.output"
    local schema = inputs.schema(values.endpoint)
    local input, problem = inputs.of(values.input, schema)
    if not input then return nil, problem end
    local lowest, highest, line = require("fal").cost(values.endpoint, input)
    if not lowest then return nil, highest end
    if output.is_terminal() and not values.json and not values.get then
      output.write(line, "\n")
      return
    end
    return result.print({ endpoint = values.endpoint, lowest = lowest, highest = highest, working = line }, values)
  end,
}
