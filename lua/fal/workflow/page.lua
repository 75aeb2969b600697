-- The HTML of a report: one page that needs nothing from elsewhere, with no
-- script, light and dark, readable on a phone. Everything that comes from
-- inputs and outputs is text here and nothing else. Pure.
local layout = require "fal.workflow.layout"
local percent = require "fal.percent"

local page = {}

local escape = layout.escape

local style <const> = [[
:root{color-scheme:light dark;--back:#f8fafc;--card:#fff;--text:#0f172a;--soft:#475569;--line:#e2e8f0;--box:#eef2f7;
--edge:#94a3b8;--accent:#2563eb;--good:#15803d;--goodback:#dcfce7;--wait:#a16207;--waitback:#fef9c3;--bad:#b91c1c;
--badback:#fee2e2}
@media (prefers-color-scheme:dark){:root{--back:#0b1120;--card:#131c31;--text:#e2e8f0;--soft:#94a3b8;--line:#26334d;
--box:#1e293b;--edge:#64748b;--accent:#93c5fd;--good:#86efac;--goodback:#14532d;--wait:#fde047;--waitback:#524011;
--bad:#fca5a5;--badback:#5f1d1d}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:72rem;margin:0 auto;padding:1.25rem}
h1{margin:.25rem 0 0;font-size:1.6rem}h2{font-size:1.1rem;margin:0;overflow-wrap:anywhere}
.lead{color:var(--soft);margin:.25rem 0 1.25rem}
.totals{display:flex;flex-wrap:wrap;gap:.75rem;margin:0 0 1.25rem;padding:0}
.totals div{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:.6rem 1rem;flex:1 1 9rem}
.totals dt{color:var(--soft);font-size:.8rem}.totals dd{margin:0;font-size:1.2rem;font-weight:600}
.graph,.card,.notice{background:var(--card);border:1px solid var(--line);border-radius:.75rem;margin:0 0 1.25rem}
.graph{overflow-x:auto;padding:.75rem}.graph svg{display:block;max-width:none}
.notice{padding:.75rem 1rem;border-left:.35rem solid var(--wait)}
.cards{display:grid;gap:1.25rem;align-items:start;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr))}
.card{margin:0;padding:1rem;min-width:0}.card:target{outline:2px solid var(--accent)}
.head{display:flex;gap:.5rem;justify-content:space-between;align-items:start}
.state{font-size:.75rem;font-weight:600;padding:.1rem .6rem;border-radius:1rem;background:var(--box);white-space:nowrap}
.state.done,.state.approved,.state.saved{background:var(--goodback);color:var(--good)}
.state.pending,.state.review{background:var(--waitback);color:var(--wait)}
.state.failed,.state.unconfirmed,.state.rejected{background:var(--badback);color:var(--bad)}
.facts{color:var(--soft);font-size:.85rem;margin:.15rem 0 .6rem;overflow-wrap:anywhere}
video,img{display:block;max-width:100%;max-height:26rem;border-radius:.5rem;background:#000;margin:.5rem 0}
img{background:none}audio{display:block;width:100%;margin:.5rem 0}
h3{font-size:.8rem;color:var(--soft);margin:.8rem 0 .2rem;font-weight:600}
dl.fields{margin:0;display:grid;gap:.15rem .75rem;grid-template-columns:minmax(4rem,auto) 1fr;font-size:.9rem}
dl.fields dt{color:var(--soft);overflow-wrap:anywhere}
dl.fields dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}
@media (max-width:30rem){dl.fields{grid-template-columns:1fr}dl.fields dd{margin-bottom:.4rem}}
details{margin-top:.6rem}summary{cursor:pointer;color:var(--soft);font-size:.85rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.8rem;background:var(--box);padding:.6rem;border-radius:.5rem;
max-height:20rem;overflow:auto;unicode-bidi:isolate}
a{color:var(--accent)}code{overflow-wrap:anywhere}
.error{color:var(--bad);overflow-wrap:anywhere}
.edge{fill:none;stroke:var(--edge);stroke-width:1.5}.graph a{text-decoration:none}
.node rect{fill:var(--box);stroke:var(--edge)}.node text{fill:var(--text);font:600 13px system-ui,sans-serif}
.node .small{font:11px system-ui,sans-serif;fill:var(--soft)}
.node.cached rect,.node.approved rect{fill:var(--goodback);stroke:var(--good)}
.node.pending rect,.node.review rect{fill:var(--waitback);stroke:var(--wait)}
.node.unconfirmed rect,.node.failed rect{fill:var(--badback);stroke:var(--bad)}
]]

local players = {
  video = '<video controls preload="metadata" playsinline src="%s"></video>',
  image = '<img loading="lazy" alt="" src="%s">',
  audio = '<audio controls preload="metadata" src="%s"></audio>',
}

local function medium(item)
  if item.path then
    local player = players[item.sort]
    local target = escape(percent.path(item.path)) -- within the folder of the page
    local link = ('<a href="%s">%s</a>'):format(target, escape(item.name))
    return (player and player:format(target) or "") .. ('<div class="facts">%s</div>'):format(link)
  end
  local name = escape(item.name)
  if item.url:find "^https?:" then name = ('<a rel="noreferrer" href="%s">%s</a>'):format(escape(item.url), name) end
  return ('<div class="facts">%s (not saved)</div>'):format(name)
end

local function fields(list)
  local lines = { '<dl class="fields">' }
  for _, field in ipairs(list) do
    lines[#lines + 1] = ("<dt>%s</dt><dd>%s</dd>"):format(escape(field[1]), escape(field[2]))
  end
  lines[#lines + 1] = "</dl>"
  return table.concat(lines, "\n")
end

local function card(step)
  local lines = {
    ('<section class="card" id="step-%s">'):format(escape(step.name)),
    ('<div class="head"><h2>%s</h2><span class="state %s">%s</span></div>'):format(escape(step.name),
      escape(step.state), escape(step.state)),
    ('<div class="facts">%s</div>'):format(escape(table.concat(step.facts, " · "))),
  }
  for _, item in ipairs(step.media) do lines[#lines + 1] = medium(item) end
  if step.error then lines[#lines + 1] = ('<p class="error">%s</p>'):format(escape(step.error)) end
  if #step.input > 0 then lines[#lines + 1] = "<h3>Input</h3>" .. fields(step.input) end
  if #step.output > 0 then lines[#lines + 1] = "<h3>Output</h3>" .. fields(step.output) end
  if step.raw then
    lines[#lines + 1] = ("<details><summary>Whole output</summary><pre>%s</pre></details>"):format(escape(step.raw))
  end
  if step.request_id then
    lines[#lines + 1] = ('<div class="facts">request <code>%s</code></div>'):format(escape(step.request_id))
  end
  lines[#lines + 1] = "</section>"
  return table.concat(lines, "\n")
end

--- Writes a page.
---@param data table  title, lead, notice, totals, plan (for the graph), steps
---@return string html
function page.html(data)
  local totals, cards = {}, {}
  for i, total in ipairs(data.totals) do
    totals[i] = ("<div><dt>%s</dt><dd>%s</dd></div>"):format(escape(total[1]), escape(total[2]))
  end
  for i, step in ipairs(data.steps) do cards[i] = card(step) end
  return table.concat({
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    [[<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; ]]
      .. [[img-src 'self' file:; media-src 'self' file:">]],
    ("<title>%s</title><style>%s</style></head><body><main>"):format(escape(data.title), style),
    ('<h1>%s</h1><p class="lead">%s</p>'):format(escape(data.title), escape(data.lead)),
    data.notice and ('<p class="notice">%s</p>'):format(escape(data.notice)) or "",
    ('<dl class="totals">%s</dl>'):format(table.concat(totals)),
    data.plan and ('<div class="graph">%s</div>'):format(layout.svg(data.plan, true)) or "",
    ('<div class="cards">%s</div>'):format(table.concat(cards, "\n")),
    "</main></body></html>\n",
  }, "\n")
end

return page
