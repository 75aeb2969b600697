-- What the free fields of a prompt say in English: scene, composition, light,
-- ambiance, sound, speech, and what to avoid. The words are the user's; this
-- room guesses what kind of phrase they are and puts a sentence around them.
local english = require "fal.prompt.english"

local remarks = {}

local unstop, list = english.unstop, english.list
local shots = english.set [[shot close-up closeup view angle frame portrait silhouette panorama composition layout
  two-shot perspective vignette profile tilt reveal]]
local sources = english.set [[sky lamp lantern spotlight candle bulb torch bonfire campfire streetlight chandelier
  window moon sun flame]]
local occasions = english.set [[night day evening morning afternoon dream nightmare memory party funeral wedding
  storm tale]]
local times = { "hour$", "dusk$", "dawn$", "twilight$", "sunset$", "sunrise$", "noon$", "midday$", "night$",
  "morning$", "evening$" }
local pronouns = english.set "he she it they we i you the a an his her its their this that these those then"

-- Text that is a sentence, or several, and is left as it was written.
local function stands_alone(text) return english.is_several(text) or english.is_closed(text) end

local function lower_first(text) return text:sub(1, 1):lower() .. text:sub(2) end

-- "dark, eerie" within a sentence: "dark and eerie".
local function enumerated(text) return list(english.parts(text)) end

local function says_time(text)
  for _, ending in ipairs(times) do
    if text:lower():find(ending) then return true end
  end
  return false
end

-- Joins what can be one sentence with a space, and what cannot with a stop.
local function go_on(text, more)
  if text == "" then return more end
  if stands_alone(text) then return english.sentence(text) .. " " .. english.capital(more) end
  return text .. " " .. more
end

local function join_action(subject, action)
  local first = action:match "^%a+" or ""
  if subject == "" or action == "" then return subject .. action end
  if not first:find "^%u" then return go_on(subject, action) end
  if pronouns[first:lower()] or not first:find "%l%ls$" and not first:find "%l%ling$" then
    return english.sentence(subject) .. " " .. action
  end
  return go_on(subject, lower_first(action))
end

--- The scene: what can go on after it, and the setting where it is apart.
---@return string scene, string|nil setting
function remarks.scene(fields)
  local scene = unstop(fields.concept or "")
  local who = join_action(unstop(fields.subject or ""), unstop(fields.action or ""))
  if scene ~= "" and who ~= "" then
    scene = english.sentence(scene) .. " " .. english.capital(who)
  else
    scene = scene .. who
  end
  local context = unstop(fields.context or "")
  if context == "" or scene == "" then return scene .. context end
  if stands_alone(context) or english.is_clause(context) then
    return english.sentence(scene) .. " " .. english.capital(context)
  end
  if english.is_prepositional(context) or english.is_participle(context) then
    return go_on(scene, lower_first(context))
  end
  return scene, english.lower(context)
end

-- Every free field may be one text or a list of them.
local function texts(value)
  local made = {}
  for position, text in ipairs(type(value) == "table" and value or { value }) do made[position] = unstop(text) end
  return made
end

