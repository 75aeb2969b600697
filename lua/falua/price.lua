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
  { name = "max-cost", value = "USD", type = "number", least = 0, wanted = "an amount of dollars",
    help = "do not send it when it may cost more, or nobody knows" },
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

--- Whether a call will get as far as being sent: not without a key.
---@param client table
---@return boolean
function price.matters(client) return (client.option "key" or client.option "proxy_url") ~= nil end

--- What an input costs, as fal.cost says; the service has a few seconds to tell.
---@param client table
---@param endpoint string
---@param input table
---@return number|nil lowest, number|table highest, string|nil line
function price.of(client, endpoint, input)
  local in_time, lowest, highest, line = task.within(patience, client.cost, endpoint, input)
  if in_time then return lowest, highest, line end
  return nil, price.refusal(endpoint, "the service did not tell a price in time")
end

--- Says a price, or that nobody knows it and which model may have been meant.
---@param line string|nil
---@param err table|nil
function price.say(line, err)
  local hint = err and err.hint and ("; " .. err.hint) or ""
  notes.say("price: " .. (line or "unknown" .. hint))
end

--- What a person is asked about before something is sent. A price that nobody
--- knows may lie above any limit.
---@param highest number|nil  dollars; nil when nobody knows
---@param limit number  math.huge when nothing is asked about
---@param err table|nil  why nobody knows
---@return string|nil doubt  nil when it is sent without a question
function price.doubt(highest, limit, err)
  if limit == math.huge then return nil end
  if highest then return highest > limit and ("it costs up to %s"):format(dollars(highest)) or nil end
  local why = err and err.cause and (" (%s)"):format(err.cause.message) or ""
  return "nobody knows the price" .. why
end

local function agreed(endpoint, doubt)
  if not notes.can_ask() then
    return nil, price.refusal(endpoint, doubt, "--yes or --max-cost sends it without asking")
  end
  if notes.ask(doubt .. ". Send it?") then return true end
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
  if not price.matters(fal) then return true end
  local lowest, highest, line = price.of(fal, endpoint, input)
  local err
  if not lowest then highest, err = nil, highest end
  if notes.is_terminal() then price.say(line, err) end
  if values.max_cost then return within_limit(endpoint, highest, values.max_cost) end
  if values.yes or attach.is_sandbox() or not highest and not notes.can_ask() then return true end
  local doubt = price.doubt(highest, price.ask_above, err)
  if doubt then return agreed(endpoint, doubt) end
  return true
end

return price
