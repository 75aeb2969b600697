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
    local list, err = find { q = words, category = values.category, remote = values.remote }
    if not list then return nil, err end
    if #list == 0 then require("falua.notes").say "no model that is known here matches" end
    require("falua.output").list(list, values, { "MODEL", "KIND", "PRICE" }, function(entry)
      return { entry.id, entry.category or "", entry.price or "not listed" }
    end)
  end,
}
