-- What an input costs, in exact money, with the working on one line. Prices
-- are those of the model pages; for endpoints without one the platform's unit
-- price can be given, and is used where its unit can be counted from the
-- input. What is not known is an interval or an error: never 0, never a guess.
local failure = require "fal.core.error"
local money = require "fal.money"
local units = require "fal.models.units"

local cost = {}

local page_source <const> = "list price of 2025, fal.ai model page"
local quote_source <const> = "unit price of the service's pricing API"

local function unknown(schema, message, hint, cause)
  return nil, failure.new {
    kind = "budget", type = "unknown_price", message = message, endpoint = schema.id, hint = hint, cause = cause,
    retryable = false,
  }
end

-- How a value is called in the working.
local function label(name, value)
  if name == "generate_audio" then return value and "audio on" or "audio off" end
  return tostring(value)
end

local function range_text(low, high)
  return low == high and money.text(low) or money.text(low) .. " to " .. money.text(high)
end

local function result(schema, low, high, line, source)
  if not low or not high then return unknown(schema, "the price is beyond all measure") end
  return money.dollars(low), money.dollars(high), ("%s = %s; %s"):format(line, range_text(low, high), source)
end

-- Rates as the catalogue writes them, in billionths; there are not many.
local amounts = setmetatable({}, { __index = function(known, text)
  known[text] = money.parse(text)
  return known[text]
end })

-- The lowest rate that the input leaves possible, and what it is for; then the highest one. nil: none is listed.
local function rates_of(schema, price, input)
  if price.rate then return amounts[price.rate], nil, amounts[price.rate], nil end
  local value = units.value(schema, input, price.by)
  local only = price.rates[value]
  if only then return amounts[only], value, amounts[only], value end
  if value ~= "auto" then return nil end
  local low, low_key, high, high_key
  for key, text in pairs(price.rates) do
    local rate = amounts[text]
    if not low or rate < low then low, low_key = rate, key end
    if not high or rate > high then high, high_key = rate, key end
  end
  return low, low_key, high, high_key
end

local function rate_text(by, rate, key)
  return money.text(rate) .. (key ~= nil and (" (%s)"):format(label(by, key)) or "")
end

local function rates_text(by, low, low_key, high, high_key)
  if low_key == high_key then return rate_text(by, low, low_key) end
  return rate_text(by, low, low_key) .. " to " .. rate_text(by, high, high_key)
end

-- By a price of the model's page, in billionths; or nil, nil and why not.
local function page_amounts(schema, price, input)
  local low, _, high = rates_of(schema, price, input)
  if not low then
    local value = tostring(units.value(schema, input, price.by))
    return nil, nil, ("no price is listed for %s %s"):format(price.by, value)
  end
  local least, most = units.count(price.unit, schema, input, price.seconds)
  if not least then
    local seconds = units.value(schema, input, "duration")
    return nil, nil, "the price depends on the duration, which is " .. (seconds and tostring(seconds) or "not given")
  end
  local down, up = money.product(low, least)
  if low ~= high or least ~= most then up = select(2, money.product(high, most)) end
  return down, up
end

local function by_page(schema, price, input)
  local low, high, why = page_amounts(schema, price, input)
  if why then return unknown(schema, why) end
  local least, most = units.count(price.unit, schema, input, price.seconds)
  local line = ("%s x %s"):format(units.write(price.unit, least, most, price.seconds),
    rates_text(price.by, rates_of(schema, price, input)))
  return result(schema, low, high, line, page_source)
end

