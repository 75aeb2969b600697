-- The little English that composing a prompt needs: capitals, full stops,
-- articles, lists, and guesses at what kind of phrase a user wrote. Knows no
-- word of the vocabulary. Text that is not ASCII is never changed, only
-- followed by a full stop where it has none.
local english = {}

local function set(words)
  local known = {}
  for word in words:gmatch "%S+" do known[word] = true end
  return known
end

local prepositions = set [[about above across against along alongside amid amidst among around as at atop before
  behind below beneath beside between beyond by down during for from in inside into like near of off on onto
  out outside over past through throughout toward towards under underneath up upon via where while with within
  without]]
local determiners = set [[a an the this that these those his her its their our my your some any no one two three
  four five six several many both each every another]]
local adjectives = set [[bleak blue bright calm cold cool cozy dark deep dim dreamlike eerie flat formal fresh
  golden gray green grey grim harsh hard icy intimate low high loose melancholy moonlit narrow natural open
  orange overcast pale pink purple quiet raw red remote serene silent slow soft solemn somber sparse stark strange
  sunlit surreal tender tense tight vivid warm weird white wide wild yellow black handmade retro modern
  centered abstract minimal gothic baroque noir extreme medium full long short low-angle high-angle off-center
  asymmetrical establishing muffled distant loud faint heavy]]
local particles = set "left right forward forwards backward backwards away upward upwards downward downwards"
local noun_endings = { "ity$", "ery$", "ergy$", "ony$", "asy$", "ory$", "ury$", "ing$", "sky$", "city$", "valley$",
  "gallery$", "carnival$", "festival$", "music$", "fabric$", "traffic$", "day$", "bay$", "alley$", "ment$",
  "metry$", "graphy$" }
local adjective_endings = { "y$", "ic$", "al$", "ous$", "ful$", "less$", "ive$", "ish$", "like$", "ed$", "ent$",
  "ible$", "able$", "ary$", "drawn$", "made$", "lit$", "woven$", "worn$" }
local silent_h = { "hour", "honest", "honor", "heir" }
local consonant_sounds = { "uni", "use", "usu", "uto", "ufo", "one", "once", "eu", "ewe" }

-- The first word, lower-case.
local function first_word(text) return (text:match "^[%a'-]+" or ""):lower() end

local function any(word, patterns, prefix)
  for _, pattern in ipairs(patterns) do
    if word:find((prefix or "") .. pattern) then return true end
  end
  return false
end

--- Removes white space from both ends.
function english.trim(text) return text:match "^%s*(.*%S)" or "" end

-- Without white space at either end, and without marks that go on.
local function without_tail(text) return text:match "^%s*(.*[^%s,;:])" or "" end

--- Tells whether the text already ends as a sentence does.
function english.is_closed(text)
  local body = text
  for _ = 1, 3 do
    body = body:gsub("[\"')%]]$", ""):gsub("\u{201D}$", ""):gsub("\u{2019}$", ""):gsub("\u{00BB}$", "")
  end
  return body:find "[.!?]$" ~= nil or any(body, { "\u{2026}$", "\u{3002}$", "\u{FF01}$", "\u{FF1F}$" })
end

--- Tells whether more than one sentence was written.
function english.is_several(text) return text:find "[.!?][\"')]*%s+%S" ~= nil or text:find "\n" ~= nil end

--- The text without a final full stop, so that a sentence can go on after it.
function english.unstop(text)
  text = without_tail(text)
  local abbreviation = text:find "%.%.%.$" or text:find "%.%a%.$"
  if not abbreviation then text = text:gsub("%.$", "") end
  return text
end

--- The text with a capital, unless its first word has a spelling of its own.
function english.capital(text)
  local word = text:match "^%S+" or ""
  if word:find "^%l" and not word:find "[%u%d/]" then return text:sub(1, 1):upper() .. text:sub(2) end
  return text
end

