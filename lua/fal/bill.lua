-- The bill of a request: what it may cost is worked out before it is sent; what
-- it did cost is put on it as `price` and `price_how` when its units are known.
-- Asks nobody: a unit price of the service counts where it was told before.
local bill = {}

local expected = setmetatable({}, { __mode = "k" }) -- request -> bounds of its price

--- What a call may cost, by the listed prices; see fal.models.paid.
---@param endpoint string
---@param input table  as it will be sent
---@return table bounds
function bill.bounds(endpoint, input) return require("fal.models.paid").bounds(endpoint, input) end

--- Notes what a request may cost.
---@param request table
---@param bounds table
function bill.expect(request, bounds)
  request.price, request.price_how = nil, nil -- whatever the service may have called so
  expected[request] = bounds
end

--- What a finished call has cost; see fal.models.paid.
---@param client table
---@param bounds table
---@param units? number
---@return integer? amount, string how
function bill.paid(client, bounds, units) return require("fal.models.service").of(client):paid(bounds, units) end

--- Puts the price on a request, or on the info of a run, that knows its billable units.
---@param client table
---@param request table
---@param bounds? table  without them, what was noted counts
function bill.settle(client, request, bounds)
  if request.billable_units == nil then return end
  bounds = bounds or expected[request] or { endpoint = request.endpoint }
  local amount, how = bill.paid(client, bounds, request.billable_units)
  if amount then request.price, request.price_how = require("fal.money").dollars(amount), how end
end

return bill
