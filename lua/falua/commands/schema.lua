-- `falua schema`: what a model takes and gives.
local shared = require "falua.shared"

local function title_of(schema)
  local words = { schema.id }
  if schema.title then words[#words + 1] = schema.title end
  if schema.category then words[#words + 1] = schema.category end
  return table.concat(words, ", ")
end

-- What stands beside the fields: price, which values do not go together, notes.
local function remarks_of(schema)
  local price = schema.price and require("fal.models.cost").summary(schema)
  local list = { price and "price: " .. price or nil }
  for _, rule in ipairs(schema.rules or {}) do list[#list + 1] = rule.message end
  list[#list + 1] = schema.notes
  return list
end

local function show(schema)
  local fields = require "falua.fields"
  local output = require "falua.output"
  output.write(output.harmless(title_of(schema)), "\n\n")
  output.table({ "INPUT", "VALID", "" }, fields.rows(schema.input))
  output.write "\n"
  output.table({ "OUTPUT", "TYPE", "" }, fields.rows(schema.output or {}))
  local remarks = remarks_of(schema)
  if #remarks > 0 then output.write("\n", table.concat(remarks, "\n"), "\n") end
end

return {
  summary = "show what a model takes and gives",
  operands = { shared.model },
  options = { { name = "refresh", help = "ask the service, also when it is known here" }, shared.json },
  examples = { "falua schema fal-ai/veo3/fast", "falua schema fal-ai/veo3/fast --refresh --json" },
  run = function(values)
    local output = require "falua.output"
    local schema, err = require("fal").schema(values.endpoint, { refresh = values.refresh })
    if not schema then return nil, err end
    if output.is_terminal() and not values.json then return show(schema) end
    output.json(schema, true)
  end,
}