-- How many times a base price this input costs, as far as the page says
-- (billionths), and in words.
local function scale_of(schema, input)
  local factor, words = money.dollar, {}
  for _, scale in ipairs(schema.price and schema.price.scales or {}) do
    local value = units.value(schema, input, scale.field)
    local step = scale.factors[value]
    if step then
      factor = money.product(factor, money.parse(step))
      words[#words + 1] = ("%s x for %s"):format(step, label(scale.field, value))
    end
  end
  return factor, table.concat(words, ", ")
end

-- By a unit price of the platform. Whether it already holds the page's scales
-- is not known, hence an interval where there are some.
local function by_quote(schema, quote, input)
  local price, unit = money.from_number(tonumber(quote.unit_price) or -1), tostring(quote.unit)
  if not price or price == 0 then return unknown(schema, "the service gives no usable unit price") end
  if quote.currency and quote.currency ~= "USD" then
    return unknown(schema, ("the service gives its price in %s"):format(quote.currency))
  end
  local least, most = units.count(unit, schema, input)
  if not least or least == 0 then
    return unknown(schema, ("the service charges %s per %s, which the input does not settle")
      :format(money.text(price), unit))
  end
  local low, high = money.product(price, least), select(2, money.product(price, most))
  local line = ("%s x %s"):format(units.write(unit, least, most), money.text(price))
  local factor, words = scale_of(schema, input)
  if low and high and words ~= "" then
    local scaled_low, scaled_high = money.product(low, factor), select(2, money.product(high, factor))
    low, high = scaled_low and math.min(low, scaled_low), scaled_high and math.max(high, scaled_high)
    line = ("%s (the page says %s)"):format(line, words)
  end
  return result(schema, low, high, line, quote_source)
end

local function is_free(price, input)
  local value = price.free_with and input[price.free_with]
  return type(value) == "string" and value:find "%S" ~= nil
end

-- What is known of a price that as a whole is not.
local function known_part(schema, input)
  local part = schema.price and schema.price.part
  local count = part and units.count("character", schema, { text = input[part.field] })
  if count then
    local _, amount = money.product(money.parse(part.rate), count)
    local text = units.write("character", count, count)
    return (", but for %s: %s x $%s = %s"):format(part.of, text, part.rate, money.text(amount))
  end
  local factor, words = scale_of(schema, input)
  return factor ~= money.dollar and (", only how it is scaled: %s"):format(words) or ""
end

--- Says what an input costs.
---@param schema table
---@param input table  fields that the price does not depend on may be missing
---@param quote? fun(endpoint: string): table?, table?  asks the platform for a unit price
---@return number? lowest, number|table highest, string? line  dollars and the working; or nil, err
function cost.of(schema, input, quote)
  local right, err = require("fal.models.check").run(schema, input, true)
  if not right then return nil, err end
  local price = schema.price
  if price and is_free(price, right) then
    return 0.0, 0.0, ("$0.00: %s is given, so fal does not bill; fal.ai model page"):format(price.free_with)
  end
  if price and price.unit then return by_page(schema, price, right) end
  if quote then
    local found, cause = quote(schema.id)
    if found then return by_quote(schema, found, right) end
    if cause then return unknown(schema, "no price is listed, and the service did not tell one", nil, cause) end
  end
  local hint = not quote and "with a key the service's pricing API is asked" or nil
  return unknown(schema, "no price is listed" .. known_part(schema, right), hint)
end

--- What an input that was checked costs by the listed prices.
---@param schema table
---@param input table
---@return integer? low, integer? high  billionths of a dollar; nil where nothing is listed, or it is not settled
function cost.bounds(schema, input)
  local price = schema.price
  if not price then return nil end
  if is_free(price, input) then return 0, 0 end
  if not price.unit then return nil end
  local low, high = page_amounts(schema, price, input)
  if low and high then return low, high end
end

--- What billed units cost by a unit price of the platform.
---@param count integer  units, in billionths
---@param quote table
---@return integer? amount  billionths of a dollar; nil where the price is none in dollars
---@return string? line  the working
function cost.implied(count, quote)
  local price = money.from_number(tonumber(quote.unit_price) or -1)
  if not price or price == 0 or quote.currency and quote.currency ~= "USD" then return nil end
  local _, amount = money.product(price, count)
  if not amount then return nil end
  return amount, ("%s x %s per %s = %s; units billed"):format(
    units.text(count), money.text(price), quote.unit, money.text(amount))
end

--- A price in a few words, for a list.
---@param schema table
---@return string? text  nil when no price is listed
function cost.summary(schema)
  local price = schema.price
  if not price or not price.unit then return nil end
  local words = {}
  if price.rate then
    words[1] = money.text(amounts[price.rate])
  else
    for key, rate in pairs(price.rates) do words[#words + 1] = rate_text(price.by, amounts[rate], key) end
    table.sort(words)
  end
  local per = price.unit == "clip" and ("clip of %d s"):format(price.seconds) or price.unit
  return table.concat(words, ", ") .. " per " .. per
end

return cost
