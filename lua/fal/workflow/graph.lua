-- The graph: the steps of a workflow in the order of the file, their names and
-- what each one needs. A step can only refer to steps that exist, so that there
-- is no way to make a circle. Pure; knows nothing of runs, money or files.
local misuse = require "fal.misuse"
local nearest = require "fal.nearest"
local reference = require "fal.workflow.reference"

local graph = {}

local Graph = { __name = "fal.workflow.graph" }
Graph.__index = Graph

--- Makes an empty graph.
---@return table
function graph.new() return setmetatable({ steps = {}, by_name = {}, likes = {}, gate = nil }, Graph) end

-- Names ------------------------------------------------------------------------

-- "fal-ai/veo3/fast" without its owner: veo3-fast
local function base_name(text)
  local name = text:gsub("^[^/]+/", ""):gsub("[^%w._-]+", "-"):gsub("^[^%w]+", ""):gsub("-+$", "")
  return name ~= "" and name or "step"
end

-- A name that nobody has: by the endpoint, and by the place among its likes.
local function free_name(self, base)
  local name, count = base, self.likes[base] or 1
  while self.by_name[name] do
    count = count + 1
    name = ("%s-%d"):format(base, count)
  end
  self.likes[base] = count
  return name
end

local function checked_name(self, name)
  if type(name) ~= "string" or not name:find "^%w[%w._-]*$" or #name > 80 then
    misuse.raise(("a step's name is made of letters, digits, '.', '_' and '-', not %q"):format(tostring(name)))
  end
  if self.by_name[name] then misuse.raise(("there is a step '%s' already"):format(name)) end
  return name
end

-- Edges ------------------------------------------------------------------------

local function need(self, step, other)
  if self.by_name[other.name] ~= other then
    misuse.raise(("'%s' is a step of another workflow"):format(other.name))
  end
  if step.needs_of[other] then return end
  step.needs_of[other] = true
  step.needs[#step.needs + 1] = other
end

local function check_string(text)
  local spelling = text:match "<reference ([^>]+)>"
  if not spelling then return end
  misuse.raise(("the input holds the text of a reference, not its value; write wf:text('... {} ...', %s)")
    :format(spelling))
end

--- Adds a step.
---@param kind string  call, map, save or review
---@param fields table  input (with references), name, base (what a name is made of, if not of the kind), and what else
--- the kind has
---@return table step  its record
function Graph:add(kind, fields)
  local step = fields
  step.kind, step.needs, step.needs_of = kind, {}, {}
  step.name = step.name and checked_name(self, step.name) or free_name(self, base_name(step.base or kind))
  reference.each(step.input, function(ref) need(self, step, reference.step_of(ref)) end, check_string)
  if self.gate then need(self, step, self.gate) end
  if kind == "review" then self.gate = step end
  self.steps[#self.steps + 1] = step
  step.index = #self.steps
  self.by_name[step.name] = step
  return step
end

--- Finds a step by its name, or raises with the nearest one.
---@param name string
---@return table? step, string? problem
function Graph:find(name)
  local step = self.by_name[name]
  if step then return step end
  local names = {}
  for i, each in ipairs(self.steps) do names[i] = each.name end
  local near = nearest.of(name, names, 0.5)
  return nil, ("there is no step '%s'%s"):format(name, near and ("; did you mean '%s'?"):format(near) or "")
end

return graph