-- Parts the texts into phrases, joined as a list, and whole sentences.
local function apart(value)
  local parts, sentences = {}, {}
  for _, text in ipairs(texts(value)) do
    if stands_alone(text) then
      sentences[#sentences + 1] = text
    else
      parts[#parts + 1] = english.lower(text)
    end
  end
  return parts, sentences
end

local function seen_as(text)
  local noun = text:gsub("%f[%a]close up$", "close-up"):gsub("%f[%a]close up%f[%A]", "close-up")
  local is_shot = english.counted(noun:gsub("^an?%s+", ""):gsub("^the%s+", ""), shots) ~= noun
  noun = english.counted(noun, shots)
  if english.is_prepositional(text) then return "is composed " .. text, "framed " .. text end
  if english.is_participle(text) then return "is " .. text, text end
  if text:find "^t?h?e? ?rule of " or text:find "ratio$" then
    noun = text:find "^the " and text or "the " .. text
    return "follows " .. noun, "framed by " .. noun
  end
  if noun:find "angle$" or noun:find "view$" or noun:find "perspective$" then
    return "is seen from " .. noun, "seen from " .. noun
  end
  if is_shot and (noun ~= text or english.has_determiner(text)) then
    return "is held in " .. noun, "framed as " .. noun
  end
  if english.has_determiner(text) then return "shows " .. text, "showing " .. text end
  if english.is_adjective(text) then return "is " .. text, "with " .. text .. " framing" end
  return "relies on " .. text, "composed with " .. text
end

--- The composition: a sentence, phrases for the short form, and what the user
--- wrote as sentences.
---@return string|nil said, string[] short, string[] sentences
function remarks.composition(value)
  local parts, sentences = apart(value)
  local long, short = {}, {}
  for position, text in ipairs(parts) do long[position], short[position] = seen_as(text) end
  return #long > 0 and "The picture " .. list(long) or nil, short, sentences
end

local unlit = {
  "shadows?$", "contrast$", "tones?$", "colou?rs?$", "hues?$", "gels$", "silhouettes?$", "fog$", "haze$", "mist$",
  "smoke$", "chiaroscuro$", "lighting$",
}

-- What is in the light but gives none.
local function cast_not_shed(text)
  for _, ending in ipairs(unlit) do
    if text:find(ending) then return true end
  end
  return false
end

local function lit(text)
  if english.is_participle(text) then return "The scene is " .. text, text end
  if english.is_prepositional(text) then return "The scene is lit " .. text, "lit " .. text end
  if says_time(text) then return "The light is that of " .. text, "bathed in the light of " .. text end
  local bare = text:match "^(.*%S)%s+lighting$"
  if bare and english.is_adjective(bare) then text = bare end
  if text:find "lit$" then return "The scene is " .. text, text end
  if english.is_adjective(text) then
    return "The lighting is " .. enumerated(text), "shown in " .. enumerated(text) .. " light"
  end
  text = sources[text] and "the " .. text or english.counted(text, sources)
  local verb = cast_not_shed(text) and "lit with " or "lit by "
  return "The scene is " .. verb .. text, verb .. text
end

local function felt(text)
  text = text:match "^(.*%S)%s+mood$" or text:match "^(.*%S)%s+atmosphere$" or text
  if english.is_adjective(text) then
    text = enumerated(text)
    local short = "filled with " .. english.an(text)
    return "the mood is " .. text, short .. (text:find "mood" and " atmosphere" or " mood")
  end
  local sense = text:match "^[Aa]?%s*(sense of .+)$" or text:match "^[Aa]?%s*(feeling of .+)$"
  if sense then return "there is a " .. sense, "filled with a " .. sense end
  if english.is_prepositional(text) then
    return (text:find "^like%s" and "the mood is " or "the scene is ") .. text, text
  end
  text = english.counted(text, occasions)
  if english.has_determiner(text) then return "the mood is that of " .. text, "steeped in " .. text end
  return "the mood is one of " .. text, "steeped in " .. text
end

--- Light and ambiance: one sentence together, phrases for the short form, and
--- what the user wrote as sentences.
---@return string|nil said, string[] short, string[] sentences
function remarks.atmosphere(lighting, ambiance)
  local lights, sentences = apart(lighting)
  local moods, more = apart(ambiance)
  local said, short = {}, {}
  if #lights > 0 then said[1], short[1] = lit(list(lights)) end
  if #moods > 0 then said[#said + 1], short[#short + 1] = felt(list(moods)) end
  table.move(more, 1, #more, #sentences + 1, sentences)
  return #said > 0 and table.concat(said, ", and ") or nil, short, sentences
end

--- The sound: sentences.
function remarks.audio(value)
  local parts, sentences = apart(value)
  if #parts == 0 then return sentences end
  local heard = english.list(english.parts(table.concat(parts, ", ")))
  local verb = "The soundtrack carries "
  if english.is_adjective(heard) then verb = "The soundtrack is " end
  if english.is_prepositional(heard) then verb = "The scene plays " end
  if heard:find "^[Nn]o%s" then verb, heard = "There is ", lower_first(heard) end
  table.insert(sentences, 1, verb .. heard)
  return sentences
end

local function spoken(text)
  local is_quoted = text:find '"' or text:find "\u{201C}" or text:find "'[^']*'$" or text:find "^'.*'%f[%W]"
  if is_quoted then return text end
  local speaker, line = text:match "^([%w][%w%s'-]-):%s+(.+)$"
  if speaker and #speaker > 40 then speaker = nil end
  line = english.sentence(speaker and line or text)
  if not speaker then return ('A voice says: "%s"'):format(line) end
  local verb = speaker:find "%f[%a]says$" or speaker:find "%f[%a]asks?$" or speaker:find "%f[%a]replies$"
    or speaker:find "%f[%a]%a+s$" and speaker:find "%s"
  return ('%s%s: "%s"'):format(speaker, verb and "" or line:find "%?$" and " asks" or " says", line)
end

--- What is said: one sentence for each line.
function remarks.dialogue(value)
  local said = {}
  for position, text in ipairs(type(value) == "table" and value or { value }) do
    said[position] = spoken(english.trim(text))
  end
  return said
end

--- Further wishes: sentences as they were written.
function remarks.custom(value) return texts(value) end

--- What the picture must not show: words without "no" before them.
function remarks.unwanted(value)
  local unwanted = {}
  for _, text in ipairs(texts(value)) do
    for _, part in ipairs(english.parts(text)) do unwanted[#unwanted + 1] = part:gsub("^[Nn]o%s+", "") end
  end
  return unwanted
end

--- Tells whether a composition names a kind of shot, such as "wide shot".
function remarks.is_shot(text)
  local bare = unstop(text):gsub("^[Aa]n?%s+", "")
  return english.counted(bare, shots) ~= bare
end

return remarks
