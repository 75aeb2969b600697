-- `falua doctor`: what is configured, what is reachable, what is wrong.
local shared = require "falua.shared"

local marks <const> = { ok = "ok", note = "note", problem = "PROBLEM" }

local function paint(state, text)
  if state == "ok" or not require("falua.output").colours(io.stdout) then return text end
  return ("\27[%dm%s\27[0m"):format(state == "problem" and 31 or 33, text)
end

local function show(findings)
  local output = require "falua.output"
  for _, finding in ipairs(findings) do
    local mark = paint(finding.state, ("%-8s"):format(marks[finding.state]))
    output.write(mark, finding.topic, ": ", finding.message, "\n")
    if finding.remedy then output.write("        ", finding.remedy, "\n") end
  end
end

return {
  summary = "say what is configured, what can be reached, and what is wrong",
  options = { shared.json },
  examples = { "falua doctor", "falua doctor --json" },
  run = function(values)
    local exits = require "falua.exits"
    local output = require "falua.output"
    local findings = require("falua.checks").run()
    if values.json then output.json(findings, true) else show(findings) end
    local status = exits.done
    for _, finding in ipairs(findings) do
      if finding.state == "problem" then
        if finding.topic == "key" then return exits.key end
        status = exits.failed
      end
    end
    return status
  end,
}
