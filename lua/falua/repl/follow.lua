-- Says at the prompt how far a call is that somebody waits for: one line for the
-- request, one for each change, and the log lines that were asked for. Not of
-- tasks, which go on unseen, and not where the caller looks itself.
local fal = require "fal"
local harmless = require("falua.output").harmless
local notes = require "falua.notes"
local progress = require "falua.progress"
local scheduler = require "fal.scheduler"

local follow = {}

local function watched(opts)
  local all, last = {}, nil
  function all.on_update(status)
    local text = progress.words(status)
    if text ~= last and status.status ~= "COMPLETED" then notes.say(harmless(text)) end
    last = text
    for _, line in ipairs(status.logs or {}) do notes.say(harmless(tostring(line.message))) end
  end
  for name, value in pairs(opts or {}) do all[name] = value end
  return all
end

local function looks_itself(opts)
  return scheduler.current() or opts ~= nil and (type(opts) ~= "table" or opts.on_update ~= nil)
end

--- Puts itself in front of the default client's `subscribe` and `wait`.
function follow.guard()
  local subscribe, wait = fal.subscribe, fal.wait
  function fal.subscribe(endpoint, input, opts)
    if looks_itself(opts) then return subscribe(endpoint, input, opts) end
    opts = watched(opts)
    opts.on_enqueue = opts.on_enqueue or function(request) notes.say("request " .. tostring(request)) end
    return subscribe(endpoint, input, opts)
  end
  function fal.wait(request, opts) -- also what request:wait calls
    if not looks_itself(opts) then opts = watched(opts) end
    return wait(request, opts)
  end
end

return follow
