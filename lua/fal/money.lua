-- Exact dollars. An amount is an integer of billionths of a dollar, so that
-- sums and products carry no binary fractions. Reads decimals from text and
-- from JSON numbers, writes them as people do ($0.20, $0.045).
-- It does not know what anything costs, and no other currency.
local money = {}

local digits <const> = 9
local whole <const> = 10 ^ digits // 1 | 0

money.dollar = whole

--- Reads a decimal such as "0.045" into billionths of a dollar.
---@param text string  digits with an optional fraction of at most nine digits
---@return integer? amount  nil when the text is no such decimal or too large
function money.parse(text)
  local units, fraction = text:match "^(%d+)%.?(%d*)$"
  if not units then return nil end
  fraction = fraction:gsub("0+$", "")
  units = units:gsub("^0+(%d)", "%1")
  if #fraction > digits or #units > 9 then return nil end
  return math.tointeger(units) * whole + math.tointeger("0" .. fraction .. ("0"):rep(digits - #fraction))
end

--- Reads a number as the decimal that its shortest writing shows: 0.1 is one
--- tenth, not the binary fraction next to it.
---@param number number
---@return integer? amount  nil when it is negative, not finite, or finer than a billionth
function money.from_number(number)
  for precision = 1, 17 do
    local text = ("%." .. precision .. "g"):format(number)
    if tonumber(text) == number then
      if text:find "e" then text = ("%.12f"):format(number):gsub("0+$", "") end
      return money.parse((text:gsub("%.$", "")))
    end
  end
  return nil
end

--- An amount taken `count` times.
---@param amount integer
---@param count integer
---@return integer? product  nil when it does not fit
function money.times(amount, count)
  if count ~= 0 and amount > math.maxinteger // count then return nil end
  return amount * count
end

--- An amount taken a decimal number of times, rounded down and rounded up.
---@param amount integer
---@param count integer  in billionths, as money.parse gives it
---@return integer? down, integer? up  equal when nothing is left over; nil when it does not fit
function money.product(amount, count)
  local units = money.times(amount, count // whole)
  local rest = money.times(amount, count % whole)
  if not units or not rest or units > math.maxinteger - rest then return nil, nil end
  return units + rest // whole, units - (-rest // whole)
end

--- The nearest float to an exact amount, in dollars.
---@param amount integer
---@return number dollars
function money.dollars(amount) return amount / whole end

--- An amount as text: two decimals at least, and as many as it needs.
---@param amount integer
---@return string text
function money.text(amount)
  local fraction = ("%09d"):format(amount % whole):gsub("0+$", "")
  if #fraction < 2 then fraction = fraction .. ("0"):rep(2 - #fraction) end
  return ("$%d.%s"):format(amount // whole, fraction)
end

return money
