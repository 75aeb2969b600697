-- The sandbox's prompt generator: a few honest sentences that use everything
-- they were given. Pure.
local prose = {}

local function given(value)
  return type(value) == "string" and value ~= "" and value ~= "None" and value or nil
end

local function sentence(text)
  text = text:gsub("^%s+", ""):gsub("[%s.]+$", "")
  return text:sub(1, 1):upper() .. text:sub(2) .. "."
end

local function camera(input)
  local style, direction = given(input.camera_style), given(input.camera_direction)
  local moves = direction and "the camera set to " .. direction:lower()
  if not style then return moves end
  return "filmed with " .. style:lower() .. (moves and ", " .. moves or "")
end

-- Everything that was asked for, the weightiest first.
local function clauses(input)
  local list = {
    given(input.style) and ("told in a %s manner"):format(input.style:lower()) or false,
    camera(input) or false,
    given(input.pacing) and ("paced as a %s"):format(input.pacing:lower()) or false,
    given(input.special_effects) and ("heightened by %s"):format(input.special_effects:lower()) or false,
    given(input.custom_elements) or false,
    given(input.image_url) and "in keeping with the picture that was given" or false,
  }
  local kept = {}
  for _, clause in ipairs(list) do
    if clause then kept[#kept + 1] = clause end
  end
  return kept
end

local endings <const> = {
  Medium = " Light and movement carry the eye through the scene.",
  Long = " Light and movement carry the eye through the scene. It opens wide, lets the place breathe, then comes closer"
    .. " until small things tell the story. The last frame holds still for a moment and lets the mood settle.",
}

--- Writes the prompt.
---@param input table  of fal-ai/video-prompt-generator
---@return string
function prose.write(input)
  local parts = clauses(input)
  table.insert(parts, 1, (tostring(input.input_concept or ""):gsub("[%s.]+$", "")))
  return sentence(table.concat(parts, ", ")) .. (endings[input.prompt_length] or "")
end

return prose
