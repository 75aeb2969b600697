-- What commands print on standard output: JSON, tables, lines. On a terminal
-- for people, in a pipe for programs. Standard error is falua.notes' affair.
local json = require "fal.core.json"
local jsontext = require "falua.jsontext"
local sys = require "fal.core.sys"

local output = {}

local gap <const> = "  "
local below_row <const> = 4  -- how far a text is indented that has no room beside its row
local narrowest <const> = 20 -- of a column that is folded

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

local function length(text) return utf8.len(text) or #text end

local function widths_of(rows)
  local widths = {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, length(cell)) end
  end
  return widths
end

-- A text as lines of at most so many characters, broken between words.
local function folded(text, most)
  local lines, line = {}, nil
  for word in text:gmatch "%S+" do
    if line and length(line) + 1 + length(word) <= most then
      line = line .. " " .. word
    else
      lines[#lines + 1], line = line, word
    end
  end
  lines[#lines + 1] = line
  return lines
end

-- Where the last column goes on below itself: below its first line, or, where
-- that leaves no room, below the row.
local function hanging(widths, width)
  local before = 0
  for i = 1, #widths - 1 do before = before + widths[i] + #gap end
  local room = width - before
  if room >= widths[#widths] then return nil end
  if room >= narrowest then return before, room end
  return below_row, math.max(narrowest, width - below_row)
end

local function aligned(row, widths)
  local cells = {}
  for i, cell in ipairs(row) do cells[i] = cell .. (" "):rep(widths[i] - length(cell)) end
  return (table.concat(cells, gap):gsub("%s+$", ""))
end

-- The lines of a row whose last cell is folded.
local function hung(row, widths, at, room)
  local cells = table.move(row, 1, #row - 1, 1, {})
  local below = folded(row[#row], room)
  if at > below_row then cells[#row] = table.remove(below, 1) end
  local lines = { aligned(cells, widths) }
  for _, line in ipairs(below) do lines[#lines + 1] = (" "):rep(at) .. line end
  return table.concat(lines, "\n")
end

-- Rows of texts as lines with aligned columns, no wider than `width`.
local function lines_of(rows, width)
  local widths, lines = widths_of(rows), {}
  local at, room = hanging(widths, width)
  for i, row in ipairs(rows) do lines[i] = at and hung(row, widths, at, room) or aligned(row, widths) end
  return lines
end

--- Prints a table; its head is set off by weight where there is colour.
---@param head string[]
---@param rows string[][]
function output.table(head, rows)
  local all = { head, table.unpack(rows) }
  local width = output.is_terminal() and require("falua.line").width() or math.huge
  for i, line in ipairs(lines_of(all, width)) do
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
