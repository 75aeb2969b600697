-- Encoding, with marked arrays and numbers that need all their digits.
local json = require "fal.core.json"

local value = {
  seed = json.number "18446744073709551615", n = 281474976710655, list = json.array {}, half = 0.5,
  nested = { { a = json.null }, { "two", ("long "):rep(200) } },
}
local expected = assert(json.encode(value))

return function()
  local text, message = json.encode(value)
  if not text then error(message, 0) end
  assert(#text == #expected)
end