-- Chinese and Japanese end a sentence in their own way.
local function full_stop(text)
  local last = text:match "([\xC0-\xFD][\x80-\xBF]*)$"
  local code = last and utf8.len(last) and utf8.codepoint(last)
  return code and code >= 0x3040 and code <= 0x9FFF and "\u{3002}" or "."
end

--- A whole sentence of a phrase: capital in front, one full stop at the end.
function english.sentence(text)
  text = without_tail(text)
  if text == "" then return "" end
  if not english.is_closed(text) then text = text .. full_stop(text) end
  return english.capital(text)
end

--- "a wide shot", "an hour", "an FPV shot": the phrase with its article.
function english.an(phrase)
  local word = phrase:match "^[%w'-]+" or ""
  local vowel = word:lower():find "^[aeiou]" and not any(word:lower(), consonant_sounds, "^")
  if any(word:lower(), silent_h, "^") or word:find "^8" or word:find "^11%f[%D]" or word:find "^18%f[%D]" then
    vowel = true
  end
  if word:find "^%u%u+%f[^%u%d]" or word:find "^%u%-" then vowel = word:find "^[AEFHILMNORSX]" end
  return (vowel and "an " or "a ") .. phrase
end

--- "a", "a and b", "a, b and c"; whole clauses are joined by ", and ".
function english.list(items, conjunction)
  local last = #items
  if last < 2 then return items[1] or "" end
  return table.concat(items, ", ", 1, last - 1) .. (conjunction or " and ") .. items[last]
end

--- Tells whether the phrase begins with a word such as "in" or "behind".
function english.is_prepositional(text) return prepositions[first_word(text)] == true end

--- Tells whether the phrase begins with an article or another determiner.
function english.has_determiner(text)
  return determiners[first_word(text)] == true or text:find "^%u%a*'s%f[%W]" ~= nil or text:find "^%d" ~= nil
end

--- Tells whether the phrase describes rather than names: "soft and dreamy".
function english.is_adjective(text)
  if english.has_determiner(text) then return false end
  local last = (text:match "([%a-]+)$" or ""):lower()
  if adjectives[last] then return true end
  return any(last, adjective_endings) and not any(last, noun_endings)
end

local short_participles = set "shot seen held set lit made drawn built cut"

--- Tells whether the phrase begins with a participle and goes on from there:
--- "shot on old film", but not "leading lines".
function english.is_participle(text)
  local word, next_word = text:lower():match "^([%a-]+)%s+(%a+)"
  if not word or not (prepositions[next_word] or determiners[next_word]) then return false end
  return word:find "%l%led$" ~= nil or word:find "%l%ling$" ~= nil or short_participles[word] == true
end

--- The phrase with an article where its noun is one of 'nouns' and has none.
function english.counted(phrase, nouns)
  if english.has_determiner(phrase) then return phrase end
  local noun
  for word in phrase:lower():gmatch "[%w-]+" do
    if noun and (prepositions[word] or particles[word] or word:find "ly$") then break end
    noun = word
  end
  return nouns[noun] and english.an(phrase) or phrase
end

--- The text as it stands within a sentence: without a capital where its first
--- word is known not to be a name.
function english.lower(text)
  local word = first_word(text)
  local common = determiners[word] or prepositions[word] or adjectives[word] or word:find "%l%ling$"
    or any(word, adjective_endings) and not any(word, noun_endings)
  if common and text:find "^%u%l" or text:find "^A%s" then return text:sub(1, 1):lower() .. text:sub(2) end
  return text
end

--- Tells whether the text has a verb of being, and so is a sentence.
function english.is_clause(text)
  for word in text:lower():gmatch "%a+" do
    if word == "is" or word == "are" or word == "was" or word == "were" then return true end
  end
  return false
end

--- The parts of an enumeration: "rain, wind" or "rain, wind and thunder".
function english.parts(text)
  local parts = {}
  for part in text:gsub("%f[%s]%s+and%s+", ", "):gmatch "[^,]+" do
    part = english.trim(part)
    if part ~= "" then parts[#parts + 1] = part end
  end
  return parts
end

english.set = set

return english
