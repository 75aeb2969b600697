---@meta fal.workflow
-- Workflows: what `require "fal.workflow"` gives. Never loaded; the language
-- server reads it.

---@class fal.workflow.options
---@field budget? number  dollars, for all runs with the journal
---@field journal? string  path of the journal
---@field allow_unknown_price? boolean
---@field client? fal.client

---@class fal.workflow.import_options : fal.workflow.options
---@field input? table  values for $input

---@class fal.workflow.named_options
---@field name? string

---@class fal.workflow.map_options : fal.workflow.named_options
---@field fresh? boolean  compute it in every run
---@field on_error? "stop"|"skip"
---@field timeout? number  seconds for the wait, or for the command

---@class fal.workflow.call_options : fal.workflow.map_options
---@field fallback? table  endpoints to try instead; on = kinds of failure

---@class fal.workflow.event
---@field step string
---@field kind string
---@field state string
---@field time number  seconds since the run began
---@field position? integer
---@field request_id? string
---@field endpoint? string
---@field cost? number
---@field seconds? number
---@field error? fal.error
---@field by? string

---@class fal.workflow.run_options
---@field on_event? fun(event: fal.workflow.event)
---@field concurrency? integer  8
---@field wait? boolean|number  for another process that runs it

---@class fal.workflow.redo_options
---@field seed? integer|"new"

---@class fal.workflow.export_options
---@field partial? boolean  leave out, and list, what has no equivalent there

---@class fal.workflow.reference  a step, or what a step has not made yet: index it to lead further in
---@field [string] fal.workflow.reference
---@field [integer] fal.workflow.reference
---@operator concat(any): any

---@class fal.workflow.plan_cost
---@field lowest? number
---@field highest? number
---@field unknown string[]
---@field depends string[]

---@class fal.workflow.plan
---@field name string
---@field steps table[]
---@field edges table[]
---@field cost fal.workflow.plan_cost

---@class fal.workflow.info
---@field done string[]
---@field skipped string[]
---@field blocked string[]
---@field paid number  dollars
---@field review? string
---@field sheet? string
---@field follows? fal.workflow.plan_cost

---@class fal.workflow.value
local Workflow = {}

--- Adds a call.
---@param endpoint string
---@param input table  may hold references
---@param opts? fal.workflow.call_options
---@return fal.workflow.reference step
function Workflow:call(endpoint, input, opts) end

--- Calls a function for each item and lists the steps that it returns.
---@generic T
---@param list T[]
---@param fn fun(item: T, index: integer): any
---@return any[] steps
function Workflow:each(list, fn) end

--- Makes a string with references in it: each {} is one of them.
---@param format string
---@param ... any
---@return any text
function Workflow:text(format, ...) end

--- Adds a step that is computed here.
---@param source any  a step, a reference, or a table with references
---@param work function|string[]  a function of its value, or the words of a command
---@param opts? fal.workflow.map_options
---@return fal.workflow.reference step
function Workflow:map(source, work, opts) end

--- Names what the workflow gives as a whole.
---@param template any  a table with references
---@return fal.workflow.reference step
function Workflow:output(template) end

--- Adds a gate: no step after it is sent before these were approved.
---@param steps any  a step, or a list
---@param opts? fal.workflow.named_options
---@return fal.workflow.reference step
function Workflow:review(steps, opts) end

--- Adds a download of the files of some steps.
---@param steps any
---@param pattern string  a path with {step}, {n}, {name} or {ext}
---@param opts? fal.workflow.named_options
---@return fal.workflow.reference step
function Workflow:save(steps, pattern, opts) end

--- Says what a run would do now; sends nothing.
---@return fal.workflow.plan? plan
---@return fal.error? err
function Workflow:plan() end

--- Calls what was never called, goes on with what is under way, reuses the rest.
---@param opts? fal.workflow.run_options
---@return table<string, any>? outputs
---@return fal.workflow.info|fal.error info
function Workflow:run(opts) end

--- Runs the workflow when its file is run as a script.
---@param opts? fal.workflow.run_options
---@return fal.workflow.value workflow
---@return table<string, any>? outputs
function Workflow:main(opts) end

--- The gates that wait for a decision now.
---@return string[]? gates
---@return fal.error? err
function Workflow:waiting() end

--- Approves a gate; without a name the one that waits.
---@param gate? string
---@return string? gate
---@return fal.error? err
function Workflow:approve(gate) end

--- Rejects a gate; without a name the one that waits.
---@param gate? string
---@return string? gate
---@return fal.error? err
function Workflow:reject(gate) end

--- Makes a step anew at the next run.
---@param name string
---@param opts? fal.workflow.redo_options
---@return true? noted
---@return fal.error? err
function Workflow:redo(name, opts) end

--- Settles an unconfirmed step.
---@param name string
---@param verdict "resubmit"|string  or the id of its request
---@return true? noted
---@return fal.error? err
function Workflow:settle(name, verdict) end

--- Says why a step would be called again.
---@param which fal.workflow.reference|string
---@return table? explanation
---@return fal.error? err
function Workflow:explain(which) end

--- Draws the graph.
---@param form "dot"|"mermaid"|"svg"
---@return string? text
---@return fal.error? err
function Workflow:graph(form) end

--- Writes a page about the workflow.
---@param path string
---@return string? path
---@return fal.error? err
function Workflow:report(path) end

--- The workflow in the service's own JSON.
---@param opts? fal.workflow.export_options
---@return string? text
---@return string[]|fal.error lost  what has no equivalent there
function Workflow:export(opts) end

--- The file in which the workflow is written.
---@return string path
function Workflow:file() end

---@class fal.workflow
---@overload fun(name: string, opts?: fal.workflow.options): fal.workflow.value
local workflow = {}

--- Whether a value is a workflow.
---@param value any
---@return boolean
function workflow.is(value) end

--- Loads a workflow file: it returns its workflow, and is given the arguments.
---@param path string
---@param ... any
---@return fal.workflow.value? workflow
---@return fal.error? err
function workflow.load(path, ...) end

--- Makes a workflow from the service's own JSON.
---@param definition string|table
---@param opts? fal.workflow.import_options
---@return fal.workflow.value? workflow
---@return string[]|fal.error lost  what has no equivalent here
function workflow.import(definition, opts) end

return workflow
