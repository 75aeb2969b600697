-- The rows of the history as falua shows them: as a value for JSON, and as the
-- cells of a table for people.
local json = require "fal.core.json"
local money = require "fal.money"
local timestamp = require "fal.timestamp"

local entry = {}

local excerpt <const> = 40 -- characters of an input in a table

local function time(seconds) return seconds and os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(seconds)) end

local function decoded(text) return text and json.decode(text) or nil end

local function dollars(amount) return amount and money.dollars(amount) end

--- A row as a value.
---@param row table  see fal.history.search
---@return table
function entry.of(row)
  return {
    id = row.id, time = time(row.at), ended = time(row.ended_at), how = row.how, endpoint = row.endpoint,
    state = row.state, request_id = row.request_id, input = decoded(row.input), output = decoded(row.output),
    error = decoded(row.error), billable_units = row.units, price = dollars(row.paid), price_how = row.paid_how,
    price_at_most = dollars(row.high), files = row.files and json.array(row.files),
  }
end

entry.head = { "ID", "TIME", "STATE", "PRICE", "MODEL", "INPUT" }

local function price(value)
  if value.price then return money.text(money.from_number(value.price) or 0) end
  local waits = value.state ~= "failed" and value.state ~= "cancelled"
  return waits and value.price_at_most and "up to " .. money.text(money.from_number(value.price_at_most)) or "?"
end

-- The words of an input: its prompt or text, else the longest string.
local function words_of(input)
  if type(input) ~= "table" then return "" end
  local words = input.prompt or input.text
  if type(words) ~= "string" then
    words = ""
    for _, value in pairs(input) do
      if type(value) == "string" and #value > #words then words = value end
    end
  end
  words = words:gsub("%s+", " "):gsub("%c", "")
  if (utf8.len(words) or 0) <= excerpt then return words end
  return words:sub(1, utf8.offset(words, excerpt) - 1) .. "..."
end

--- The cells of a value of entry.of.
---@param value table
---@return string[]
function entry.cells(value)
  local at = os.date("%Y-%m-%d %H:%M", math.floor(timestamp.of_iso(value.time)))
  return { tostring(value.id), at, value.state, price(value), value.endpoint, words_of(value.input) }
end

--- A row of the costs as a value.
---@param row table
---@param by string
---@return table
function entry.sum(row, by)
  return {
    [by] = row.name, calls = row.calls, billable_units = row.units, price = money.dollars(row.paid),
    price_at_most = money.dollars(row.at_most), price_unknown = row.unknown,
  }
end

--- The sum of such values.
function entry.total(list, by)
  local sum = { [by] = "total", calls = 0, price = 0, price_at_most = 0, price_unknown = 0 }
  for _, value in ipairs(list) do
    for _, name in ipairs { "calls", "price", "price_at_most", "price_unknown" } do
      sum[name] = sum[name] + value[name]
    end
  end
  return sum
end

function entry.sum_head(by) return { by:upper(), "CALLS", "COST", "AT MOST", "PRICE UNKNOWN" } end

-- Sums of floats are rounded to the billionth that they stand for.
local function text(amount) return money.text(math.floor(amount * money.dollar + 0.5)) end

function entry.sum_cells(by)
  return function(value)
    return {
      value[by], tostring(value.calls), text(value.price), text(value.price_at_most),
      value.price_unknown > 0 and tostring(value.price_unknown) or "",
    }
  end
end

return entry
