-- The input of a step: values in the places of references; for a call, as it
-- will be sent, results of commands as files, and the seed that was asked for.
-- The plan, the run and the explanation must see the same.
local media = require "fal.workflow.media"
local reference = require "fal.workflow.reference"

local input = {}

local function with_seed(value, seed)
  local copy = {}
  for name, item in next, value do copy[name] = item end
  copy.seed = seed
  return copy
end

--- Makes the input of a step.
---@param ctx table  seeds by step name, journal
---@param step table
---@param output_of fun(step: table): any
---@return any input, table? err  nil and an error when a reference leads nowhere
function input.of(ctx, step, output_of)
  local value, err = reference.fill(step.input, output_of)
  if value == nil then return nil, err end
  if step.kind ~= "call" then return value end
  value = media.as_input(value, ctx.journal)
  local seed = ctx.seeds[step.name]
  return seed and type(value) == "table" and with_seed(value, seed) or value
end

return input
