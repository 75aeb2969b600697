-- Prices in exact money: what a call may cost before it is sent, and what it
-- did cost once the service has told its billable units.
local models = require "fal.models"
local money = require "fal.money"
local service = require "fal.models.service"

local price = {}

-- Lowest and highest in billionths, from dollars.
local function exact(low, high, line)
  if not low then return nil, high end
  return { low = money.from_number(low), high = money.from_number(high), line = line }
end

--- A teller that asks nobody: it knows the prices that are listed here.
---@param client table
---@return fun(endpoint: string, input: table): table?, table?
function price.listed(client)
  local quiet = service.new(client, function() return false end)
  return function(endpoint, input) return exact(quiet:cost(endpoint, input)) end
end

--- A teller that asks the service for unit prices where none is listed, which
--- costs nothing.
---@param client table
---@return fun(endpoint: string, input: table): table?, table?
function price.asked(client)
  return function(endpoint, input) return exact(client.cost(endpoint, input)) end
end

-- What a listed rate makes of the units that were billed; nil where it depends
-- on more than that.
local function by_rate(endpoint, units)
  local schema = models.find(endpoint)
  local listed = schema and schema.price
  if not listed or not listed.rate or listed.unit ~= "second" then return nil end
  local _, amount = money.product(money.parse(listed.rate), units)
  return amount, ("%g s billed"):format(units / money.dollar)
end

--- What a finished call has cost. Where that cannot be told, the highest price
--- stands: a budget is rather used up too early than passed.
---@param row table  of the ledger: endpoint, low, high
---@param units number?  x-fal-billable-units
---@return integer paid, string how  billionths, and how they were found
function price.paid(row, units)
  local exact_units = units and money.from_number(units)
  if exact_units == 0 then return 0, "nothing was billed" end
  local amount, how
  if exact_units then amount, how = by_rate(row.endpoint, exact_units) end
  if amount then return amount, how end
  if not row.high then return 0, "price unknown" end
  return row.high, row.low == row.high and "list price" or "at most"
end

--- The same, asking the service for the unit price that it told before the
--- call, where none is listed here.
---@param client table
---@param row table
---@param units number?
---@return integer paid, string how
function price.settled(client, row, units)
  local schema = models.find(row.endpoint)
  local listed = schema and schema.price and schema.price.unit
  if units and units > 0 and row.high and not listed then
    local asked = service.new(client, function() return true end)
    local dollars, line = asked:billed(row.endpoint, units)
    local amount = dollars and money.from_number(dollars)
    if amount then return amount, line end
  end
  return price.paid(row, units)
end

return price
