-- What a call has cost: from the units that were billed, the price that was
-- told before it was sent, and the platform's unit price where none is listed.
-- Amounts are exact, as fal.money has them. Pure.
local cost = require "fal.models.cost"
local models = require "fal.models"
local money = require "fal.money"
local units = require "fal.models.units"

local paid = {}

--- What a call may cost, by the listed prices.
---@param endpoint string
---@param input table  as it is sent
---@return table bounds  endpoint; low and high in billionths where the price is known
function paid.bounds(endpoint, input)
  local bounds = { endpoint = endpoint }
  local schema = models.find(endpoint)
  if schema then bounds.low, bounds.high = cost.bounds(schema, input) end
  return bounds
end

--- Whether the price of an endpoint is listed here.
---@param endpoint string
---@return boolean
function paid.is_listed(endpoint)
  local schema = models.find(endpoint)
  return schema ~= nil and schema.price ~= nil and schema.price.unit ~= nil
end

-- What a listed rate makes of the units; nil where it depends on more than that.
local function by_rate(endpoint, billed)
  local schema = models.find(endpoint)
  local listed = schema and schema.price
  if not listed or not listed.rate or listed.unit ~= "second" then return nil end
  local _, amount = money.product(money.parse(listed.rate), billed)
  return amount, units.text(billed) .. " s billed"
end

--- What a finished call has cost: what its units make by a listed rate or by
--- the unit price, else the price that its input settled, else the highest one.
---@param bounds table  endpoint, low, high: of paid.bounds, or a row that was kept
---@param billed? number|string  x-fal-billable-units
---@param quote? table  the platform's unit price, used where none is listed
---@return integer? amount  billionths; nil where nothing is known
---@return string how  how it was found
function paid.of(bounds, billed, quote)
  local count = tonumber(billed) and money.from_number(tonumber(billed))
  if count == 0 then return 0, "nothing was billed" end
  if bounds.high == 0 then return 0, "list price" end
  local amount, how
  if count then amount, how = by_rate(bounds.endpoint, count) end
  if count and quote and not amount and not paid.is_listed(bounds.endpoint) then
    amount, how = cost.implied(count, quote)
  end
  if amount then return amount, how end
  if not bounds.high then return nil, "price unknown" end
  return bounds.high, bounds.low == bounds.high and "list price" or "at most"
end

return paid
