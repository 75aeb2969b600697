-- What commands do with several files: one word after the other, with a line
-- that shows how far each is. What failed is said, what came is printed.
local exits = require "falua.exits"
local json = require "fal.core.json"
local notes = require "falua.notes"
local output = require "falua.output"
local transfer = require "falua.transfer"

local several = {}

--- The paths that a download brought, in their order; those that came beside a failure, too.
---@param paths string|table|nil
---@param err table|nil
---@return string[] list
function several.saved(paths, err)
  if type(paths) == "string" then return { paths } end
  paths = paths or err.results or {}
  local places, list = {}, {}
  for place in pairs(paths) do places[#places + 1] = place end
  table.sort(places)
  for i, place in ipairs(places) do list[i] = paths[place] end
  return list
end

local function with_line(word, act, meter)
  meter.begin(word)
  local _ <close> = notes.progress(meter.text)
  return act(word, meter.told)
end

--- Does the same with each word.
---@param words string[]
---@param values table  the command's: json
---@param name string  of the command
---@param act fun(word: string, on_progress: function): table, table|nil  what came, and the error if there was one
---@param text fun(result: any): string  of one that came, on a terminal
---@return integer|nil status
---@return table|nil err
function several.each(words, values, name, act, text)
  local meter, done, first = transfer.meter(), json.array {}, nil
  for _, word in ipairs(words) do
    local came, err = with_line(word, act, meter)
    table.move(came, 1, #came, #done + 1, done)
    first = first or err
    if err and (#words > 1 or came[1]) then notes.fail(name, err) end
  end
  if #done == 0 and #words == 1 then return nil, first end
  if values.json or not output.is_terminal() then
    output.json(done, true)
  else
    for _, result in ipairs(done) do output.write(text(result), "\n") end
  end
  if not first then return exits.done end
  return #done > 0 and exits.partly or exits.of(first)
end

return several
