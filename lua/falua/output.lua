-- What commands print on standard output: JSON, tables, lines. On a terminal
-- for people, in a pipe for programs. Standard error is falua.notes' affair.
local json = require "fal.core.json"
local jsontext = require "falua.jsontext"
local sys = require "fal.core.sys"

local output = {}

local gap <const> = "  "

--- Whether people look at standard output.
---@return boolean
function output.is_terminal() return sys.isatty(io.stdout) end

--- Whether a stream may be coloured.
---@param file file*
---@return boolean
function output.colours(file)
  local unwanted = os.getenv "NO_COLOR" or ""
  return sys.isatty(file) and unwanted == "" and os.getenv "TERM" ~= "dumb"
end

--- A text that somebody else wrote as a terminal may have it: what would move
--- its cursor, or do worse, is a space.
---@param text string
---@return string
function output.harmless(text)
  return (text:gsub("[\0-\8\11-\31\127]", " "):gsub("\xC2[\x80-\x9F]", " "))
end

local failure -- the message of the first write that failed: what was buffered is gone then, and a flush says nothing

--- Writes texts to standard output.
---@param ... string
---@return boolean going  false once a write has failed: the rest would be lost as well
function output.write(...)
  local written, message = io.write(...)
  failure = failure or not written and message
  return not failure
end

--- Prints a value as JSON: indented on a terminal, else on one line.
---@param value any
---@param compact boolean|nil  on one line in any case
---@return boolean going
function output.json(value, compact)
  return output.write(jsontext.of(value, output.is_terminal() and not compact), "\n")
end

local function widths_of(rows)
  local widths = {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, utf8.len(cell) or #cell) end
  end
  return widths
end

local function padded(cell, width) return cell .. (" "):rep(width - (utf8.len(cell) or #cell)) end

-- Rows of texts as lines with aligned columns.
local function lines_of(rows)
  local widths, lines = widths_of(rows), {}
  for _, row in ipairs(rows) do
    local cells = {}
    for i, cell in ipairs(row) do cells[i] = padded(cell, widths[i]) end
    lines[#lines + 1] = (table.concat(cells, gap):gsub("%s+$", ""))
  end
  return lines
end

--- Prints a table; its head is set off by weight where there is colour.
---@param head string[]
---@param rows string[][]
function output.table(head, rows)
  local all = { head, table.unpack(rows) }
  for i, line in ipairs(lines_of(all)) do
    line = output.harmless(line)
    if i == 1 and output.colours(io.stdout) then line = "\27[1m" .. line .. "\27[0m" end
    output.write(line, "\n")
  end
end

--- Prints what a table shows on a terminal, and the value it is made of as
--- JSON in a pipe or when asked for with --json.
---@param value any
---@param values table  the command's, with `json`
---@param head string[]
---@param row fun(entry: any): string[]
function output.list(value, values, head, row)
  if values.json or not output.is_terminal() then return output.json(json.array(value), true) end
  local rows = {}
  for i, entry in ipairs(value) do rows[i] = row(entry) end
  output.table(head, rows)
end

--- Sees to it that everything has been written.
---@return boolean|nil done
---@return string|nil message
function output.finish()
  if failure then return nil, failure end
  return io.stdout:flush()
end

return output
