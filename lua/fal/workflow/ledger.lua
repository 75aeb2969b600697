-- The ledger: the rows of the journal about calls. Each submit is written down,
-- with what it may cost, before it is sent; its id when the answer comes; its
-- output when it is there. What state a call is in is read off its row and
-- remembered nowhere else. Amounts are billionths of a dollar (fal.money).
local failure = require "fal.core.error"
local json = require "fal.core.json"
local money = require "fal.money"
local sys = require "fal.core.sys"

local ledger = {}

--- What has become of a call.
---@param self table  the journal that asks
---@param row table
---@return string state  done, failed, lost, pending, sending, unconfirmed or discarded
function ledger.state(self, row)
  if row.discarded then return "discarded" end
  if row.output then return "done" end
  if row.error then return row.unsure and "lost" or "failed" end
  if row.request_id then return "pending" end
  return row.sender == self.token and not row.unsure and "sending" or "unconfirmed"
end

-- Finding ------------------------------------------------------------------------

--- The rows of a step, oldest first.
function ledger.of_step(self, step)
  return self:rows("SELECT * FROM calls WHERE workflow = ? AND step = ? ORDER BY id", self.workflow, step)
end

--- All rows of the workflow, oldest first.
function ledger.all(self) return self:rows("SELECT * FROM calls WHERE workflow = ? ORDER BY id", self.workflow) end

--- The rows whose end nobody knows yet, oldest first.
function ledger.open(self)
  return self:rows([[SELECT * FROM calls WHERE workflow = ? AND output IS NULL AND error IS NULL AND discarded IS NULL
    ORDER BY id]], self.workflow)
end

-- The row that counts for a step: its own newest one, else that of a step which has left the workflow, as after a
-- change of name. No two steps share one.
local function counting(ctx, step, rows)
  local left
  for _, row in ipairs(rows) do
    local counts = not step.options.fresh or row.run == ctx.journal.current_run or not row.output and not row.error
    if counts and row.step == step.name then return row end
    local free = not ctx.in_use[row.step] and (ctx.claims[row.id] or step.name) == step.name
    if counts and free and not (row.error and row.billed == "no") then left = left or row end
  end
  if left then ctx.claims[left.id] = step.name end
  return left
end

--- What has become of a step with this key. What failed and cost nothing is as
--- if it had never been.
---@param ctx table  journal, when there is one; in_use: names of the workflow's steps; claims: rows that were taken
--- over already, id -> name
---@param step table
---@param key string
---@return string? state  as of ledger.state, or new; nil when the journal cannot be read
---@return table? row_or_err  the row that counts, unless it is new
function ledger.find(ctx, step, key)
  local self = ctx.journal
  if not self then return "new" end
  local rows, err = self:rows([[SELECT * FROM calls WHERE workflow = ? AND key = ? AND discarded IS NULL
    ORDER BY id DESC]], self.workflow, key)
  if not rows then return nil, err end
  local row = counting(ctx, step, rows)
  local state = row and ledger.state(self, row) or "new"
  if state == "new" or state == "failed" and row.billed == "no" then return "new" end
  return state, row
end

--- Writes down that a step has taken over the row of one that has left.
function ledger.adopt(self, row, name)
  if row.step == name then return true end
  row.step = name
  return self:run("UPDATE calls SET step = ? WHERE id = ?", name, row.id)
end

-- Runs ---------------------------------------------------------------------------

--- Looks which run would be gone on with; none where the next one is new.
---@return boolean? looked, table? err
function ledger.look_at_run(self)
  local rows, err = self:rows("SELECT id FROM runs WHERE workflow = ? AND ended IS NULL ORDER BY id DESC",
    self.workflow)
  if not rows then return nil, err end
  self.current_run = rows[1] and rows[1].id
  return true
end

--- Goes on with the run that was interrupted, or begins one. A run ends when
--- all its steps are done; `fresh` steps are called once in each.
---@return boolean? begun, table? err
function ledger.begin_run(self)
  local looked, err = ledger.look_at_run(self)
  if not looked or self.current_run then return looked, err end
  local made, id = self:run("INSERT INTO runs (workflow, began) VALUES (?, ?)", self.workflow, sys.now())
  if not made then return nil, id end
  self.current_run = id
  return true
end

function ledger.end_run(self)
  return self:run("UPDATE runs SET ended = ? WHERE id = ?", sys.now(), self.current_run)
end

-- Money --------------------------------------------------------------------------

--- What the whole file has spent or reserved at this service, by every workflow in it.
---@return integer? billionths, table? err
function ledger.held(self)
  local rows, err = self:rows("SELECT coalesce(sum(held), 0) AS held FROM calls WHERE service = ?", self.service)
  if not rows then return nil, err end
  return rows[1].held
end

--- What this workflow has paid, and what it has reserved for calls under way.
---@return table? sums  { paid, reserved }
function ledger.sums(self)
  local rows, err = self:rows([[SELECT
      coalesce(sum(CASE WHEN output IS NULL AND error IS NULL AND discarded IS NULL THEN 0 ELSE held END), 0) AS paid,
      coalesce(sum(CASE WHEN output IS NULL AND error IS NULL AND discarded IS NULL THEN held END), 0) AS reserved
    FROM calls WHERE workflow = ?]], self.workflow)
  if not rows then return nil, err end
  return rows[1]
end

