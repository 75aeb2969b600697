-- The forms in which a prompt is written for a model: plain prose, a row of
-- shots with numbers or with their names in brackets, camera moves in brackets.
-- Works on fields; which form a model wants is said in fal.prompt.manners.
local english = require "fal.prompt.english"
local prose = require "fal.prompt.prose"
local remarks = require "fal.prompt.remarks"
local words = require "fal.prompt.words"

local forms = {}

--- The content of a field as a list.
local function list_of(value)
  if value == nil then return {} end
  if type(value) == "string" or value.custom then return { value } end
  return value
end

local function one_or_list(list)
  if #list < 2 then return list[1] end
  return list
end

forms.list_of = list_of
forms.one_or_list = one_or_list

--- A copy of the fields without those named.
local function without(fields, ...)
  local kept = {}
  for name, content in pairs(fields) do kept[name] = content end
  for _, name in ipairs { ... } do kept[name] = nil end
  return kept
end
forms.without = without

-- A name for the shot, and the fields that still have to be told.
local function label(fields)
  local composed = fields.composition
  if type(composed) == "string" and remarks.is_shot(composed) then
    local bare = english.unstop(composed):gsub("^[Aa]n?%s+", "")
    return english.capital(bare), without(fields, "composition")
  end
  for _, name in ipairs { "camera", "direction" } do
    local word = fields[name]
    local entry = type(word) == "string" and words.find(name, word)
    if entry then return entry.label, fields end
  end
end

local function treatment(fields, length) return table.concat(prose.treatment(fields, length), " ") end

-- The parts that are there, with spaces between.
local function join(...)
  local kept = {}
  for number = 1, select("#", ...) do
    local part = select(number, ...)
    if part and part ~= "" then kept[#kept + 1] = part end
  end
  return table.concat(kept, " ")
end

-- One prompt with the name of its shot in brackets, after the scene.
local function bracketed(fields, length)
  local name, rest = label(fields)
  if not name then return prose.text(fields, length) end
  local long = length == "Long" and "Long" or "Medium"
  return join(table.concat(prose.scene(fields), " "), "[" .. name .. "]", treatment(rest, long))
end

local function known_move(moves, text)
  for _, name in ipairs(moves.known) do
    if name:lower() == text:lower() then return { name } end
  end
end

-- Puts the moves of one field into 'chosen'; gives what stays in the prose.
local function choose_moves(fields, name, moves, chosen, lost)
  local staying = {}
  for _, one in ipairs(list_of(fields[name])) do
    local found = type(one) == "table" and known_move(moves, one.custom) or moves[name][one]
    if not found then
      staying[#staying + 1] = one
    elseif #chosen + #found > chosen.most then
      lost[#lost + 1] = type(one) == "table" and one.custom or one
    else
      for _, move in ipairs(found) do
        if not chosen[move] then chosen[#chosen + 1], chosen[move] = move, true end
      end
    end
  end
  return one_or_list(staying)
end

-- The bracket with the camera moves, and the fields without them.
local function take_moves(fields, moves, most, lost)
  local chosen, rest = { most = most }, without(fields)
  rest.direction = choose_moves(fields, "direction", moves, chosen, lost)
  if #chosen == 0 or not (moves.camera[fields.camera] or { "" })[1]:find(moves.alone, 1, true) then
    rest.camera = choose_moves(fields, "camera", moves, chosen, lost)
  end
  return #chosen > 0 and "[" .. table.concat(chosen, ", ") .. "]" or nil, rest, #chosen
end

-- The texts of shots in order, each with its own moves in front; the model's
-- limit holds for all of them together.
local function moving(shots, length, manner, notes)
  local left, lost, texts = manner.moves.most, {}, {}
  for number, shot in ipairs(shots) do
    local bracket, rest, used = take_moves(shot, manner.moves, left, lost)
    left = left - used
    texts[number] = join(bracket, prose.text(rest, length))
  end
  if #lost > 0 then
    notes[#notes + 1] = ("left out, since the model takes %d camera moves together at most: %s")
      :format(manner.moves.most, table.concat(lost, ", "))
  end
  return texts
end

--- Writes one prompt in the form of a model.
---@param fields table
---@param length string
---@param manner table
---@param notes string[]  what was lost is added here
---@return string text
function forms.single(fields, length, manner, notes)
  if manner.moves then return moving({ fields }, length, manner, notes)[1] end
  if manner.sequence == "bracketed" then return bracketed(fields, length) end
  return prose.text(fields, length)
end

local function has_scene(fields)
  return (fields.concept or fields.subject or fields.context or fields.action) ~= nil
end

-- A shot that only says what is done is done by the subject they share.
local function with_subject(shot, shared)
  if shot.concept or shot.subject or not shot.action then return shot end
  local fields = without(shot)
  fields.subject = shared.subject
  return fields
end

-- What all shots share, told once: their scene only where a shot needs it.
local function opening(shots, shared, length)
  local told = without(shared)
  local needed = shared.concept ~= nil
  for _, shot in ipairs(shots) do
    if not has_scene(shot) then needed = true end
  end
  if not needed then told.subject = nil end
  if not told.subject then told.action = nil end
  if not has_scene(told) and length == "Short" then length = "Medium" end
  return prose.text(told, length)
end

local function shot_text(fields, number, length, form)
  if form == "bracketed" then
    local name, rest = label(fields)
    return join("[" .. (name or "Shot " .. number) .. "]", prose.text(rest or fields, length))
  end
  return ("Shot %d: %s"):format(number, prose.text(fields, length))
end

--- Writes a row of shots in the form of a model.
---@param shots table[]  fields of each shot
---@param shared table  fields of all
---@param length string
---@param manner table
---@param notes string[]  what was lost is added here
---@return string text
function forms.row(shots, shared, length, manner, notes)
  local told = {}
  for number, shot in ipairs(shots) do told[number] = with_subject(shot, shared) end
  local texts
  if manner.moves then
    texts = moving(told, length, manner, notes)
  else
    texts = {}
    for number, shot in ipairs(told) do texts[number] = shot_text(shot, number, length, manner.sequence) end
  end
  return join(opening(shots, shared, length), table.concat(texts, " "))
end

return forms
