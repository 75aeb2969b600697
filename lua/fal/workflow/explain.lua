-- Why a step would be called again: what in its key has changed since its last
-- call, or which step before it is not done.
local input = require "fal.workflow.input"
local json = require "fal.core.json"
local key = require "fal.workflow.key"
local ledger = require "fal.workflow.ledger"
local listing = require "fal.workflow.listing"

local explain = {}

local Explanation = { __name = "fal.workflow.explanation" }

local shown <const> = 60 -- bytes of a value

function Explanation:__tostring()
  return ("%s: %s\n  %s"):format(self.step, self.state, table.concat(self.reasons, "\n  "))
end

local function short(value)
  return value == nil and "nothing" or listing.short(key.canonical(value) or tostring(value), shown)
end

local function sorted_keys(a, b)
  local names, seen = {}, {}
  for _, from in ipairs { a, b } do
    for name in next, from do
      if not seen[name] then names[#names + 1] = name end
      seen[name] = true
    end
  end
  table.sort(names, function(x, y) return tostring(x) < tostring(y) end)
  return names
end

-- Adds a line for each place where two values differ.
local function compare(before, now, path, list)
  local both = type(before) == "table" and type(now) == "table"
  if both and not json.is_number(before) and not json.is_number(now) then
    for _, name in ipairs(sorted_keys(before, now)) do
      local step = type(name) == "number" and ("[%d]"):format(name) or (path == "" and "" or ".") .. name
      compare(before[name], now[name], path .. step, list)
    end
  elseif short(before) ~= short(now) or key.canonical(before) ~= key.canonical(now) then
    list[#list + 1] = ("%s has changed: %s is now %s"):format(path, short(before), short(now))
  end
end

local function changes(ctx, step, row, list)
  if step.kind == "call" and row.endpoint ~= step.endpoint then
    list[#list + 1] = ("the endpoint has changed: %s is now %s"):format(row.endpoint, step.endpoint)
  end
  for _, need in ipairs(step.needs) do
    if ctx.output[need] == nil then
      list[#list + 1] = ("it depends on '%s', which is not done"):format(need.name)
    end
  end
  if #list > 0 then return end
  local value = input.of(ctx, step, function(need) return ctx.output[need] end)
  if value == nil then return end
  local text = key.basis(step.endpoint, value) -- files are their hashes there, as in the journal
  compare(json.decode(row.basis), text and json.decode(text), "", list)
  if #list == 0 and step.kind == "map" then list[1] = "its function has changed" end
end

local sentences <const> = {
  pending = "its request %s is under way and will be waited for",
  unconfirmed = "nobody knows whether its last submit was accepted; settle it",
  sending = "it is being sent",
  lost = "the result of its request %s could not be had; it is asked for once more",
}

local function reasons_of(ctx, entry, step)
  if entry.state == "cached" then return { "nothing has changed; it will not be called again" } end
  if step.kind ~= "call" and step.kind ~= "map" then return { "it costs nothing and is done in each run" } end
  local rows = ctx.journal and ledger.of_step(ctx.journal, step.name) or {}
  local row = rows[#rows]
  if sentences[entry.state] then return { sentences[entry.state]:format(entry.request_id) } end
  if entry.problem then return { "it cannot be called: " .. tostring(entry.problem) } end
  if not row then return { "it was never called" } end
  local list = {}
  if row.discarded == "redo" then list[1] = "it was asked to be made anew" end
  if row.discarded and row.discarded:find "^settled" then list[1] = "it was settled: never accepted" end
  if row.error then list[1] = "it failed: " .. tostring(ledger.error_of(row)) end
  if #list == 0 or row.error then changes(ctx, step, row, list) end
  if #list == 0 and step.options.fresh then list[1] = "it is fresh: called once in each run" end
  return list
end

--- Explains a step.
---@param ctx table  of the plan
---@param made table  the plan
---@param step table
---@return table explanation  step, state, reasons; prints as text
function explain.of(ctx, made, step)
  local entry = made.steps[step.index]
  return setmetatable({ step = step.name, state = entry.state, reasons = reasons_of(ctx, entry, step) }, Explanation)
end

return explain
