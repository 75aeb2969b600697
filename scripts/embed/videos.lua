-- All that is needed to bring fal into an app with a loop of its own: the app's
-- loop watches one descriptor, and a call is a task for which the connection's
-- coroutine rests. Nothing here blocks, and nothing runs in a thread.
local fal = require "fal"
local loop = require "loop"

local videos = {}

local model <const> = "fal-ai/veo3/fast"

loop.take_in {
  getfd = function() return fal.pollfd() end, -- LuaSocket's select asks for it
  timeout = fal.timeout,
  step = function() fal.step(0) end,
}

-- Calls fn in a task while this coroutine rests; returns what fn returned.
local function call(fn, ...)
  local wake = loop.waker()
  fal.async(function(...)
    local results = table.pack(pcall(fn, ...))
    wake(results)
  end, ...)
  local results = loop.rest()
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

local under_way = 0

--- How many calls are under way.
function videos.under_way() return under_way end

--- Makes a video.
---@param prompt string
---@return string|nil url, table err
function videos.make(prompt)
  under_way = under_way + 1
  local output, err = call(fal.subscribe, model, { prompt = prompt }, { timeout = 600 })
  under_way = under_way - 1
  if not output then return nil, err end
  return output.video.url
end

return videos
