-- What each vocabulary field of a prompt says in English, in the three lengths.
-- Works on lists of items: an entry of the vocabulary, or { custom = text }.
-- Returns lists of unfinished sentences; fal.prompt.prose finishes them.
local english = require "fal.prompt.english"

local phrases = {}

local unstop, list = english.unstop, english.list
local devices = english.set [[lens camera drone crane rig dolly gimbal tripod slider jib steadicam camcorder phone
  shot angle view telephoto fisheye]]
local movements = english.set [[shot pan tilt zoom move movement push pull orbit arc dolly track rise descent sweep
  spin roll crane truck pedestal drift glide turn circle whip]]

local function map(items, make)
  local made = {}
  for position, item in ipairs(items) do made[position] = make(item) end
  return made
end

-- "film noir style" says no more than "film noir" where a style is asked for.
local function custom_style(item)
  local text = unstop(item.custom)
  return text:match "^(.*%S)%s+[Ss]tyle$" or text
end

local function style_word(item) return item.adj or custom_style(item) end

local function is_phrase(text) return english.is_prepositional(text) or english.is_participle(text) end

--- The look: one sentence, and one more in the long form.
function phrases.style(items, length)
  if #items == 0 then return {} end
  if #items > 1 then return { "The look is at once " .. list(map(items, style_word)) } end
  local item = items[1]
  if item.look then return { item.look, length == "Long" and item.more or nil } end
  local text = custom_style(item)
  return { (is_phrase(text) and "The scene is rendered " or "The style is ") .. text }
end

--- The look as it follows "captured".
function phrases.short_style(items)
  local adjectives, others = {}, {}
  for _, item in ipairs(items) do
    local text = style_word(item)
    if item.adj or english.is_adjective(text) then
      adjectives[#adjectives + 1] = text
    elseif is_phrase(text) then
      others[#others + 1] = text
    else
      others[#others + 1] = "in the style of " .. text
    end
  end
  if #adjectives > 0 then
    table.insert(others, 1, "in " .. english.an(list(adjectives)) .. " style")
  end
  return list(others)
end

-- The camera as it follows "captured".
local function by(item)
  if item.by then return item.by end
  local text = unstop(item.custom)
  if english.is_prepositional(text) then return text end
  text = text:gsub("^[Ss]hot%s+%f[%a](%a+)", function(next_word)
    return english.is_prepositional(next_word) and next_word or nil
  end)
  if english.is_prepositional(text) then return text end
  return "with " .. english.counted(text, devices)
end

-- A movement as it follows "the camera".
local function does(item)
  if item.does then return item.does end
  local text = unstop(item.custom)
  local first = text:match "^%a+" or ""
  if first:find "%l%ls$" and not first:find "ss$" then return text end
  if first:find "%l%ling$" then return "is " .. text end
  if english.is_prepositional(text) then return "moves " .. text end
  return "performs " .. english.counted(text, movements)
end

-- "zooms in, then out": a verb is not said again.
local function movements_in_turn(directions)
  local turns, before = {}, nil
  for position, item in ipairs(directions) do
    local text = does(item)
    local verb, rest = text:match "^(%S+) (.+)$"
    turns[position] = verb and verb == before and rest or text
    before = verb
  end
  return table.concat(turns, ", then ")
end

local function movement(directions)
  local only = directions[1]
  if #directions > 1 then return movements_in_turn(directions) end
  return does(only) .. (only.toward and " " .. only.toward or "")
end

local function camera_work(cameras, directions)
  local only = #cameras == 1 and cameras[1]
  if #directions == 0 then return only and only.alone or "The scene is captured " .. list(map(cameras, by)) end
  if #cameras == 0 then return "The camera " .. movement(directions) end
  if only and only.open then return only.open .. ", the camera " .. movement(directions) end
  return "The scene is captured " .. list(map(cameras, by)) .. " as the camera " .. movement(directions)
end

--- The camera and where it goes: one sentence, up to two more in the long form.
function phrases.camera(cameras, directions, length)
  if #cameras + #directions == 0 then return {} end
  local said = { camera_work(cameras, directions) }
  if length == "Long" then
    for _, items in ipairs { cameras, directions } do
      if #items == 1 and items[1].more then said[#said + 1] = items[1].more end
    end
  end
  return said
end

--- Camera and movement as they follow "captured".
function phrases.short_camera(cameras, directions)
  local words = { list(map(cameras, by)) }
  if #directions > 0 then words[2] = "as the camera " .. movements_in_turn(directions) end
  if words[1] == "" then table.remove(words, 1) end
  return table.concat(words, " ")
end

local function beat(item) return item.beat or unstop(item.custom) end

-- The pace, as one clause.
local function pace_of(items)
  if #items == 0 then return nil end
  if #items > 1 then return "The pacing combines " .. list(map(items, beat)) end
  return items[1].says or "The pacing is " .. beat(items[1])
end

--- The pace as it follows the scene.
function phrases.short_pace(items)
  if #items == 0 then return nil end
  if #items > 1 then return "paced with " .. list(map(items, beat)) end
  local text = beat(items[1])
  if items[1].short then return items[1].short end
  return is_phrase(text) and "paced " .. text or "with " .. english.an(text) .. " pace"
end

local function happens(item) return item.noun and item.does or "the image is enhanced by " .. unstop(item.custom) end

-- Clauses of one, joined; customs share a single verb.
local function effect_clauses(items)
  local clauses, customs = {}, {}
  for _, item in ipairs(items) do
    if item.noun then clauses[#clauses + 1] = item.does else customs[#customs + 1] = unstop(item.custom) end
  end
  if #customs > 0 then clauses[#clauses + 1] = "the image is enhanced by " .. list(customs) end
  return list(clauses, ", and ")
end

--- Pace and effects: one sentence together; apart and longer in the long form.
function phrases.rhythm(pace_items, effect_items, length)
  local said = {}
  local pace = pace_of(pace_items)
  if length ~= "Long" then
    if pace and #effect_items > 0 then return { pace .. ", while " .. effect_clauses(effect_items) } end
    return { pace or #effect_items > 0 and effect_clauses(effect_items) or nil }
  end
  said[1] = pace
  if #pace_items == 1 then said[#said + 1] = pace_items[1].more end
  for _, item in ipairs(effect_items) do
    said[#said + 1] = happens(item)
    said[#said + 1] = item.more
  end
  return said
end

--- The effects as they follow the scene.
function phrases.short_effects(items)
  if #items == 0 then return nil end
  return "enhanced by " .. list(map(items, function(item) return item.noun or unstop(item.custom) end))
end

return phrases
