-- `falua models`: lists the models that are known, and searches the service.
local shared = require "falua.shared"

local patience <const> = 10 -- seconds for a service that was not asked for by --remote

-- What is built in has to do when the service is silent.
local function find(filter)
  local fal = require "fal"
  if filter.remote then return fal.models(filter) end
  local in_time, list, err = require("fal.task").within(patience, fal.models, filter)
  if in_time then return list, err end
  return require("fal.models").list(filter)
end

local function add_words(set, text)
  for word in text:lower():gmatch "[%w.]+" do set[word] = true end
end

-- What may have been meant by a filter that nothing fits: the nearest kind, or
-- words that occur in the names that are built in.
local function meant(filter)
  local nearest, kinds, known = require "fal.nearest", {}, {}
  for _, entry in ipairs(require("fal.models").list()) do
    kinds[entry.category] = true
    add_words(known, entry.id .. " " .. entry.title .. " " .. entry.category)
  end
  local function closest(word, set)
    if set[word] then return word end
    local list = {}
    for one in pairs(set) do list[#list + 1] = one end
    table.sort(list)
    return nearest.of(word, list, 0.4)
  end
  if filter.category and not kinds[filter.category] then
    local kind = closest(filter.category, kinds)
    return kind and "--category " .. kind
  end
  local words, changed = {}, false
  for word in filter.q:lower():gmatch "%S+" do
    local near = closest(word, known)
    words[#words + 1] = near
    changed = changed or near and near ~= word
  end
  return changed and table.concat(words, " ")
end

local function say_none(filter)
  local near = meant(filter)
  require("falua.notes").say("no model that is known here matches"
    .. (near and ("; did you mean: falua models %s"):format(near) or ""))
end

return {
  summary = "list models: those that are built in, and with a key what the service finds",
  operands = { { name = "WORDS", optional = true, many = true, help = "words that must all occur" } },
  options = {
    { name = "category", value = "NAME", help = "only those of this kind, such as text-to-video" },
    { name = "remote", help = "search the service too; it is a failure when it cannot be reached" },
    shared.json,
  },
  examples = { "falua models veo", "falua models --category image-to-video", "falua models upscale --remote" },
  run = function(values)
    local words = table.concat(values.words, " ")
    local filter = { q = words, category = values.category, remote = values.remote }
    local list, err = find(filter)
    if not list then return nil, err end
    if #list == 0 then say_none(filter) end
    require("falua.output").list(list, values, { "MODEL", "KIND", "PRICE" }, function(entry)
      return { entry.id, entry.category or "", entry.price or "not listed" }
    end)
  end,
}
