-- What the rooms of a workflow work with: its journal, opened as it is needed,
-- the context of a plan or run, and the plan itself.
local failure = require "fal.core.error"
local ledger = require "fal.workflow.ledger"
local plan = require "fal.workflow.plan"
local price = require "fal.workflow.price"
local sys = require "fal.core.sys"

local context = {}

-- Loaded only now: without SQLite a workflow can still be written, drawn and planned.
local function open(self, how)
  return require("fal.workflow.journal")[how](self.path, self.name, self.client.option "queue_url")
end

--- Opens the journal; makes it where there is none.
---@param self table  session
---@return table? journal, table? err
function context.open(self) return open(self, "open") end

--- The journal for reading; nil without an error when there is none yet.
---@param self table
---@return table? journal, table? err
function context.look(self)
  if not sys.stat(self.path) then return nil end
  return open(self, "look")
end

--- The journal, for what makes no sense without one.
---@param self table
---@return table? journal, table? err
function context.need(self)
  if sys.stat(self.path) then return open(self, "open") end
  return nil, failure.new {
    kind = "io", message = self.path .. ": there is no journal; the workflow has never been run", billed = "no",
    retryable = false,
  }
end

local function seeds_of(kept)
  local seeds = {}
  if not kept then return seeds end
  local rows, err = kept:rows("SELECT * FROM seeds WHERE workflow = ?", kept.workflow)
  if not rows then return nil, err end
  for _, row in ipairs(rows) do seeds[row.step] = row.seed end
  return seeds
end

local function names_of(self)
  local names = {}
  for _, step in ipairs(self.graph.steps) do names[step.name] = true end
  return names
end

--- Makes a context.
---@param self table
---@param kept table?  the journal
---@return table? ctx, table? err
function context.new(self, kept)
  local seeds, err = seeds_of(kept)
  if not seeds then return nil, err end
  return {
    name = self.name, path = self.path, file = self.file, graph = self.graph, client = self.client,
    budget = self.budget, allow_unknown_price = self.allow_unknown_price, journal = kept, in_use = names_of(self),
    claims = {}, seeds = seeds, price = price.listed(self.client), emit = function() end,
  }
end

--- Plans what a run would do now.
---@param self table
---@param kept table?  the journal
---@return table? plan, table? err, table? ctx
function context.planned(self, kept)
  local ctx, err = context.new(self, kept)
  if not ctx then return nil, err end
  if kept then
    local looked, why = ledger.look_at_run(kept)
    if not looked then return nil, why end
  end
  local made, problem = plan.make(ctx)
  return made, problem, ctx
end

return context
