-- `falua submit`: sends an input to the queue and prints the request.
local price = require "falua.price"
local result = require "falua.result"
local shared = require "falua.shared"

return {
  summary = "submit an input to a model's queue and print the request",
  operands = {
    shared.model,
    { name = "INPUT", optional = true, many = true, help = "as for falua run" },
  },
  options = shared.join(result.printing, {
    shared.webhook,
    shared.unchecked,
  }, price.options),
  examples = {
    'falua submit fal-ai/veo3/fast prompt="A fox in the snow"',
    'id=$(falua submit fal-ai/veo3/fast prompt="A fox" --yes --get request_id)',
  },
  more = shared.fields_of_model,
  run = function(values)
    local job = require "falua.job"
    local input, err = job.input(values)
    if not input then return nil, err end
    local request
    request, err = job.submit(values, input)
    if not request then return nil, err end
    local shown = { request_id = request.id }
    for _, name in ipairs { "endpoint", "status_url", "response_url", "cancel_url", "queue_position" } do
      shown[name] = request[name]
    end
    return result.print(shown, values)
  end,
}
