-- What a failure of a call means: whether its job has ended, what it cost, and
-- whether another model may be tried. Money hangs on it. Pure.
local verdict = {}

-- HTTP errors that come and go, whatever has become of the job.
local passing <const> = { [401] = true, [403] = true, [408] = true, [429] = true, [502] = true, [503] = true,
  [504] = true }

--- What a failed wait says about the job.
---@param err table
---@param ending? table  the status that said COMPLETED
---@return string? fate  "over": it has failed; "lost": the service cannot give its result and does not say why, so that
--- the next run asks again; nil: nothing, it goes on
function verdict.fate_of(err, ending)
  if err.status == 404 then return "lost" end
  if not ending then return nil end
  if err.kind == "model" or err.kind == "cancelled" or err.limit == "start" then return "over" end
  if err.kind ~= "http" then return nil end
  if ending.error or ending.error_type then return "over" end
  return not passing[err.status] and "lost" or nil
end

--- What a job that has failed has cost, in the words of errors.
---@param err table
---@return string billed  no, yes or unknown
function verdict.bill_of(err)
  if err.billed then return err.billed end
  if (err.status or 0) >= 500 or err.kind == "cancelled" or err.limit == "start" then return "no" end
  return "unknown"
end

local ours <const> = { validation = true, budget = true, io = true, config = true }

--- Whether a fallback may be tried: nothing was paid, and the failure is of a
--- sort that it was named for.
---@param sorts table  a set of "outage" and "refusal"
---@param err table
---@return boolean
function verdict.calls_for(sorts, err)
  if err.billed ~= "no" or ours[err.kind] then return false end
  if err.kind == "model" then return sorts.refusal == true end
  local outage = err.accepted == false or (err.status or 0) >= 500 or err.limit == "start"
  return outage and sorts.outage == true
end

return verdict
