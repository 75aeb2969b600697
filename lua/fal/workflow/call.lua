-- One call of a workflow: taken from the journal when it was made before, gone
-- on with when it is under way, sent when it never was. Written down before it
-- is sent. Tries the fallbacks of a step when it is certain that nothing was
-- paid. Knows nothing of other steps.
local advice = require "fal.workflow.advice"
local failure = require "fal.core.error"
local json = require "fal.core.json"
local key = require "fal.workflow.key"
local ledger = require "fal.workflow.ledger"
local lookup = require "fal.workflow.lookup"
local money = require "fal.money"
local price = require "fal.workflow.price"
local sys = require "fal.core.sys"
local verdict = require "fal.workflow.verdict"

local call = {}

-- How to have a step made anew that will not be repeated by itself.
local function redo_advice(ctx, name, fate)
  local why = fate == "lost" and "run it again to ask once more, or make it anew and pay for it"
    or "it may have been billed, so it is not called again by itself"
  return ("%s: %s"):format(why, advice.command("redo", ctx.file, name))
end

-- How to settle a step that is unconfirmed.
local function settle_advice(ctx, name)
  return ("look at https://fal.ai/dashboard, then: %s, or ... resubmit"):format(advice.command("settle", ctx.file, name,
    "ID"))
end

-- Going on -----------------------------------------------------------------------

-- Writes down how a job has failed, if it has.
local function not_collected(ctx, step, row, err, ending)
  local fate = verdict.fate_of(err, ending)
  if not fate then
    err.billed, err.accepted = "unknown", nil -- what could not be reached was the status, not the job
    return nil, err
  end
  if fate == "lost" then
    err.billed, err.request_id = "unknown", row.request_id
    err.message = err.status == 404 and ("the service does not know the request %s, or its result is lost"):format(
      row.request_id) or ("the result of the request %s cannot be had: %s"):format(row.request_id, err.message)
  else
    err.billed = verdict.bill_of(err)
  end
  if err.billed ~= "no" then err.hint = redo_advice(ctx, step.name, fate) end
  local noted, why = ledger.failed(ctx.journal, row.id, err, fate == "lost")
  return nil, noted and err or why
end

local function collect(ctx, step, row, request)
  local began, ending = sys.monotonic(), nil
  local output, err = request:wait {
    timeout = step.options.timeout,
    on_update = function(status)
      if status.status == "COMPLETED" then ending = status end
      local state = status.status == "IN_QUEUE" and "queued" or status.status == "IN_PROGRESS" and "running"
      if state then
        ctx.emit(step, state, { position = status.queue_position, request_id = request.id, endpoint = row.endpoint })
      end
    end,
  }
  if output == nil then return not_collected(ctx, step, row, err, ending) end
  local paid, how = price.settled(ctx.client, row, request.billable_units)
  local done = {
    output = json.encode(output), paid = paid, settled = how, units = request.billable_units,
    seconds = row.sent_at and math.max(0, sys.now() - row.sent_at) or sys.monotonic() - began,
  }
  local noted, why = ledger.done(ctx.journal, row.id, done)
  if not noted then return nil, ctx.halt(why) end
  ctx.emit(step, "done", {
    request_id = request.id, cost = row.high and money.dollars(paid), seconds = done.seconds, endpoint = row.endpoint,
  })
  return output
end

