-- Prompts from rows: a CSV text whose first line names fields, or plain lines
-- with one prompt each. Reads text only; the file is the caller's matter.
local failure = require "fal.core.error"
local trim = require("fal.prompt.english").trim
local value = require "fal.prompt.value"
local words = require "fal.prompt.words"

local rows = {}

local function wrong(line, message, ...)
  return nil, failure.new {
    kind = "validation", message = ("line %d" .. message):format(line, ...), line = line,
  }
end

-- One field of a CSV line from 'at' on: its text, and where it ended.
local function quoted(text, at)
  local parts, from = {}, at + 1
  while true do
    local quote = text:find('"', from, true)
    if not quote then return nil end
    parts[#parts + 1] = text:sub(from, quote - 1)
    if text:sub(quote + 1, quote + 1) ~= '"' then return table.concat(parts, '"'), quote + 1 end
    from = quote + 2
  end
end

-- Reads records as RFC 4180 has them: quotes, doubled quotes, line ends within.
local function read_records(text, separator)
  local records, record, at, line = {}, { line = 1 }, 1, 1
  local plain = "^([^" .. separator .. "\r\n]*)()"
  while at <= #text do
    local cell, after
    if text:sub(at, at) == '"' then
      cell, after = quoted(text, at)
      if not cell then return wrong(line, ": a quote is never closed") end
      local _, ends = cell:gsub("\n", "")
      line = line + ends
      local rest
      rest, after = text:match(plain, after)
      cell = cell .. rest
    else
      cell, after = text:match(plain, at)
    end
    record[#record + 1] = cell
    local ending = text:match("^\r?\n", after)
    if ending or after > #text then
      records[#records + 1] = record
      line = line + 1
      record = { line = line }
      at = after + #(ending or " ")
    else
      at = after + 1
      if at > #text then
        record[#record + 1] = ""
        records[#records + 1] = record
      end
    end
  end
  return records
end

-- The separator that the first line uses most.
local function separator_of(first)
  local best, most = ",", 0
  for _, candidate in ipairs { ",", ";", "\t" } do
    local _, count = first:gsub(candidate, "")
    if count > most then best, most = candidate, count end
  end
  return best
end

-- The names of the columns, if the first line names at least one field.
local function header_of(text)
  local first = text:match "^[^\r\n]*"
  local separator = separator_of(first)
  local header = read_records(first, separator)
  local names, knows = {}, false
  for column, name in ipairs(header and header[1] or {}) do
    names[column] = trim(name):lower()
    knows = knows or value.knows(names[column])
  end
  return knows and names, separator
end

local function is_blank(record) return not table.concat(record):find "%S" end

-- Several words in one cell stand apart by "|".
local function content_of(cell)
  if not cell:find("|", 1, true) then return cell end
  local list = {}
  for one in cell:gmatch "[^|]+" do list[#list + 1] = trim(one) end
  return list
end

-- A cell of another column, as a number or a boolean where it is written as one.
local function plain_of(cell)
  if cell == "true" or cell == "false" then return cell == "true" end
  local number = tonumber(cell)
  return number and tostring(number) == cell and number or cell
end

local function from_record(names, record)
  local prompt, others = assert(value.make {}), {}
  for column, name in ipairs(names) do
    local cell = trim(record[column] or "")
    if value.knows(name) and cell ~= "" then
      local made, message = value.with(prompt, { [name] = content_of(cell) })
      if not made then return wrong(record.line, ", column %q: %s", name, message) end
      prompt = made
    elseif cell ~= "" and name ~= "" then
      others[name] = plain_of(cell)
    end
  end
  if #record > #names then
    return wrong(record.line, ", column \"%d\": the line has %d cells, its head %d", #names + 1, #record, #names)
  end
  return prompt, others
end

local function from_csv(text, names, separator)
  local records, err = read_records(text, separator)
  if not records then return nil, err end
  local prompts, others = {}, {}
  for number = 2, #records do
    local record = records[number]
    if not is_blank(record) then
      local prompt, more = from_record(names, record)
      if not prompt then return nil, more end
      prompts[#prompts + 1], others[#others + 1] = prompt, more
    end
  end
  return prompts, others
end

local function from_lines(text)
  local prompts, others = {}, {}
  for line in (text .. "\n"):gmatch "(.-)\r?\n" do
    if line:find "%S" and not line:find "^%s*#" then
      prompts[#prompts + 1], others[#others + 1] = value.make(trim(line)), {}
    end
  end
  return prompts, others
end

-- A column whose name is nearly that of a field is a slip of the pen.
local function check_names(names)
  for _, name in ipairs(names) do
    local near = words.slip(name, value.names())
    if near then return wrong(1, ": there is no field %q; did you mean %q?", name, near) end
  end
  return true
end

--- Makes prompts of a text.
---@param text string  CSV with a head, or lines
---@return table[]|nil prompts, table[] others_or_err  the cells of each row that are no fields, by name
function rows.read(text)
  text = text:gsub("^\u{FEFF}", "")
  local names, separator = header_of(text)
  if not names then return from_lines(text) end
  local right, err = check_names(names)
  if not right then return nil, err end
  return from_csv(text, names, separator)
end

return rows
