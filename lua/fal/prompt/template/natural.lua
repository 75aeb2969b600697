-- Exact natural numbers of any size, as far as counting combinations needs
-- them: sums, products, digits. A number is a Lua integer while it fits, and a
-- big one (limbs to base 10^9, lowest first) from there on.
local natural = {}

local base = 1000000000
local meta = { __name = "fal.natural" }

local function is_big(n) return getmetatable(n) == meta end

local function limbs(n)
  if is_big(n) then return n end
  local made = {}
  repeat
    made[#made + 1] = n % base
    n = n // base
  until n == 0
  return made
end

-- Back to an integer where it fits.
local function normal(made)
  while #made > 1 and made[#made] == 0 do made[#made] = nil end
  local low, high = made[1] + (made[2] or 0) * base, made[3] or 0
  if #made < 4 and high < 10 and low <= math.maxinteger - high * base * base then
    return low + high * base * base
  end
  return setmetatable(made, meta)
end

--- The sum of two numbers.
function natural.add(a, b)
  if math.type(a) and math.type(b) and a <= math.maxinteger - b then return a + b end
  a, b = limbs(a), limbs(b)
  local sum, carry = {}, 0
  for i = 1, math.max(#a, #b) do
    local here = (a[i] or 0) + (b[i] or 0) + carry
    sum[i], carry = here % base, here // base
  end
  if carry > 0 then sum[#sum + 1] = carry end
  return normal(sum)
end

--- The product of two numbers.
function natural.multiply(a, b)
  if a == 0 or b == 0 then return 0 end
  if math.type(a) and math.type(b) and a <= math.maxinteger // b then return a * b end
  a, b = limbs(a), limbs(b)
  local product = {}
  for i = 1, #a + #b do product[i] = 0 end
  for i = 1, #a do
    local carry, digit = 0, a[i]
    for j = 1, #b do
      local here = product[i + j - 1] + digit * b[j] + carry
      product[i + j - 1], carry = here % base, here // base
    end
    product[i + #b] = carry
  end
  return normal(product)
end

--- The product of a list, by halves, so that equals meet equals.
function natural.product(list, first, last)
  first, last = first or 1, last or #list
  if first > last then return 1 end
  if first == last then return list[first] end
  local middle = (first + last) // 2
  return natural.multiply(natural.product(list, first, middle), natural.product(list, middle + 1, last))
end

-- Compares: -1, 0 or 1.
local function compare(a, b)
  a, b = limbs(a), limbs(b)
  if #a ~= #b then return #a < #b and -1 or 1 end
  for i = #a, 1, -1 do
    if a[i] ~= b[i] then return a[i] < b[i] and -1 or 1 end
  end
  return 0
end

local methods = {}

--- The nearest float; infinity where there is none.
function methods:float()
  local value = 0.0
  for i = #self, 1, -1 do value = value * base + self[i] end
  return value
end

meta.__index = methods
meta.__tostring = function(n)
  local digits = { tostring(n[#n]) }
  for i = #n - 1, 1, -1 do digits[#digits + 1] = ("%09d"):format(n[i]) end
  return table.concat(digits)
end
meta.__eq = function(a, b) return is_big(a) and is_big(b) and compare(a, b) == 0 end
-- A big number is above every integer and compares with floats by its nearest.
local function order(a, b)
  if math.type(a) == "float" then return a - b:float() end
  if math.type(b) == "float" then return a:float() - b end
  if not is_big(a) then return -1 end
  if not is_big(b) then return 1 end
  return compare(a, b)
end
meta.__lt = function(a, b) return order(a, b) < 0 end
meta.__le = function(a, b) return order(a, b) <= 0 end
meta.__concat = function(a, b) return tostring(a) .. tostring(b) end

return natural
