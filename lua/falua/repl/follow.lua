-- Says at the prompt how far a call is that somebody waits for: one line for the
-- request, one for each change, and the log lines that were asked for. Not of
-- tasks, which go on unseen, and not where the caller looks itself.
local fal = require "fal"
local harmless = require("falua.output").harmless
local progress = require "falua.progress"
local scheduler = require "fal.scheduler"

local follow = {}

local function say(text)
  io.stdout:flush()
  io.stderr:write(text, "\n")
end

local function watched(opts)
  local all, last = { on_enqueue = function(request) say("request " .. tostring(request)) end }, nil
  function all.on_update(status)
    local text = progress.words(status)
    if text ~= last and status.status ~= "COMPLETED" then say(harmless(text)) end
    last = text
    for _, line in ipairs(status.logs or {}) do say(harmless(tostring(line.message))) end
  end
  for name, value in pairs(opts or {}) do all[name] = value end
  return all
end

--- Puts itself in front of the default client's `subscribe`.
function follow.guard()
  local subscribe = fal.subscribe
  function fal.subscribe(endpoint, input, opts)
    local looks = scheduler.current() or opts ~= nil and (type(opts) ~= "table" or opts.on_update)
    if not looks then opts = watched(opts) end
    return subscribe(endpoint, input, opts)
  end
end

return follow
