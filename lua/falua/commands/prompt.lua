-- `falua prompt`: prose from the words of a prompt or from a template, and the
-- input of a model made of it.
local shared = require "falua.shared"

local options = {
  { name = "for", value = "ENDPOINT", help = "print the input for this model, as JSON; further words go into it" },
  { name = "length", value = "LENGTH", choices = { "short", "medium", "long" }, help = "how much prose" },
  { name = "template", value = "FILE", help = "take texts from this template; the words are its values" },
  { name = "lists", value = "FOLDER", help = "with --template: where its word lists are" },
  { name = "all", help = "with --template: every combination, not just one" },
  { name = "sample", value = "N", type = "integer", least = 0, wanted = "an integer, 0 or more",
    help = "with --template: so many draws" },
  { name = "seed", value = "S", type = "integer", help = "with --template: what the draws depend on" },
  { name = "count", help = "with --template: print how many combinations there are" },
  shared.json,
}

return {
  summary = "compose a prompt and print it, or the input that a model gets",
  operands = {
    {
      name = "INPUT", optional = true, many = true,
      help = "concept=, subject=, action=, context=, style=, camera=, direction=, pacing=, effects[]=, negative=, ...",
    },
  },
  options = options,
  examples = {
    'falua prompt concept="A city at dusk" style=Cinematic camera="Drone aerials" --length short',
    'falua prompt concept="A cat on a roof" direction="Pan left" --for fal-ai/minimax/video-01-director',
    "falua prompt --template portrait.txt who=fox --lists words --sample 5 --seed 7",
  },
  run = function(values)
    local composed = require "falua.composed"
    if values.template then return composed.from_template(values) end
    for _, name in ipairs { "all", "sample", "seed", "count", "lists" } do
      if values[name] then return nil, ("'--%s' needs '--template'"):format(name) end
    end
    return composed.from_words(values)
  end,
}
