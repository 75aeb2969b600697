-- How long it takes to compose prompts: samples of a typical template, counts,
-- prose, inputs, and loading the room. Limit: 100,000 samples in a second.
-- Run from the top of the tree: lua5.4 bench/prompts.lua
package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = (os.getenv "BUILD_DIR" or "build") .. "/?.so;" .. package.cpath

-- Best of three runs: seconds for one call.
local function time(count, call)
  local best = math.huge
  for _ = 1, 3 do
    local start = os.clock()
    for _ = 1, count do call() end
    best = math.min(best, (os.clock() - start) / count)
  end
  return best
end

local failed = false
local function show(what, seconds, limit)
  local late = limit and seconds > limit
  failed = failed or late
  print(("%-44s %12.2f us%s"):format(what, seconds * 1e6, late and "  TOO SLOW" or ""))
end

require("fal.models").find "fal-ai/veo3"
show('require "fal.prompt"', time(50, function()
  for name in pairs(package.loaded) do
    if name:find "^fal%.prompt" then package.loaded[name] = nil end
  end
  require "fal.prompt"
end))

local prompt = require "fal.prompt"
local typical = [[
A {cinematic|dreamy|3::gritty} shot of {a {red|blue|green} {fox|cat}|an old {man|woman}}
{walking|running|standing still} in {2$$rain|snow|fog|wind}, __light__,  # one line of a list
{close-up|wide shot}, for {client}]]
local values = { client = "Ada", lists = { light = "dawn\ndusk\nhigh noon\n{full|new} moon" } }
local t = prompt.template(typical)
show("template: 100,000 samples", time(1, function() t:sample(100000, values) end), 1)
show("template: read", time(2000, function() prompt.template(typical) end))
show("template: count " .. t:count(values), time(2000, function() t:count(values) end))
show("template: walk through all", time(5, function() for _ in t:each(values) do end end))
local wide = prompt.template(("{a|b|c}"):rep(20000))
show("template: count 3^20000 exactly", time(1, function() wide:count() end))

local fields = {
  concept = "A futuristic city at dusk", style = "Cinematic", camera = "Gimbal smoothness", direction = "Push in",
  pacing = "Slow burn", effects = "Holographic overlay", composition = "wide shot", ambiance = "warm haze",
  negative = { "blur", "distortion" },
}
local p = prompt(fields)
show("prompt: make and check", time(20000, function() prompt(fields) end))
show("prompt: prose", time(10000, function() return tostring(p) end))
show("prompt: input for veo3, checked", time(10000, function() p:input("fal-ai/veo3", { duration = "8s" }) end))
os.exit(not failed)
