-- The program of the budget spec: fifty calls at once of one workflow, whose
-- journal and budget other processes share. Prints how many were made.
local workflow = require "fal.workflow"

local journal, name, endpoint, field, budget = arg[1], arg[2], arg[3], arg[4], tonumber(arg[5])
local wf = workflow(name, { journal = journal, budget = budget })
for i = 1, 50 do wf:call(endpoint, { [field] = ("%s %d"):format(name, i) }) end

local outputs, err = wf:run { concurrency = 50 }
local made = 0
for _ in pairs(outputs or err.results) do made = made + 1 end
print("made " .. made)
print(err and err.kind or "done")
print(err)
