-- The report: gathers from plan and journal what a page about a workflow shows,
-- and writes it. The sheet of a review is the same page with fewer steps.
local advice = require "fal.workflow.advice"
local ioerror = require "fal.ioerror"
local json = require "fal.core.json"
local ledger = require "fal.workflow.ledger"
local listing = require "fal.workflow.listing"
local media = require "fal.workflow.media"
local mime = require "fal.mime"
local money = require "fal.money"
local page = require "fal.workflow.page"
local save = require "fal.workflow.save"
local sys = require "fal.core.sys"

local report = {}

local longest_value <const> = 4000 -- bytes of one field

-- Steps ----------------------------------------------------------------------------

local function value_text(value)
  return listing.short(type(value) == "string" and value or json.encode(value) or tostring(value), longest_value)
end

-- The fields of a value in order; those of an output without its files, which have their own place.
local function fields_of(value, journal)
  if type(value) ~= "table" then return { { "value", value_text(value) } } end
  local names, list = {}, {}
  for name in next, value do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for _, name in ipairs(names) do
    local hidden = journal and type(value[name]) == "table" and #media.files(value[name], journal) > 0
    if not hidden then list[#list + 1] = { tostring(name), value_text(value[name]) } end
  end
  return list
end

local function sort_of(file, name)
  local kind = type(file.content_type) == "string" and file.content_type or mime.type_of(name)
  return kind:match "^(%a+)/"
end

-- A path as the page's folder sees it.
local function from_folder(path, base)
  if base ~= "" and path:sub(1, #base) == base then return path:sub(#base + 1) end
  if path:sub(1, 1) == "/" or base == "" then return path end
  if base:sub(1, 1) == "/" then
    local here = os.getenv "PWD"
    return here and here .. "/" .. path
  end
  local _, depth = base:gsub("[^/]+/", "")
  return not base:find "%.%." and ("../"):rep(depth) .. path or nil
end

local function show_file(data, file)
  local name = media.name_of(file)
  local item = { name = name, sort = sort_of(file, name), url = file.url }
  local path = file.url and data.saved[file.url] or file.path
  local kept = not path and file.url and data.journal and media.kept(data.journal, file)
  item.file = path or kept and kept.path or nil
  return item
end

local function show_row(shown, row, state)
  shown.request_id = row.request_id
  if row.seconds then shown.facts[#shown.facts + 1] = ("%.1f s"):format(row.seconds) end
  if state == "done" and row.high then
    shown.facts[#shown.facts + 1] = ("%s (%s)"):format(money.text(row.held), row.settled)
  elseif state == "done" and row.kind == "call" then
    shown.facts[#shown.facts + 1] = "price unknown"
  elseif row.held > 0 then
    shown.facts[#shown.facts + 1] = money.text(row.held) .. " reserved"
  end
  shown.input = fields_of(json.decode(row.input))
  if row.error then shown.error = tostring(ledger.error_of(row)) end
end

-- The rows that the cards are about, by step: the newest that was not set aside.
local function rows_of(journal)
  local newest = {}
  for _, row in ipairs(journal and ledger.all(journal) or {}) do
    if not row.discarded then newest[row.step] = row end
  end
  return newest
end

-- A save has no row: it is done when its files are there.
local function show_save(shown, targets)
  shown.state = targets and "saved" or "to save"
  for i, item in ipairs(targets or {}) do
    shown.output[i] = { tostring(i), item.path }
    if not sys.stat(item.path) then shown.state = "to save" end
  end
  return shown
end

local function show_step(data, step, entry)
  local shown = {
    name = step.name, state = entry.state == "cached" and "done" or entry.state,
    facts = { entry.endpoint or step.name ~= step.kind and step.kind or nil }, media = {}, input = {}, output = {},
  }
  if step.kind == "save" then return show_save(shown, data.targets[step]) end
  local row = data.rows[step.name]
  if row and row.output and entry.state ~= "cached" then row = nil end -- of another input
  if row and row.endpoint ~= "" then shown.facts[1] = row.endpoint end -- a fallback's, perhaps
  local state = row and ledger.state(data.journal, row)
  if row then show_row(shown, row, state) end
  if row and state == "failed" and shown.state == "new" then shown.state = "failed" end
  if not row and entry.low then shown.facts[#shown.facts + 1] = listing.range(entry.low, entry.high) end
  if row and row.output and entry.state == "cached" then
    local output = json.decode(row.output)
    for i, file in ipairs(media.files(output, data.journal)) do shown.media[i] = show_file(data, file) end
    shown.output = fields_of(output, data.journal)
    shown.raw = value_text(output)
  end
  return shown
end

-- The whole ------------------------------------------------------------------------

-- What each save step saves, as far as its steps are done; and where files are, by their links.
local function targets_of(session, journal, outputs)
  local targets, saved = {}, {}
  for _, step in ipairs(session.graph.steps) do
    local ready = step.kind == "save"
    for _, need in ipairs(step.needs) do ready = ready and outputs[need] ~= nil end
    local ctx = { journal = journal, output_of = function(need) return outputs[need] end }
    targets[step] = ready and save.targets(ctx, step) or nil
    for _, item in ipairs(targets[step] or {}) do
      if item.file.url and sys.stat(item.path) then saved[item.file.url] = item.path end
    end
  end
  return targets, saved
end

local is_done <const> = { done = true, approved = true, saved = true }

local function totals_of(made, steps)
  local done = 0
  for _, step in ipairs(steps) do
    if is_done[step.state] then done = done + 1 end
  end
  local totals = {
    { "steps done", ("%d of %d"):format(done, #steps) }, { "paid", money.text(made.paid) },
    { "still to pay", listing.range(made.cost.low, made.cost.high)
      .. (#made.cost.unknown > 0 and (" + %d unknown"):format(#made.cost.unknown) or "") },
  }
  if made.reserved > 0 then totals[#totals + 1] = { "reserved", money.text(made.reserved) } end
  if made.budget then totals[#totals + 1] = { "budget", money.text(made.budget) } end
  return totals
end

local function in_sheet(gate, step)
  for _, reviewed in ipairs(gate.reviewed) do
    if reviewed == step then return true end
  end
  return false
end

-- What is told on the sheet of a review.
local function notice_of(session, made, gate)
  local cost = listing.range(made.cost.low, made.cost.high)
  if #made.cost.unknown > 0 then cost = ("%s and %d unknown prices"):format(cost, #made.cost.unknown) end
  return ("'%s' waits for your decision; what follows costs %s. Approve: %s. Make one anew: %s."):format(gate.name,
    cost, advice.command("approve", session.file), advice.command("redo", session.file, "STEP"))
end

--- Gathers what a page shows.
---@param session table
---@param journal table?
---@param made table  the plan
---@param outputs table  by step record, as the plan found them
---@param gate_name? string  show only what this review is about
---@return table data
function report.gather(session, journal, made, outputs, gate_name)
  local data = { journal = journal, rows = rows_of(journal), steps = {}, title = session.name }
  data.targets, data.saved = targets_of(session, journal, outputs)
  local gate = gate_name and session.graph.by_name[gate_name]
  local all = {}
  for i, step in ipairs(session.graph.steps) do
    all[i] = show_step(data, step, made.steps[i])
    if not gate or in_sheet(gate, step) then data.steps[#data.steps + 1] = all[i] end
  end
  data.lead = ("Workflow of %s, as of %s"):format(session.file, os.date "%Y-%m-%d %H:%M")
  data.totals, data.plan = totals_of(made, all), not gate and made or nil
  data.notice = gate and notice_of(session, made, gate)
  return data
end

--- Writes a page, whole or not at all.
---@return string? path, table? err
function report.write(data, path)
  local base = path:match "^(.*/)" or ""
  for _, step in ipairs(data.steps) do
    for _, item in ipairs(step.media) do item.path = item.file and from_folder(item.file, base) end
  end
  local part = path .. ".part"
  local file <close>, why = io.open(part, "wb")
  if not file then return nil, ioerror(why, path) end
  local done
  done, why = file:write(page.html(data))
  if done then done, why = file:close() end
  if done then done, why = os.rename(part, path) end
  if done then return path end
  os.remove(part)
  return nil, ioerror(why, path)
end

return report
