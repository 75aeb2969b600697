-- Review gates: whether the outputs that somebody is to look at were approved
-- as they are now. A decision holds for these outputs only; a step that was
-- made anew must be looked at again.
local advice = require "fal.workflow.advice"
local digest = require "fal.core.digest"
local failure = require "fal.core.error"
local key = require "fal.workflow.key"
local sys = require "fal.core.sys"

local review = {}

--- Whether there is something to look at: all outputs but those of steps that
--- may be skipped, and one at least.
---@param gate table
---@param output_of fun(step: table): any
---@return boolean ready, table? missing  the step that is waited for
function review.is_ready(gate, output_of)
  local some
  for _, step in ipairs(gate.reviewed) do
    local there = output_of(step) ~= nil
    if not there and step.options.on_error ~= "skip" then return false, step end
    some = some or there
  end
  return some or false, gate.reviewed[1]
end

--- What a decision is about: the outputs under review.
---@param gate table  the step
---@param output_of fun(step: table): any
---@return string? fingerprint, table? err
function review.fingerprint(gate, output_of)
  local words = {}
  for _, step in ipairs(gate.reviewed) do
    local output = output_of(step)
    if output ~= nil then
      local text, err = key.canonical(output)
      if not text then return nil, err end
      words[#words + 1] = step.name .. "=" .. text
    end
  end
  return digest.sha256(table.concat(words, "\n"))
end

--- The decision about these outputs.
---@param journal table
---@param gate table
---@param fingerprint string
---@return string? decision  approved or rejected; nil: not decided yet
function review.decision(journal, gate, fingerprint)
  local rows, err = journal:rows("SELECT * FROM decisions WHERE workflow = ? AND gate = ?", journal.workflow, gate.name)
  if not rows then return nil, err end
  local row = rows[1]
  return row and row.fingerprint == fingerprint and row.decision or nil
end

--- Writes a decision down.
---@param journal table
---@param gate table
---@param fingerprint string
---@param decision string  approved or rejected
---@return any done, table? err
function review.decide(journal, gate, fingerprint, decision)
  return journal:run("INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?, ?)", journal.workflow, gate.name,
    fingerprint, decision, sys.now())
end

--- The error of a gate that was closed.
function review.rejected(gate, file)
  return failure.new {
    kind = "cancelled", billed = "no", retryable = false,
    message = ("'%s' was looked at and rejected"):format(gate.name),
    hint = ("%s makes a step anew; %s changes your mind"):format(advice.command("redo", file, "STEP"),
      advice.command("approve", file)),
  }
end

return review
