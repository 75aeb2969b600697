-- Runs the measures of the bench and prints a table of what they found, with
-- goal and verdict. Usage: run.lua [--write] [NAME...]; tools/bench builds what
-- this needs and names the folders in BUILD_DIR and BENCH_DIR. With --write the
-- table goes into docs/performance.md too. Fails when a goal is missed.
package.path = "bench/?.lua;" .. package.path

local bench = require "bench"

local order <const> = { "jobs", "start", "waiting", "latency", "files", "models", "prompts", "workflow", "json" }
local page <const> = "docs/performance.md"

local function chosen()
  local names, write = {}, false
  for _, word in ipairs(arg) do
    if word == "--write" then write = true else names[#names + 1] = word end
  end
  return #names > 0 and names or order, write
end

local function measure(name)
  for _, known in ipairs(order) do
    if known == name then return require("measure." .. name)(bench) end
  end
  io.stderr:write(("tools/bench: no measure '%s'; there are: %s\n"):format(name, table.concat(order, ", ")))
  os.exit(2)
end

local function verdict(row)
  if row.good == nil then return "" end
  return row.good and "met" or "missed"
end

-- The rows as a Markdown table, its columns padded so that it reads well here.
local function table_of(rows)
  local lines = { { "what", "measured", "goal", "verdict" } }
  for _, row in ipairs(rows) do lines[#lines + 1] = { row.what, row.value, row.goal or "", verdict(row) } end
  local widths = { 0, 0, 0, 0 }
  for _, line in ipairs(lines) do
    for i, cell in ipairs(line) do widths[i] = math.max(widths[i], #cell) end
  end
  local out = {}
  for _, line in ipairs(lines) do
    local cells = {}
    for i, cell in ipairs(line) do cells[i] = cell .. (" "):rep(widths[i] - #cell) end
    out[#out + 1] = "| " .. table.concat(cells, " | ") .. " |"
    if #out == 1 then
      out[2] = "|" .. ("-"):rep(widths[1] + 2) .. "|" .. ("-"):rep(widths[2] + 2) .. "|" .. ("-"):rep(widths[3] + 2) ..
        "|" .. ("-"):rep(widths[4] + 2) .. "|"
    end
  end
  return table.concat(out, "\n")
end

local function write_page(text)
  local file = assert(io.open(page))
  local old = file:read "a"
  file:close()
  local first, last = "<!-- results -->\n", "<!-- end of results -->\n"
  local from, upto = select(2, old:find(first, 1, true)), old:find(last, 1, true)
  assert(from and upto, page .. " has lost the marks around its results")
  file = assert(io.open(page, "w"))
  file:write(old:sub(1, from), text, old:sub(upto))
  file:close()
end

local names, write = chosen()
local rows, missed = {}, false
for _, name in ipairs(names) do
  io.stderr:write("measuring ", name, "\n")
  for _, row in ipairs(measure(name)) do
    rows[#rows + 1] = row
    missed = missed or row.good == false
  end
end

local results = table_of(rows)
print(results)
if write then
  write_page(("\n%s\n\n%s\n\nCommand: `tools/bench%s`\n\n"):format(bench.machine(), results,
    names == order and "" or " " .. table.concat(names, " ")))
end
os.exit(not missed)
