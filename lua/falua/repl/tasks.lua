-- Tasks that go on while one types: turns the loop for them between two keys,
-- and has a line for each that finishes unseen.
local reactor = require "fal.core.reactor"
local show = require "falua.repl.show"
local task = require "fal.task"

local tasks = {}

local watched = {} -- those not finished, in their order
local started = 0

--- Starts a task and watches it. Takes the place of `fal.async` at the prompt.
---@param fn function
---@param ... any
---@return table task
function tasks.async(fn, ...)
  local made = task.async(fn, ...)
  started = started + 1
  watched[#watched + 1] = { task = made, number = started }
  return made
end

-- Whoever awaited it has its values.
local function line_of(entry, options)
  if entry.task.looked_at then return nil end
  local results = table.pack(pcall(entry.task.await, entry.task))
  if not results[1] then return ("task %d failed: %s"):format(entry.number, show.value(results[2], options)) end
  local texts = {}
  for i = 2, results.n do texts[i - 1] = show.value(results[i], options) end
  return ("task %d is done%s%s"):format(entry.number, texts[1] and ": " or "", table.concat(texts, "\t"))
end

--- Takes the tasks that have finished off the list.
---@param options table  see falua.repl.show
---@return string|nil text  a line for each, nil when there is nothing to say
function tasks.news(options)
  local lines, left = {}, {}
  for _, entry in ipairs(watched) do
    if entry.task.done then lines[#lines + 1] = line_of(entry, options) else left[#left + 1] = entry end
  end
  watched = left
  return lines[1] and table.concat(lines, "\n")
end

--- Does what is ready.
---@return boolean lively  whether tasks are under way, which may print
---@return integer|nil fd  to watch
---@return number|nil seconds  when it wants to go on at the latest
function tasks.turn()
  task.step(0)
  return task.count() > 0, reactor.pollfd(), task.timeout()
end

return tasks
