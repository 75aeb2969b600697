-- Finding words of the vocabulary: exact ones by name, and the nearest known
-- ones for a word that is not there. Owns the index; fal.prompt.vocabulary
-- stays plain data.
local distance = require("fal.nearest").distance
local vocabulary = require "fal.prompt.vocabulary"

local words = {}

local most_named = 3

-- The prompt fields that hold words of the vocabulary, in the order of prose.
words.fields = { "style", "camera", "direction", "pacing", "effects" }

local index = {}
for _, field in ipairs(words.fields) do
  index[field] = {}
  for _, entry in ipairs(vocabulary[field]) do index[field][entry.word:lower()] = entry end
end

--- Lists the words of a field, fresh, in the order of the service's page.
function words.list(field)
  local list = {}
  for position, entry in ipairs(vocabulary[field]) do
    list[position] = type(entry) == "table" and entry.word or entry
  end
  return list
end

--- Finds the entry of a word, whatever its case, or nil.
function words.find(field, word) return index[field][word:lower()] end

-- How unlike two names are: letters, but a shared beginning of a word counts.
local function unlike(asked, known)
  local a, b = asked:lower():sub(1, 60), known:lower()
  local far = distance(a, b)
  for part in a:gmatch "%w+" do
    if #part > 2 and b:find("%f[%w]" .. part:sub(1, 4)) then far = far - #part end
  end
  if #a > 2 and b:find(a, 1, true) then far = far - #b end
  return far
end

-- The nearest of 'known', best first.
local function nearest_of(asked, known)
  local ranked = {}
  for position, name in ipairs(known) do
    ranked[position] = { name = name, far = unlike(asked, name), position = position }
  end
  table.sort(ranked, function(a, b)
    if a.far ~= b.far then return a.far < b.far end
    return a.position < b.position
  end)
  local nearest = {}
  for position = 1, math.min(most_named, #ranked) do nearest[position] = ranked[position].name end
  return nearest
end

--- The known name that this one is most likely a slip of, or nil.
function words.slip(asked, known)
  local likely
  for _, name in ipairs(known) do
    local far = distance(asked:lower(), name)
    if far == 0 then return nil end
    if far <= (#name > 5 and 2 or 1) and #asked > 3 then likely = likely or name end
  end
  return likely
end

--- The sentence about a name that is not known: what it was, what is near.
function words.unknown(what, asked, known)
  local near = nearest_of(asked, known)
  for position, name in ipairs(near) do near[position] = ("%q"):format(name) end
  if #asked > 60 then asked = asked:sub(1, utf8.offset(asked, 0, 58) - 1) .. "..." end
  return ("unknown %s %q; the nearest known: %s"):format(what, asked, table.concat(near, ", "))
end

return words
