-- `falua types`: definitions for editors.
return {
  summary = "write LuaCATS types of models, for an editor to complete and check inputs",
  operands = { { name = "ENDPOINT", many = true, help = "the models" } },
  examples = { "falua types fal-ai/veo3/fast fal-ai/sora-2/text-to-video > fal-types.d.lua" },
  run = function(values)
    local fal = require "fal"
    local schemas = {}
    for i, endpoint in ipairs(values.endpoint) do
      local schema, err = fal.schema(endpoint)
      if not schema then return nil, err end
      schemas[i] = schema
    end
    require("falua.output").write(require("fal.models.types").write(schemas))
  end,
}