local function over_budget(step, amount, held, budget)
  return failure.new {
    kind = "budget", endpoint = step.endpoint, retryable = false, billed = "no", accepted = false,
    short = held + amount - budget,
    message = ("the budget of %s has %s left, and '%s' may cost %s: %s more is needed"):format(
      money.text(budget), money.text(math.max(0, budget - held)), step.name, money.text(amount),
      money.text(held + amount - budget)),
    hint = "raise the budget and run it again; what is done is kept",
  }
end

-- Calls --------------------------------------------------------------------------

--- Writes down, before anything is sent, that a call will be made, and reserves
--- its highest price.
---@param self table  journal
---@param step table  name, endpoint, key; basis, the canonical input that the key was made of; input, what is sent:
--- converted, with the URLs of files; low, high, price
---@param budget integer?  billionths; nil: no limit
---@return integer? id, table? err
function ledger.intend(self, step, budget)
  local amount = step.high or 0
  return self:atomically(function()
    local held, err = ledger.held(self)
    if not held then return nil, err end
    if budget and held + amount > budget then return nil, over_budget(step, amount, held, budget) end
    local done, id = self:run([[INSERT INTO calls (service, workflow, step, kind, key, endpoint, basis, input, run,
        sender, low, high, price, held, intent_at)
      VALUES (?, ?, ?, 'call', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]], self.service, self.workflow, step.name, step.key,
      step.endpoint, step.basis, step.input, self.current_run, self.token, step.low, step.high, step.price, amount,
      sys.now())
    if not done then return nil, id end
    return id
  end)
end

--- The service has accepted the call.
function ledger.sent(self, id, request)
  local urls = json.encode {
    status = request.status_url, response = request.response_url, cancel = request.cancel_url,
  }
  return self:note([[UPDATE calls SET request_id = ?, urls = ?, sent_at = ?, unsure = NULL, error = NULL, billed = NULL,
      failed_at = NULL WHERE id = ?]], request.id, urls, sys.now(), id)
end

--- Nobody knows whether the service has accepted the call.
function ledger.unsure(self, id, err)
  return self:note("UPDATE calls SET unsure = ? WHERE id = ?", err.message, id)
end

--- The output is there, and with it what the call has cost.
---@param self table
---@param id integer
---@param done table  output (JSON text), paid (billionths), settled (in words), units, seconds
function ledger.done(self, id, done)
  return self:note([[UPDATE calls SET output = ?, held = ?, settled = ?, units = ?, seconds = ?, done_at = ?,
      unsure = NULL, error = NULL, billed = NULL, failed_at = NULL WHERE id = ?]], done.output, done.paid,
    done.settled, done.units, done.seconds, sys.now(), id)
end

local kept_of_error <const> = {
  "kind", "message", "status", "type", "field", "hint", "request_id", "endpoint", "billed", "limit",
}

--- The call has failed; what it had reserved is let go when it is certain that
--- it was not billed.
---@param self table
---@param id integer
---@param err table
---@param lost? boolean  its result cannot be had, and why is not known: the next run asks again
function ledger.failed(self, id, err, lost)
  local kept = {}
  for _, name in ipairs(kept_of_error) do kept[name] = err[name] end
  local billed = err.billed or "unknown"
  return self:note([[UPDATE calls SET error = ?, billed = ?, failed_at = ?, unsure = ?,
      held = CASE WHEN ? THEN 0 ELSE held END WHERE id = ?]], json.encode(kept), billed, sys.now(),
    lost and err.message or nil, billed == "no", id)
end

--- The error of a failed row, as it was.
function ledger.error_of(row)
  local kept = json.decode(row.error)
  if type(kept) ~= "table" or type(kept.kind) ~= "string" then
    kept = { kind = "io", type = "damaged", billed = "unknown", message = "the journal no longer tells how it failed" }
  end
  return failure.new(kept)
end

--- The output of a row that is done.
---@param self table  journal
---@param row table
---@return any output, table? err
function ledger.output_of(self, row)
  local output = json.decode(row.output)
  if output ~= nil then return output end
  return nil, failure.new {
    kind = "io", type = "damaged", retryable = false, billed = "no",
    message = ("%s: the output of '%s' is damaged"):format(self.path, row.step),
    hint = ("restore a copy, or make it anew, which is paid again: redo %s"):format(row.step),
  }
end

--- Notes the output of a local step.
function ledger.note_map(self, step, output)
  return self:atomically(function()
    local kept, err = self:run([[UPDATE calls SET discarded = 'made anew', discarded_at = ?
      WHERE workflow = ? AND step = ? AND kind = 'map' AND discarded IS NULL]], sys.now(), self.workflow, step.name)
    if not kept then return nil, err end
    return self:run([[INSERT INTO calls (service, workflow, step, kind, key, endpoint, basis, input, run, sender, held,
        intent_at, output, done_at) VALUES (?, ?, ?, 'map', ?, '', ?, ?, ?, ?, 0, ?, ?, ?)]], self.service,
      self.workflow, step.name, step.key, step.input, step.input, self.current_run, self.token, sys.now(), output,
      sys.now())
  end)
end

--- Sets a call aside: it will be made again.
---@param self table
---@param id integer
---@param why string
function ledger.discard(self, id, why)
  return self:run("UPDATE calls SET discarded = ?, discarded_at = ? WHERE id = ?", why, sys.now(), id)
end

--- Sets aside a call that the service never accepted: what it had reserved is let go.
function ledger.never_accepted(self, id)
  return self:run("UPDATE calls SET discarded = 'settled: never accepted', discarded_at = ?, held = 0 WHERE id = ?",
    sys.now(), id)
end

return ledger
