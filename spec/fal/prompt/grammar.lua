-- What is wrong with a generated paragraph, as far as a machine can hear it:
-- for the specs of prose. Judges form, not taste.
local english = require "fal.prompt.english"

local grammar = {}

-- Words that may come twice in one sentence.
local small = english.set [[a an the and or of to in on at as by for from with into it its is are be that what while
  who so no not then through toward across more up down out one each every any there camera s where than but]]

-- Words of the vocabulary that are names of things, and may meet their like.
local names = english.set [[motion cuts cut cutting exposure exposures style tilt shift pan pans lens time flow shot
  drone action spiral takes media zoom slow straight energy angle]]

local function sentences(text)
  local list = {}
  for sentence in (text .. " "):gmatch "(.-[.!?]\"?)%s" do list[#list + 1] = sentence end
  return list
end
grammar.sentences = sentences

local function doubled(sentence)
  local before
  for word in sentence:lower():gmatch "[%a'-]+" do
    if word == before then return word end
    before = word
  end
end

local function repeated(sentence)
  local seen = {}
  for word in sentence:lower():gmatch "%a+" do
    local stem = word:gsub("ing$", ""):gsub("ly$", ""):gsub("s$", "")
    if seen[stem] and not small[word] and not names[word] and not names[stem] then return word end
    seen[stem] = true
  end
end

local function wrong_article(text)
  for article, word in text:gmatch "%f[%a]([Aa]n?)%s+([%w'-]+)" do
    local right = english.an(word):match "^an?"
    if article:lower() ~= right then return article .. " " .. word end
  end
end

local patterns = {
  { "None", "None" }, { "nil", "%f[%a]nil%f[%A]" }, { "two spaces", "  " }, { "two stops", "%.%." },
  { "space before a mark", "%s[,.;:!?]" }, { "comma and stop", ",[.,]" }, { "semicolon", ";" },
  { "a table", "table: " }, { "small beginning", "^%l" }, { "small after a stop", "[.!?] %l" },
}

--- The first thing that is wrong, or nil.
---@param text string
---@param own? boolean  no repeated words within a sentence either
function grammar.fault(text, own)
  for _, pair in ipairs(patterns) do
    if text:find(pair[2]) then return pair[1] end
  end
  if not text:find "[.!?]\"?$" then return "no stop at the end" end
  local article = wrong_article(text)
  if article then return "article: " .. article end
  for _, sentence in ipairs(sentences(text)) do
    local word = doubled(sentence)
    if word then return "doubled: " .. word end
    word = own and repeated(sentence)
    if word then return "repeated: " .. word end
  end
end

return grammar
