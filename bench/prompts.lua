-- How long it takes to compose prompts: samples of a typical template, counts,
-- prose, inputs, and loading the room. Prints a line for each, what and
-- microseconds. Run from the top of the tree with the library's paths;
-- bench/measure/prompts.lua holds the goal.
package.path = "bench/?.lua;" .. package.path

local bench = require "bench"

local function show(what, count, call) bench.show(what, bench.best(3, count, call) * 1e6) end

require("fal.models").find "fal-ai/veo3"
show('require "fal.prompt"', 50, function()
  bench.forget "fal.prompt"
  require "fal.prompt"
end)

local prompt = require "fal.prompt"
local typical = [[
A {cinematic|dreamy|3::gritty} shot of {a {red|blue|green} {fox|cat}|an old {man|woman}}
{walking|running|standing still} in {2$$rain|snow|fog|wind}, __light__,  # one line of a list
{close-up|wide shot}, for {client}]]
local values = { client = "Ada", lists = { light = "dawn\ndusk\nhigh noon\n{full|new} moon" } }
local t = prompt.template(typical)
bench.show("template, a sample", bench.best(3, 1, function() t:sample(100000, values) end) * 1e6 / 100000)
show("template, read", 2000, function() prompt.template(typical) end)
show("template, count " .. t:count(values), 2000, function() t:count(values) end)
show("template, walk through all", 5, function() for _ in t:each(values) do end end)
local wide = prompt.template(("{a|b|c}"):rep(20000))
show("template, count 3^20000 exactly", 1, function() wide:count() end)

local fields = {
  concept = "A futuristic city at dusk", style = "Cinematic", camera = "Gimbal smoothness", direction = "Push in",
  pacing = "Slow burn", effects = "Holographic overlay", composition = "wide shot", ambiance = "warm haze",
  negative = { "blur", "distortion" },
}
local p = prompt(fields)
show("make and check", 20000, function() prompt(fields) end)
show("prose", 10000, function() return tostring(p) end)
show("input for veo3, checked", 10000, function() p:input("fal-ai/veo3", { duration = "8s" }) end)
