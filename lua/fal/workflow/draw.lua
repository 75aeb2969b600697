-- Drawings of a plan: DOT, Mermaid, and SVG, by Graphviz where it is installed
-- and by a plain layout of our own where it is not.
local layout = require "fal.workflow.layout"

local draw = {}

local fills <const> = {
  cached = "#dcfce7", approved = "#dcfce7", pending = "#fef9c3", unconfirmed = "#fee2e2", failed = "#fee2e2",
}

local function quoted(text) return '"' .. text:gsub("[%c\127]", " "):gsub('[\\"]', "\\%0") .. '"' end

--- Writes a plan in Graphviz's language.
---@param plan table
---@return string
function draw.dot(plan)
  local lines = {
    ("digraph %s {"):format(quoted(plan.name)), "  rankdir=LR;",
    '  node [shape=box, style="rounded,filled", fillcolor="#eef2f7", fontname="sans-serif"];',
  }
  for _, entry in ipairs(plan.steps) do
    local label = ('"%s\\n%s"'):format(quoted(entry.name):sub(2, -2), quoted(entry.endpoint or entry.kind):sub(2, -2))
    local fill = fills[entry.state] and (", fillcolor=%q"):format(fills[entry.state]) or ""
    lines[#lines + 1] = ("  %s [label=%s%s];"):format(quoted(entry.name), label, fill)
  end
  for _, edge in ipairs(plan.edges) do
    lines[#lines + 1] = ("  %s -> %s;"):format(quoted(edge.from), quoted(edge.to))
  end
  lines[#lines + 1] = "}"
  return table.concat(lines, "\n") .. "\n"
end

-- Mermaid knows entities by number.
local function mermaid_text(text)
  return (text:gsub("[^%w%s/._-]", function(c)
    return c:byte() < 128 and ("#%d;"):format(c:byte()) or c
  end):gsub("%c", " "))
end

--- Writes a plan as a Mermaid flowchart.
---@param plan table
---@return string
function draw.mermaid(plan)
  local lines, number = { "flowchart LR" }, {}
  for i, entry in ipairs(plan.steps) do
    number[entry.name] = i
    local open, close = "[", "]"
    if entry.kind == "review" then open, close = "{{", "}}" end
    lines[#lines + 1] = ('  s%d%s"%s<br/>%s"%s'):format(i, open, mermaid_text(entry.name),
      mermaid_text(entry.endpoint or entry.kind), close)
  end
  for _, edge in ipairs(plan.edges) do
    lines[#lines + 1] = ("  s%d --> s%d"):format(number[edge.from], number[edge.to])
  end
  return table.concat(lines, "\n") .. "\n"
end

local function by_graphviz(plan)
  local source = os.tmpname()
  local file <close> = assert(io.open(source, "w"))
  file:write(draw.dot(plan))
  file:close()
  local pipe = io.popen(("dot -Tsvg '%s' 2>/dev/null"):format(source))
  local svg = pipe and pipe:read "a"
  local done = pipe and pipe:close()
  os.remove(source)
  return done and svg and svg:find "<svg" and svg or nil
end

--- Draws a plan as SVG.
---@param plan table
---@return string
function draw.svg(plan) return by_graphviz(plan) or layout.svg(plan) end

return draw
