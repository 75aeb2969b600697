-- Decoding what lua-cjson alone would lose: exact integers, empty arrays.
local json = require "fal.core.json"

local text = [[{"seed": 18446744073709551615, "n": 281474976710655, "list": [], "deep": [[1.5, null], {"a": []}],
  "text": "caf\u00e9 \u0000 end", "frames": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}]]

return function()
  local value, message = json.decode(text)
  if not value then error(message, 0) end
  assert(value.n == 281474976710655 and tostring(value.seed) == "18446744073709551615")
  assert(json.is_array(value.list) and value.text == "café \0 end" and value.deep[1][2] == json.null)
end
