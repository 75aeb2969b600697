-- Prices in exact money: what a call may cost before it is sent, and what it
-- did cost once the service has told its billable units.
local bill = require "fal.bill"
local money = require "fal.money"
local paid = require "fal.models.paid"
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

--- What a finished call has cost; see fal.models.paid. Where none is listed,
--- the service is asked for the unit price that it told before the call.
---@param client table
---@param row table  of the ledger: endpoint, low, high
---@param units number?  x-fal-billable-units
---@return integer amount, string how  billionths, and how they were found
function price.settled(client, row, units)
  if units and units > 0 and row.high and not paid.is_listed(row.endpoint) then
    service.of(client):quote(row.endpoint) -- kept from now on; a service that is silent is no failure
  end
  local amount, how = bill.paid(client, row, units)
  return amount or 0, how
end

return price
