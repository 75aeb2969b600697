-- How a run has ended: outputs by step name, or one error that says what is
-- done, what was paid, what is open and how to go on.
local advice = require "fal.workflow.advice"
local failure = require "fal.core.error"
local ledger = require "fal.workflow.ledger"
local money = require "fal.money"

local outcome = {}

local shown <const> = 4 -- names in a message

local function names_text(list)
  if #list <= shown then return table.concat(list, ", ") end
  return ("%s and %d more"):format(table.concat(list, ", ", 1, shown), #list - shown)
end

-- Names by what became of the steps, in order.
local function sorted(ctx)
  local lists = { done = {}, failed = {}, blocked = {}, skipped = {}, review = {} }
  for _, step in ipairs(ctx.graph.steps) do
    local list = lists[ctx.results[step].state]
    list[#list + 1] = step.name
  end
  return lists
end

--- Whether all that was to be done is done.
function outcome.is_over(ctx)
  for _, step in ipairs(ctx.graph.steps) do
    local state = ctx.results[step].state
    if state ~= "done" and state ~= "skipped" then return false end
  end
  return true
end

local function outputs_of(ctx)
  local outputs = {}
  for _, step in ipairs(ctx.graph.steps) do
    local result = ctx.results[step]
    if result.state == "done" then outputs[step.name] = result.output end
  end
  return outputs
end

-- The failure that names the whole: an open question about money first.
local weights <const> = { unconfirmed = 2, budget = 1 }

local function weight_of(err) return weights[err.kind] or 0 end

local function leading(ctx)
  local first
  for _, step in ipairs(ctx.graph.steps) do
    local err = ctx.results[step].state == "failed" and ctx.results[step].err
    if err and (not first or weight_of(err) > weight_of(first.err)) then first = { err = err, step = step } end
  end
  return first
end

-- Steps whose requests are under way at the service.
local function open_requests(ctx)
  local list = {}
  for _, row in ipairs(ledger.open(ctx.journal) or {}) do
    if ledger.state(ctx.journal, row) == "pending" and ctx.graph.by_name[row.step] then
      list[#list + 1] = { step = row.step, request_id = row.request_id, endpoint = row.endpoint }
    end
  end
  return list
end

local function message_of(ctx, lists, first, open, paid)
  local words = {
    ("%d of %d steps are done, %s paid"):format(#lists.done, #ctx.graph.steps, money.text(paid)),
    ("failed: %s (%s: %s)"):format(first.step.name, first.err.kind, first.err.message),
  }
  local others = {}
  for _, name in ipairs(lists.failed) do
    if name ~= first.step.name then others[#others + 1] = name end
  end
  if #others > 0 then words[#words + 1] = "also: " .. names_text(others) end
  if #lists.blocked > 0 then words[#words + 1] = "not begun: " .. names_text(lists.blocked) end
  if #open > 0 then words[#words + 1] = ("%d under way at the service"):format(#open) end
  return table.concat(words, "; ")
end

local function failed(ctx, lists, sums)
  local first, open, failures = leading(ctx), open_requests(ctx), {}
  for _, step in ipairs(ctx.graph.steps) do failures[step.name] = ctx.results[step].err end
  return nil, failure.new {
    kind = first.err.kind, type = first.err.type, status = first.err.status, request_id = first.err.request_id,
    message = message_of(ctx, lists, first, open, sums.paid), retryable = first.err.retryable, cause = first.err,
    hint = first.err.hint or "go on with: " .. advice.command("run", ctx.file),
    done = lists.done, failed = lists.failed, blocked = lists.blocked, open = open, results = outputs_of(ctx),
    failures = failures, paid = money.dollars(sums.paid), reserved = money.dollars(sums.reserved),
    command = advice.command("run", ctx.file),
  }
end

--- What the run gives its caller.
---@param ctx table
---@return table? outputs, table info_or_err
function outcome.of(ctx)
  local lists = sorted(ctx)
  local sums, err = ledger.sums(ctx.journal)
  if not sums then return nil, err end
  if #lists.failed > 0 then return failed(ctx, lists, sums) end
  local info = {
    paid = money.dollars(sums.paid), done = lists.done, skipped = lists.skipped, blocked = {}, review = nil,
  }
  for _, step in ipairs(ctx.graph.steps) do
    local result = ctx.results[step]
    if result.state == "review" and result.by ~= step then info.blocked[#info.blocked + 1] = step.name end
    if result.state == "review" and result.by == step then info.review = info.review or step.name end
  end
  return outputs_of(ctx), info
end

return outcome
