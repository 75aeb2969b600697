-- What people decide by hand: to approve or reject what they looked at, to make
-- a step anew, to settle a step of which nobody knows whether it was accepted.
local failure = require "fal.core.error"
local ledger = require "fal.workflow.ledger"
local models = require "fal.models"
local nearest = require "fal.nearest"
local review = require "fal.workflow.review"
local sys = require "fal.core.sys"

local hands = {}

local function refuse(message, hint)
  return nil, failure.new { kind = "validation", message = message, hint = hint, billed = "no", retryable = false }
end

-- Gates --------------------------------------------------------------------------

--- The names of the gates whose steps are all there, and that nobody approved.
---@param made table  the plan
---@return table names
function hands.waiting(made)
  local names = {}
  for _, entry in ipairs(made.steps) do
    if entry.ready and entry.state ~= "approved" then names[#names + 1] = entry.name end
  end
  return names
end

--- Approves or rejects a gate; without a name the first that waits.
---@param ctx table  of the plan
---@param made table  the plan
---@param name string?
---@param decision string  approved or rejected
---@return string? gate, table? err
function hands.decide(ctx, made, name, decision)
  local gates = hands.waiting(made)
  if not name then name = gates[1] end
  if not name then return refuse("no review is waiting", "run the workflow until it stops at one") end
  local gate, problem = ctx.graph:find(name)
  if not gate then return refuse(problem) end
  if gate.kind ~= "review" then return refuse(("'%s' is no review"):format(name)) end
  local function output_of(step) return ctx.output[step] end
  local ready, missing = review.is_ready(gate, output_of)
  if not ready then return refuse(("'%s' cannot be decided yet: '%s' is not done"):format(name, missing.name)) end
  local fingerprint, err = review.fingerprint(gate, output_of)
  if not fingerprint then return nil, err end
  local done
  done, err = review.decide(ctx.journal, gate, fingerprint, decision)
  if not done then return nil, err end
  return name
end

-- Redo ---------------------------------------------------------------------------

local function new_seed() return (string.unpack("<I4", sys.random(4))) & 0x7fffffff end

local function takes_seed(step)
  local schema = models.find(step.endpoint)
  if not schema or schema.open then return true end
  for _, field in ipairs(schema.input) do
    if field.name == "seed" then return true end
  end
  return false
end

local without_seed <const> = "without a seed it can be made anew all the same"

local function keep_seed(journal, step, seed)
  if step.kind ~= "call" then
    return refuse(("'%s' is computed here and takes no seed"):format(step.name), without_seed)
  end
  if not takes_seed(step) then return refuse(("%s takes no seed"):format(step.endpoint), without_seed) end
  if seed == "new" then seed = new_seed() end
  if math.type(seed) ~= "integer" then return refuse "a seed is an integer, or 'new'" end
  return journal:run("INSERT OR REPLACE INTO seeds VALUES (?, ?, ?)", journal.workflow, step.name, seed)
end

local obstacles <const> = {
  pending = "is under way; let it finish first, or cancel it with: falua cancel %s %s", sending = "is being sent",
  unconfirmed = "is unconfirmed; settle it first",
}

-- The rows that are to be made anew; nil, err when one of them is not over.
local function over(journal, step)
  local rows, err = ledger.of_step(journal, step.name)
  if not rows then return nil, err end
  local list = {}
  for _, row in ipairs(rows) do
    local state = ledger.state(journal, row)
    if obstacles[state] then
      return refuse(("'%s' %s"):format(step.name, obstacles[state]:format(row.endpoint, row.request_id)))
    end
    if state ~= "discarded" then list[#list + 1] = row end
  end
  if #list > 0 then return list end
  return refuse(("'%s' was never called"):format(step.name))
end

--- Sets aside what a step has made, so that the next run makes it anew.
---@param journal table
---@param step table
---@param seed integer|string|nil  "new" draws one
---@return boolean? done, table? err
function hands.redo(journal, step, seed)
  return journal:atomically(function()
    local rows, err = over(journal, step)
    if not rows then return nil, err end
    for _, row in ipairs(rows) do
      local done, why = ledger.discard(journal, row.id, "redo")
      if not done then return nil, why end
    end
    if not seed then return true end
    local kept, why = keep_seed(journal, step, seed)
    if not kept then return nil, why end
    return true
  end)
end

-- Settling -----------------------------------------------------------------------

-- The row that can be settled: an unconfirmed one, or one with an id that the service does not know.
local function unsettled(journal, step)
  local rows, err = ledger.of_step(journal, step.name)
  if not rows then return nil, err end
  for _, row in ipairs(rows) do
    local state = ledger.state(journal, row)
    if state == "unconfirmed" or state == "lost" then return row, state end
  end
  local others, seen = {}, {}
  for _, row in ipairs(ledger.open(journal) or {}) do
    if ledger.state(journal, row) == "unconfirmed" and not seen[row.step] then others[#others + 1] = row.step end
    seen[row.step] = true
  end
  return refuse(("'%s' is not unconfirmed; there is nothing to settle"):format(step.name),
    #others > 0 and "unconfirmed: " .. table.concat(others, ", ", 1, math.min(#others, 5)) or nil)
end

local function resubmit(journal, step, row, state)
  if state == "lost" then
    return refuse(("'%s' has a request already, %s"):format(step.name, row.request_id),
      "settle it with another id, or make it anew with redo")
  end
  return ledger.never_accepted(journal, row.id)
end

-- A request belongs to one step only.
local function claim(journal, row, id)
  local others, err = journal:rows([[SELECT step FROM calls WHERE service = ? AND request_id = ? AND id <> ?
    AND discarded IS NULL]], journal.service, id, row.id)
  if not others then return nil, err end
  if others[1] then return refuse(("%s is the request of '%s'"):format(id, others[1].step)) end
  return ledger.sent(journal, row.id, { id = id })
end

local function check_verdict(verdict)
  if type(verdict) ~= "string" or not verdict:find "^[%w_-]+$" then
    return refuse "settle a step with the id of its request, or with 'resubmit'"
  end
  if verdict ~= "resubmit" and nearest.of(verdict, { "resubmit" }, 0.5) then
    return refuse(("'%s' is no id of a request; did you mean 'resubmit'?"):format(verdict))
  end
  return true
end

--- Settles an unconfirmed step.
---@param journal table
---@param step table
---@param verdict string  "resubmit": the service never accepted it; otherwise the id of its request
---@return boolean? done, table? err
function hands.settle(journal, step, verdict)
  local fine, problem = check_verdict(verdict)
  if not fine then return nil, problem end
  return journal:atomically(function()
    local row, state = unsettled(journal, step)
    if not row then return nil, state end
    local done, err
    if verdict == "resubmit" then
      done, err = resubmit(journal, step, row, state)
    else
      done, err = claim(journal, row, verdict)
    end
    if not done then return nil, err end
    return true
  end)
end

return hands
