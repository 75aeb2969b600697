-- The plan: what a run would do now, step by step, and what it may cost. Sends
-- nothing and writes nothing; what depends on outputs that are not there yet is
-- said to.
local input = require "fal.workflow.input"
local key = require "fal.workflow.key"
local ledger = require "fal.workflow.ledger"
local listing = require "fal.workflow.listing"
local money = require "fal.money"
local reference = require "fal.workflow.reference"
local review = require "fal.workflow.review"

local plan = {}

local Plan = { __name = "fal.workflow.plan", __tostring = listing.of }

-- The part of an input that holds no references: fields with one are left out.
local function settled_part(template)
  if reference.is(template) then return {}, false end
  local part, all = {}, true
  for name, value in next, template do
    local has = false
    reference.each(value, function() has = true end)
    if has then all = false else part[name] = value end
  end
  return part, all
end

-- Whether all that a step needs is there.
local function is_ready(ctx, step)
  for _, need in ipairs(step.needs) do
    if ctx.output[need] == nil then return false end
  end
  return true
end

local function tell_price(ctx, entry, step, value)
  local told, err = ctx.price(step.endpoint, value)
  if told then
    entry.low, entry.high, entry.line = told.low, told.high, told.line
  elseif err.type == "unknown_price" then
    entry.unknown = err.message
  else
    entry.problem = err
  end
end

local function check(ctx, entry, step, value, whole)
  if whole then
    local right, err = value, nil
    if ctx.client.option "validate" ~= false then right, err = ctx.client.validate(step.endpoint, value) end
    if not right then
      entry.problem = err
      return
    end
    value = right
  end
  if entry.state == "new" then tell_price(ctx, entry, step, value) end
end

local function made_before(ctx, entry, step, row)
  entry.state = "cached"
  local err
  ctx.output[step], err = ledger.output_of(ctx.journal, row)
  return ctx.output[step] ~= nil, err
end

local kinds = {}

-- Finds out about a step whose input is settled.
local function with_input(ctx, entry, step, value)
  local text, err = key.basis(step.endpoint, value)
  if not text then
    entry.problem = err
    return true
  end
  local row
  entry.state, row = ledger.find(ctx, step, key.of_call(step.endpoint, text))
  for _, fallback in ipairs(step.options.fallback or {}) do
    if entry.state ~= "new" then break end
    local endpoint = type(fallback) == "table" and fallback[1] or fallback
    entry.state, row = ledger.find(ctx, step, key.of_call(endpoint, text))
  end
  if not entry.state then return nil, row end
  if entry.state == "done" then return made_before(ctx, entry, step, row) end
  if row then entry.request_id, entry.held = row.request_id, row.held end
  return true
end

function kinds.call(ctx, entry, step)
  if not is_ready(ctx, step) then
    local part, whole = settled_part(step.input)
    entry.depends = not whole
    check(ctx, entry, step, part, whole)
    return true
  end
  local value, err = input.of(ctx, step, function(need) return ctx.output[need] end)
  if value == nil then
    entry.problem = err
    return true
  end
  local done, trouble = with_input(ctx, entry, step, value)
  if not done then return nil, trouble end
  if entry.state ~= "cached" and not entry.problem then check(ctx, entry, step, value, true) end
  return true
end

function kinds.map(ctx, entry, step)
  if not is_ready(ctx, step) then return true end
  local value, err = input.of(ctx, step, function(need) return ctx.output[need] end)
  local text
  if value ~= nil then text, err = key.canonical(value) end
  if not text then
    entry.problem = err
    return true
  end
  local state, row = ledger.find(ctx, step, key.of_map(step.work, text))
  if not state then return nil, row end
  if state == "done" then return made_before(ctx, entry, step, row) end
  return true
end

function kinds.save(_, entry)
  entry.state = "local"
  return true
end

function kinds.review(ctx, entry, step)
  entry.state = "review"
  local function output_of(each) return ctx.output[each] end
  entry.ready = review.is_ready(step, output_of)
  if not entry.ready then return true end
  local fingerprint = review.fingerprint(step, output_of)
  local decision = fingerprint and ctx.journal and review.decision(ctx.journal, step, fingerprint)
  entry.state = decision or "review"
  if decision == "approved" then ctx.output[step] = true end
  return true
end

local function entry_of(step)
  local entry = { name = step.name, kind = step.kind, endpoint = step.endpoint, state = "new", needs = {} }
  for i, need in ipairs(step.needs) do entry.needs[i] = need.name end
  return entry
end

local function add_up(self)
  local low, high = 0, 0
  for _, entry in ipairs(self.steps) do
    self.count[entry.state] = (self.count[entry.state] or 0) + 1
    if entry.state == "new" and entry.kind == "call" then
      low, high = low + (entry.low or 0), high + (entry.high or 0)
      if entry.unknown then self.cost.unknown[#self.cost.unknown + 1] = entry.name end
      if entry.depends then self.cost.depends[#self.cost.depends + 1] = entry.name end
    end
    if entry.low then entry.lowest, entry.highest = money.dollars(entry.low), money.dollars(entry.high) end
    if entry.problem then self.problems[#self.problems + 1] = entry end
  end
  self.cost.low, self.cost.high = low, high
  self.cost.lowest, self.cost.highest = money.dollars(low), money.dollars(high)
end

-- Calls of steps that have left the workflow while nobody knows their end.
local function left_over(ctx)
  local rows, err = ledger.open(ctx.journal)
  if not rows then return nil, err end
  local list = {}
  for _, row in ipairs(rows) do
    local state = ledger.state(ctx.journal, row)
    if not ctx.in_use[row.step] and not ctx.claims[row.id] then
      list[#list + 1] = { name = row.step, state = state, request_id = row.request_id, endpoint = row.endpoint }
    end
  end
  return list
end

--- Makes the plan.
---@param ctx table  graph, client, price, seeds, in_use, name, budget, path; journal, when there is one
---@return table? plan, table? err
function plan.make(ctx)
  ctx.output = {}
  local self = setmetatable({
    name = ctx.name, steps = {}, edges = {}, problems = {}, count = {}, cost = { unknown = {}, depends = {} },
    path = not ctx.journal and ctx.path or nil, budget = ctx.budget, paid = 0, reserved = 0, held = 0,
  }, Plan)
  for i, step in ipairs(ctx.graph.steps) do
    self.steps[i] = entry_of(step)
    local done, err = kinds[step.kind](ctx, self.steps[i], step)
    if not done then return nil, err end
    for _, need in ipairs(self.steps[i].needs) do self.edges[#self.edges + 1] = { from = need, to = step.name } end
  end
  if ctx.journal then
    local sums, err = ledger.sums(ctx.journal)
    if not sums then return nil, err end
    self.paid, self.reserved = sums.paid, sums.reserved
    self.held, err = ledger.held(ctx.journal)
    if not self.held then return nil, err end
    self.left, err = left_over(ctx)
    if not self.left then return nil, err end
  end
  add_up(self)
  return self
end

return plan