-- The addresses of a request, as the service told them. A sandbox that is started anew has another port: then the one
-- that is there is asked, and says that it does not know the request.
local function urls_of(ctx, row)
  local urls, base = json.decode(row.urls or "{}"), ctx.client.option "queue_url"
  if type(urls) ~= "table" or type(urls.status) ~= "string" then return {} end
  return ctx.journal.service == "local" and urls.status:sub(1, #base) ~= base and {} or urls
end

local function resume(ctx, step, row)
  local request, urls = ctx.client.request(row.endpoint, row.request_id), urls_of(ctx, row)
  request.status_url, request.response_url, request.cancel_url = urls.status, urls.response, urls.cancel
  ctx.emit(step, "resumed", { request_id = row.request_id, endpoint = row.endpoint })
  return collect(ctx, step, row, request)
end

-- Sending ------------------------------------------------------------------------

-- Found here, before anything was sent.
local ours <const> = { config = true, validation = true, io = true }

-- The submit is over; it went wrong.
local function not_sent(ctx, row, err)
  local noted, why
  if err.accepted == false or ours[err.kind] then err.billed = "no" end
  if err.kind == "unconfirmed" then
    noted, why = ledger.unsure(ctx.journal, row.id, err)
    err.hint = settle_advice(ctx, row.step)
  else
    noted, why = ledger.failed(ctx.journal, row.id, err)
  end
  if not noted then ctx.halt(why) end
  return nil, err
end

-- The job is paid for, but the journal cannot be told its id: then we tell it.
local function unnoted(ctx, row, request, why)
  ctx.halt(why)
  return nil, failure.new {
    kind = "unconfirmed", request_id = request.id, endpoint = row.endpoint, billed = "unknown", retryable = false,
    message = ("the request %s was accepted, but could not be written down: %s"):format(request.id, why.message),
    hint = advice.command("settle", ctx.file, row.step, request.id), cause = why,
  }
end

local function send(ctx, step, row, input)
  ctx.emit(step, "sending", { endpoint = row.endpoint })
  local request, err = ctx.client.submit(row.endpoint, input)
  if not request then return not_sent(ctx, row, err) end
  local noted, why = ledger.sent(ctx.journal, row.id, request)
  if not noted then return unnoted(ctx, row, request, why) end
  row.request_id, row.sent_at = request.id, sys.now()
  return collect(ctx, step, row, request)
end

-- The price of a call about to be sent; nil, err when it may not be.
local function priced(ctx, step, endpoint, input)
  local told, err = ctx.price(endpoint, input)
  if told then return told end
  if err.type ~= "unknown_price" then return nil, err end
  if ctx.budget and not ctx.allow_unknown_price then
    err.message = ("the price of '%s' is unknown: %s"):format(step.name, err.message)
    err.hint = "a budget needs prices; allow_unknown_price = true lets such calls through"
    err.billed = "no"
    return nil, err
  end
  return {}
end

-- The journal keeps the input as it is sent, which is how the service knows it, but for secrets.
local function submit(ctx, step, endpoint, input, id, basis)
  if ctx.halted or ctx.journal.is_full then return nil, ctx.halted or ctx.journal.is_full end
  local ready, err = ctx.client.prepare(endpoint, input)
  if not ready then return nil, err end
  local told, text
  told, err = priced(ctx, step, endpoint, ready)
  if not told then return nil, err end
  text, err = key.basis(endpoint, ready)
  if not text then return nil, err end
  local row = {
    name = step.name, step = step.name, endpoint = endpoint, key = id, basis = basis, input = text, low = told.low,
    high = told.high, price = told.line,
  }
  row.id, err = ledger.intend(ctx.journal, row, ctx.budget)
  if not row.id then return nil, ctx.halt(err) end
  return send(ctx, step, row, ready)
end

-- One endpoint -------------------------------------------------------------------

local function settle(ctx, step, row)
  local request, why = lookup.find(ctx.client, ctx.journal, row)
  if request then
    local noted, err = ledger.sent(ctx.journal, row.id, request)
    if not noted then return nil, ctx.halt(err) end
    row.request_id, row.urls = request.id, nil
    return resume(ctx, step, row)
  end
  return nil, failure.new {
    kind = "unconfirmed", endpoint = row.endpoint, billed = "unknown", retryable = false, candidates = why.candidates,
    message = ("'%s' was sent, or not, when the workflow was stopped; the service may have accepted it (%s)"):format(
      step.name, why.message),
    hint = settle_advice(ctx, step.name),
  }
end

local function failed_before(ctx, row)
  local err = ledger.error_of(row)
  err.hint = redo_advice(ctx, row.step)
  return nil, err
end

local function one(ctx, step, endpoint, input, text)
  local id = key.of_call(endpoint, text)
  local state, row = ledger.find(ctx, step, id)
  if not state then return nil, row end
  if row then
    local adopted, why = ledger.adopt(ctx.journal, row, step.name)
    if not adopted then return nil, ctx.halt(why) end
  end
  if state == "done" then
    local output, why = ledger.output_of(ctx.journal, row)
    if output == nil then return nil, why end
    ctx.emit(step, "cached", { request_id = row.request_id, endpoint = endpoint })
    return output
  end
  if state == "failed" then return failed_before(ctx, row) end
  local _ <close> = ctx.slot()
  if state == "pending" or state == "lost" then
    local output, err = resume(ctx, step, row)
    -- cancelled, or broken off without a bill: as if it had never been
    if output ~= nil or err.billed ~= "no" or err.kind ~= "cancelled" then return output, err end
  elseif state == "unconfirmed" then
    return settle(ctx, step, row)
  end
  return submit(ctx, step, endpoint, input, id, text)
end

-- A step's endpoint and its fallbacks, each with the failures it is for.
local function candidates(step)
  local list = { { endpoint = step.endpoint, on = {} } }
  for _, fallback in ipairs(step.options.fallback or {}) do
    if type(fallback) == "string" then fallback = { fallback } end
    local on = {}
    for _, sort in ipairs(fallback.on or { "outage" }) do on[sort] = true end
    list[#list + 1] = { endpoint = fallback[1], on = on }
  end
  return list
end

-- The fallback that has already answered or is under way goes first: never both.
local function begun(ctx, step, list, text)
  for i = 2, #list do
    local state = ledger.find(ctx, step, key.of_call(list[i].endpoint, text))
    if state and state ~= "new" then return list[i] end
  end
end

--- Makes a step's call, or finds out what became of it.
---@param ctx table  of the run: client, journal, emit, slot, price, budget, halt, in_use, file
---@param step table
---@param input table  without references
---@return any output, table? err
function call.perform(ctx, step, input)
  local text, err = key.basis(step.endpoint, input)
  if not text then return nil, err end
  local list = candidates(step)
  local first = #list > 1 and begun(ctx, step, list, text)
  if first then return one(ctx, step, first.endpoint, input, text) end
  for i, candidate in ipairs(list) do
    local output, why = one(ctx, step, candidate.endpoint, input, text)
    if output ~= nil then return output end
    err = why
    if not list[i + 1] or not verdict.calls_for(list[i + 1].on, err) then break end
    ctx.emit(step, "fallback", { endpoint = list[i + 1].endpoint, error = err })
  end
  return nil, err
end

return call
