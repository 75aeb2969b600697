-- JSON as falua prints it: names in order, so that the same value is always
-- the same text; on one line, or indented for people. What single values look
-- like is the library's business.
local json = require "fal.core.json"

local jsontext = {}

local step <const> = "  "

local function sorted_keys(value)
  local keys = {}
  for key in next, value do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

local write

-- The pieces between the brackets: `count` of them, each put by `put(i)`.
local function between(out, count, indent, open, close, put)
  out[#out + 1] = open
  local inner = indent and indent .. step
  for i = 1, count do
    if i > 1 then out[#out + 1] = "," end
    if inner then out[#out + 1] = "\n" .. inner end
    put(i, inner)
  end
  if inner and count > 0 then out[#out + 1] = "\n" .. indent end
  out[#out + 1] = close
end

local function scalar(out, value)
  local text, message = json.encode(value)
  if not text then error(message, 0) end
  out[#out + 1] = text:gsub("\\/", "/") -- the encoder escapes every slash
end

local function write_object(out, value, indent)
  local keys = sorted_keys(value)
  between(out, #keys, indent, "{", "}", function(i, inner)
    scalar(out, tostring(keys[i]))
    out[#out + 1] = inner and ": " or ":"
    write(out, value[keys[i]], inner)
  end)
end

local function write_list(out, value, indent)
  between(out, #value, indent, "[", "]", function(i, inner) write(out, value[i], inner) end)
end

-- Tables of the library's own (exact numbers) are single values.
local function is_plain(value)
  return type(value) == "table" and (getmetatable(value) == nil or json.is_array(value))
end

function write(out, value, indent)
  if not is_plain(value) then return scalar(out, value) end
  if json.is_array(value) then return write_list(out, value, indent) end
  return write_object(out, value, indent)
end

--- Writes a value as JSON.
---@param value any  as the library decodes it
---@param indented boolean  on several lines
---@return string text
function jsontext.of(value, indented)
  local out = {}
  write(out, value, indented and "" or nil)
  return table.concat(out)
end

return jsontext
