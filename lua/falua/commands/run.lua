-- `falua run`: submits, follows, prints the output.
local price = require "falua.price"
local result = require "falua.result"
local shared = require "falua.shared"

return {
  summary = "call a model: submit, wait, print the output as JSON",
  operands = {
    shared.model,
    {
      name = "INPUT", optional = true, many = true,
      help = "key=text, key:=json, key=@file, key:=@file.json, a.b=c, list[]=x; - reads an object from standard input",
    },
  },
  options = shared.join(result.options, {
    { name = "timeout", value = "SECONDS", type = "seconds", help = "cancel it when it takes longer" },
    { name = "logs", help = "show the log lines of the model" },
    shared.webhook,
    { name = "sync", help = "in one exchange, without the queue" },
    shared.unchecked,
  }, price.options),
  examples = {
    'falua run fal-ai/veo3/fast prompt="A fox in the snow" duration=8s -o videos',
    "falua run fal-ai/minimax/hailuo-02/standard/image-to-video prompt=rain image_url=@boat.png --max-cost 0.50",
    "falua run fal-ai/veo3/fast prompt=\"A fox\" --get video.url",
    "falua run fal-ai/veo3/fast --help      # what the model takes",
  },
  more = shared.fields_of_model,
  run = function(values, name)
    local job = require "falua.job"
    if values.sync and values.webhook then return nil, "'--webhook' needs the queue, which '--sync' does without" end
    local input, err = job.input(values)
    if not input then return nil, err end
    local output
    if values.sync then
      output, err = job.call(values, input)
    else
      local request
      request, err = job.submit(values, input)
      if not request then return nil, err end
      output, err = job.wait(request, values)
    end
    if output == nil then return nil, err end
    return result.hand_over(output, values, name)
  end,
}
