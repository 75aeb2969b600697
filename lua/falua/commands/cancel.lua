-- `falua cancel`: asks the service to give a request up.
local result = require "falua.result"
local shared = require "falua.shared"

return {
  summary = "cancel a request",
  operands = shared.request,
  options = result.printing,
  examples = { "falua cancel fal-ai/veo3/fast 764cabcf-b745-4b3e-ae38-1200304cf45b" },
  run = function(values)
    local request, err = shared.named_request(values)
    if not request then return nil, err end
    local cancelled
    cancelled, err = request:cancel()
    if not cancelled then return nil, err end
    return result.print({ cancelled = true, endpoint = request.endpoint, request_id = request.id }, values)
  end,
}
