-- The input of fal-ai/video-prompt-generator: each vocabulary field has its own
-- parameter there, which takes one word; whatever else a prompt says is told
-- in its custom elements.
local english = require "fal.prompt.english"
local forms = require "fal.prompt.forms"
local prose = require "fal.prompt.prose"
local remarks = require "fal.prompt.remarks"

local generator = {}

generator.endpoint = "fal-ai/video-prompt-generator"

local parameters = {
  style = "style", camera = "camera_style", direction = "camera_direction", pacing = "pacing",
  effects = "special_effects",
}
local told = {
  "style", "camera", "direction", "pacing", "effects", "composition", "lighting", "ambiance", "audio", "dialogue",
}

-- The first word goes to its parameter; what is left comes back as a text.
local function place(name, content, input)
  local parameter, rest = parameters[name], {}
  for _, one in ipairs(forms.list_of(content)) do
    if parameter and type(one) == "string" and not input[parameter] then
      input[parameter] = one
    else
      rest[#rest + 1] = english.unstop(type(one) == "table" and one.custom or one)
    end
  end
  return #rest > 0 and name .. ": " .. table.concat(rest, ", ") or nil
end

local function concept_of(piece)
  if piece.shots then
    local shared = {}
    for _, name in ipairs { "concept", "subject", "context", "action" } do shared[name] = piece.fields[name] end
    return forms.row(piece.shots, shared, "Medium", {}, {})
  end
  local concept = table.concat(prose.scene(piece.fields), " ")
  return english.is_several(concept) and concept or english.unstop(concept)
end

--- Makes the input.
---@param piece table  { fields = ..., shots = list of fields or nil }
---@param custom? string  more custom elements
---@return table input
function generator.input(piece, custom)
  local fields, input, elements = piece.fields, {}, {}
  local concept = concept_of(piece)
  if concept ~= "" then input.input_concept = concept end
  for _, name in ipairs(told) do elements[#elements + 1] = place(name, fields[name], input) end
  for _, text in ipairs(remarks.custom(fields.custom)) do elements[#elements + 1] = text end
  local unwanted = remarks.unwanted(fields.negative)
  if #unwanted > 0 then elements[#elements + 1] = "avoid: " .. table.concat(unwanted, ", ") end
  if custom and custom:find "%S" then elements[#elements + 1] = custom end
  if #elements > 0 then input.custom_elements = table.concat(elements, "; ") end
  return input
end

return generator
