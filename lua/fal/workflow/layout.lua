-- A plain drawing of a plan as SVG: steps in columns, each column one step
-- further along the longest way, joined by curves. Pure; colours come from the
-- page around it where there is one.
local layout = {}

local box_width <const>, box_height <const> = 210, 46
local gap_x <const>, gap_y <const>, margin <const> = 60, 18, 12
local longest <const> = 28 -- characters that fit into a box

local entities <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

--- A text that is only text in HTML and SVG; what no page may hold is taken out.
---@param text any
---@return string
function layout.escape(text)
  text = tostring(text):gsub("[%z\1-\8\11\12\14-\31\127]", "")
  return (text:gsub("[&<>\"']", entities))
end

-- The beginning of a text, in whole characters.
local function short(text, most)
  local last = utf8.offset(text, most + 1)
  return last and last <= #text and text:sub(1, last - 1) .. "…" or text
end

-- Columns of step entries.
local function columns_of(plan)
  local depth, columns = {}, {}
  for _, entry in ipairs(plan.steps) do
    local most = 0
    for _, name in ipairs(entry.needs) do most = math.max(most, depth[name]) end
    depth[entry.name] = most + 1
    columns[most + 1] = columns[most + 1] or {}
    table.insert(columns[most + 1], entry)
  end
  return columns
end

local function places_of(columns)
  local rows, places = 1, {}
  for _, column in ipairs(columns) do rows = math.max(rows, #column) end
  for x, column in ipairs(columns) do
    for y, entry in ipairs(column) do
      places[entry.name] = {
        x = margin + (x - 1) * (box_width + gap_x),
        y = margin + (y - 1 + (rows - #column) / 2) * (box_height + gap_y),
      }
    end
  end
  return places, margin * 2 + #columns * (box_width + gap_x) - gap_x, margin * 2 + rows * (box_height + gap_y) - gap_y
end

local function edge_path(from, to)
  local x1, y1, x2, y2 = from.x + box_width, from.y + box_height / 2, to.x, to.y + box_height / 2
  local bend = (x1 + x2) / 2
  return ('<path class="edge" d="M%g %g C%g %g %g %g %g %g"/>'):format(x1, y1, bend, y1, bend, y2, x2, y2)
end

local function node(entry, place, links)
  local below = entry.endpoint or entry.kind
  local text = ([[<g class="node %s"><title>%s: %s</title><rect x="%g" y="%g" width="%d" height="%d" rx="8"/>]]
    .. [[<text x="%g" y="%g">%s</text><text class="small" x="%g" y="%g">%s</text></g>]]):format(
    entry.state, layout.escape(entry.name), entry.state, place.x, place.y, box_width, box_height, place.x + 12,
    place.y + 20, layout.escape(short(entry.name, longest - 6)), place.x + 12, place.y + 36,
    layout.escape(short(below, longest)))
  return links and ('<a href="#step-%s">%s</a>'):format(layout.escape(entry.name), text) or text
end

local style <const> = [[<style>.node rect{fill:#eef2f7;stroke:#64748b}.node text{font:600 13px sans-serif;fill:#0f172a}
.node .small{font:11px sans-serif;fill:#475569}.edge{fill:none;stroke:#94a3b8;stroke-width:1.5}
.node.cached rect,.node.approved rect{fill:#dcfce7;stroke:#16a34a}.node.pending rect{fill:#fef9c3;stroke:#ca8a04}
.node.unconfirmed rect,.node.failed rect{fill:#fee2e2;stroke:#dc2626}</style>]]

--- Draws a plan.
---@param plan table
---@param inside? boolean  as part of a page, which has the styles and the places to link to
---@return string svg
function layout.svg(plan, inside)
  local places, width, height = places_of(columns_of(plan))
  local lines = {
    ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" role="img" aria-label="%s">')
      :format(width, height, width, height, layout.escape(plan.name)),
    inside and "" or style,
  }
  for _, edge in ipairs(plan.edges) do lines[#lines + 1] = edge_path(places[edge.from], places[edge.to]) end
  for _, entry in ipairs(plan.steps) do lines[#lines + 1] = node(entry, places[entry.name], inside) end
  lines[#lines + 1] = "</svg>"
  return table.concat(lines, "\n") .. "\n"
end

return layout
