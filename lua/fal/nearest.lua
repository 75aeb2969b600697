-- Which of the known words did somebody mean? The one with the smallest edit
-- distance, letters compared without regard to case; among numbers (with or
-- without a unit) and among ratios the one nearest in value. Pure.
local nearest = {}

local longest <const> = 64 -- bytes of a word that are looked at

-- Edit distance of two strings: insertions, deletions, replacements and
-- swapped neighbours cost one each.
local function distance(a, b)
  local before, last = {}, {}
  for j = 0, #b do last[j] = j end
  for i = 1, #a do
    local row = { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      local best = math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        best = math.min(best, before[j - 2] + 1)
      end
      row[j] = best
    end
    before, last = last, row
  end
  return last[#b]
end

nearest.distance = distance

local function number_in(word) return tonumber(word:match "^(%d+%.?%d*)%a*$") end

-- The logarithm of a ratio such as 16:9, 16x9 or 16/9.
local function ratio_in(word)
  local width, height = word:match "^(%d+)[:x/](%d+)$"
  if not width or tonumber(width) == 0 or tonumber(height) == 0 then return nil end
  return math.log(width / height)
end

local function by_value(word, words, value_in)
  local value, best, gap = value_in(word), nil, nil
  if not value then return nil end
  for _, candidate in ipairs(words) do
    local other = value_in(tostring(candidate))
    if other and (not gap or math.abs(other - value) < gap) then
      best, gap = candidate, math.abs(other - value)
    end
  end
  return best
end

--- Finds the word of a list that is nearest to the given one.
---@param word any  what was given; its text is compared
---@param words table  list of strings or numbers
---@param share? number  how much of the longer word may differ: by default all but one letter
---@return any? best  nil when nothing in the list resembles it
function nearest.of(word, words, share)
  word = tostring(word):sub(1, longest):lower()
  local best = by_value(word, words, number_in) or by_value(word, words, ratio_in)
  if best then return best end
  local least
  for _, candidate in ipairs(words) do
    local text = tostring(candidate):sub(1, longest):lower()
    local far = distance(word, text)
    local most = math.max(#word, #text)
    local close = share and far <= most * share or not share and far < most
    if close and (not least or far < least) then
      best, least = candidate, far
    end
  end
  return best
end

return nearest
