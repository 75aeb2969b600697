-- Makes a paragraph of a prompt's fields: deterministic, in three lengths, with
-- one style of punctuation. Knows the order of things and nothing else; the
-- sentences come from fal.prompt.phrases (vocabulary) and fal.prompt.remarks
-- (free text). Calls nobody and keeps nothing.
local english = require "fal.prompt.english"
local phrases = require "fal.prompt.phrases"
local remarks = require "fal.prompt.remarks"
local words = require "fal.prompt.words"

local prose = {}

-- The items of a vocabulary field: entries, or { custom = text }.
local function items(fields, name)
  local value = fields[name]
  if value == nil then return {} end
  if type(value) == "string" or value.custom then value = { value } end
  local found = {}
  for position, one in ipairs(value) do
    found[position] = type(one) == "table" and one or words.find(name, one)
  end
  return found
end

local function add(sentences, more)
  for _, text in ipairs(more) do
    text = english.sentence(text)
    if text ~= "" then sentences[#sentences + 1] = text end
  end
end

-- One generated sentence, or none, and then those of the user.
local function add_said(sentences, said, _, own)
  add(sentences, { said })
  add(sentences, own)
end

-- Sound, speech and further wishes are the same in every length.
local function add_rest(sentences, fields)
  add(sentences, remarks.audio(fields.audio))
  add(sentences, remarks.dialogue(fields.dialogue))
  add(sentences, remarks.custom(fields.custom))
end

-- How the scene is captured: style, camera and movement after one verb.
local function captured(fields)
  local how = {}
  local style = phrases.short_style(items(fields, "style"))
  local camera = phrases.short_camera(items(fields, "camera"), items(fields, "direction"))
  if style ~= "" then how[#how + 1] = style end
  if camera ~= "" then how[#how + 1] = camera end
  return #how > 0 and "captured " .. table.concat(how, " ") or nil
end

-- The short form is one sentence: the scene, then participles that describe it.
local function short(fields)
  local scene, setting = remarks.scene(fields)
  local _, framing, composition = remarks.composition(fields.composition)
  local _, atmosphere, lights = remarks.atmosphere(fields.lighting, fields.ambiance)
  local parts = {}
  local function part(text) parts[#parts + 1] = text end
  if setting then part("set in " .. setting) end
  for _, text in ipairs(framing) do part(text) end
  part(captured(fields))
  part(phrases.short_pace(items(fields, "pacing")))
  part(phrases.short_effects(items(fields, "effects")))
  for _, text in ipairs(atmosphere) do part(text) end
  local sentences = {}
  local apart = scene == "" or english.is_several(scene) or english.is_closed(scene)
  if apart or #parts == 0 then
    add(sentences, { scene, english.list(parts) })
  else
    add(sentences, { scene .. ", " .. english.list(parts) })
  end
  add(sentences, composition)
  add(sentences, lights)
  add_rest(sentences, fields)
  return sentences
end

--- The scene alone: sentences.
---@param fields table
---@return string[] sentences
function prose.scene(fields)
  local scene, setting = remarks.scene(fields)
  local sentences = {}
  add(sentences, { scene, setting and "The setting is " .. setting })
  return sentences
end

--- All but the scene: sentences, for the medium or the long form.
---@param fields table
---@param length "Medium"|"Long"
---@return string[] sentences
function prose.treatment(fields, length)
  local sentences = {}
  add(sentences, phrases.style(items(fields, "style"), length))
  add_said(sentences, remarks.composition(fields.composition))
  add(sentences, phrases.camera(items(fields, "camera"), items(fields, "direction"), length))
  add(sentences, phrases.rhythm(items(fields, "pacing"), items(fields, "effects"), length))
  add_said(sentences, remarks.atmosphere(fields.lighting, fields.ambiance))
  add_rest(sentences, fields)
  return sentences
end

--- The whole paragraph.
---@param fields table
---@param length "Short"|"Medium"|"Long"
---@return string text
function prose.text(fields, length)
  if length == "Short" then return table.concat(short(fields), " ") end
  local sentences = prose.scene(fields)
  local rest = prose.treatment(fields, length)
  return table.concat(table.move(rest, 1, #rest, #sentences + 1, sentences), " ")
end

--- What to avoid, as a sentence, or nil.
function prose.avoid(negative)
  local unwanted = remarks.unwanted(negative)
  return #unwanted > 0 and english.sentence("Avoid " .. english.list(unwanted)) or nil
end

return prose
