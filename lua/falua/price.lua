-- What stands between a command and spending money: the price is shown, asked
-- about when it is high, and held against --max-cost. Nothing is sent here.
local attach = require "falua.attach"
local failure = require "fal.core.error"
local fal = require "fal"
local notes = require "falua.notes"
local task = require "fal.task"

local price = {}

local patience <const> = 5  -- seconds in which the service may tell a price

--- The price in dollars above which a person is asked, unless they say otherwise.
price.ask_above = 1

--- The options of commands that spend money.
price.options = {
  { name = "max-cost", value = "USD", type = "number", help = "do not send it when it may cost more, or nobody knows" },
  { name = "yes", short = "y", help = "do not ask, whatever the price" },
}

--- The error for what was not sent because of its price.
---@param endpoint string
---@param message string
---@param hint string|nil
---@return table err
function price.refusal(endpoint, message, hint)
  return failure.new {
    kind = "budget", message = message, hint = hint, endpoint = endpoint, billed = "no", accepted = false,
    retryable = false,
  }
end

local function dollars(amount) return ("$%.4f"):format(amount):gsub("(%.%d%d%d-)0+$", "%1") end

local function within_limit(endpoint, highest, limit)
  if not highest then
    return nil, price.refusal(endpoint, ("nobody knows the price, and --max-cost is %s"):format(dollars(limit)))
  elseif highest > limit then
    return nil, price.refusal(endpoint,
      ("it costs up to %s, and --max-cost is %s"):format(dollars(highest), dollars(limit)))
  end
  return true
end

local function agreed(endpoint, highest)
  local cost = ("it costs up to %s"):format(dollars(highest))
  if not notes.can_ask() then
    return nil, price.refusal(endpoint, cost, "--yes or --max-cost sends it without asking")
  end
  if notes.ask(cost .. ". Send it?") then return true end
  return nil, price.refusal(endpoint, "not sent")
end

--- Settles whether an input may be sent.
---@param endpoint string
---@param input table
---@param values table  the command's, with max_cost and yes
---@return boolean|nil agreed
---@return table|nil err
function price.settle(endpoint, input, values)
  if values.yes and not values.max_cost and not notes.is_terminal() then return true end
  if not fal.option "key" and not fal.option "proxy_url" then return true end -- it will not be sent
  local in_time, lowest, highest, line = task.within(patience, fal.cost, endpoint, input)
  if not in_time or not lowest then highest = nil end
  if notes.is_terminal() then notes.say("price: " .. (line or "unknown")) end
  if values.max_cost then return within_limit(endpoint, highest, values.max_cost) end
  if values.yes or not highest or highest <= price.ask_above or attach.is_sandbox() then return true end
  return agreed(endpoint, highest)
end

return price
