-- Values as the prompt shows them: Lua that one could type, with bounds on
-- depth, length and width, so that no result floods the terminal. Prints
-- nothing. Calls no function of a value but its __tostring.
local failure = require "fal.core.error"
local json = require "fal.core.json"
local size = require "fal.size"

local show = {}

local deepest <const>, most_items <const>, most_lines <const> = 6, 40, 200
local longest <const> = 160         -- bytes of a string inside a table
local longest_alone <const> = 10000 -- of a string that is the result
local head <const> = 40             -- of a data URI

local colours <const> = { string = "32", number = "36", boolean = "36", null = "2", error = "31", note = "2" }

local function paint(self, kind, text)
  return self.colour and ("\27[%sm%s\27[0m"):format(colours[kind], text) or text
end

-- The first bytes of a text, cut between characters.
local function cut(text, bytes)
  if #text <= bytes then return text end
  while bytes > 0 and text:byte(bytes + 1) & 0xC0 == 0x80 do bytes = bytes - 1 end
  return text:sub(1, bytes)
end

local escapes <const> = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ['"'] = '\\"', ["\\"] = "\\\\" }

local function escaped(text)
  text = text:gsub('[%c"\\]', function(c) return escapes[c] or ("\\%03d"):format(c:byte()) end)
  if utf8.len(text) then return text end
  return (text:gsub("[\x80-\xff]", function(c) return ("\\%d"):format(c:byte()) end))
end

local function quoted(self, text)
  if #text <= longest then return paint(self, "string", '"' .. escaped(text) .. '"') end
  local first = cut(text, text:find "^data:[%w/+.-]*[;,]" and head or longest)
  return paint(self, "string", '"' .. escaped(first) .. '..."') .. paint(self, "note", (" (%s)"):format(size(#text)))
end

local function is_word(key) return type(key) == "string" and key:find "^[%a_][%w_]*$" and load("local " .. key) end

local function key_text(self, key)
  if is_word(key) then return key .. " = " end
  return ("[%s] = "):format(type(key) == "string" and quoted(self, cut(key, longest)) or tostring(key))
end

-- Numbers first, then names in order.
local function sorted_keys(value)
  local keys, count = {}, #value
  for key in next, value do
    if not (math.type(key) == "integer" and key >= 1 and key <= count) then keys[#keys + 1] = key end
  end
  table.sort(keys, function(a, b)
    if type(a) == type(b) and (type(a) == "number" or type(a) == "string") then return a < b end
    return tostring(a) < tostring(b)
  end)
  return keys, count
end

local function own_text(value)
  local class = getmetatable(value)
  if type(class) ~= "table" or not rawget(class, "__tostring") then return nil end
  local ok, text = pcall(tostring, value)
  return ok and type(text) == "string" and text or "?"
end

local write

local function items_of(self, value, depth)
  local keys, count = sorted_keys(value)
  local items = {}
  for i = 1, math.min(count, most_items) do items[i] = write(self, rawget(value, i), depth + 1) end
  for _, key in ipairs(keys) do
    if #items >= most_items then break end
    items[#items + 1] = key_text(self, key) .. write(self, rawget(value, key), depth + 1)
  end
  local left = count + #keys - #items
  if left > 0 then items[#items + 1] = paint(self, "note", ("... %d more"):format(left)) end
  return items
end

-- How wide a text is without its colours.
local function width_of(text)
  text = text:gsub("\27%[%d+m", "")
  return utf8.len(text) or #text
end

local function in_braces(self, items, depth)
  local line = "{ " .. table.concat(items, ", ") .. " }"
  local indent = ("  "):rep(depth - 1)
  if not line:find "\n" and width_of(line) + #indent <= self.width - 10 then return line end
  return "{\n" .. indent .. "  " .. table.concat(items, ",\n" .. indent .. "  ") .. "\n" .. indent .. "}"
end

local function write_table(self, value, depth)
  if self.inside[value] then return paint(self, "note", "{ itself }") end
  if next(value) == nil then return json.is_array(value) and "fal.array {}" or "{}" end
  if depth > deepest then return "{...}" end
  self.inside[value] = true
  local text = in_braces(self, items_of(self, value, depth), depth)
  self.inside[value] = nil
  return text
end

function write(self, value, depth)
  local kind = type(value)
  if value == json.null then return paint(self, "null", "fal.null") end
  if kind == "string" then return quoted(self, value) end
  if kind == "number" or kind == "boolean" then return paint(self, kind, tostring(value)) end
  local text = (kind == "table" or kind == "userdata") and own_text(value)
  if text then return paint(self, failure.is(value) and "error" or "note", escaped(cut(text, longest))) end
  if kind == "table" then return write_table(self, value, depth) end
  return paint(self, "note", tostring(value))
end

local function bounded(text)
  local at, lines = 0, 0
  repeat
    at = text:find("\n", at + 1, true)
    lines = lines + 1
  until not at or lines >= most_lines
  if not at then return text end
  local _, more = text:sub(at):gsub("\n", "")
  return ("%s\27[0m\n... %d more lines"):format(text:sub(1, at - 1), more)
end

-- A string that is the result, or what a result says of itself, stands there as
-- `print` would show it, but does nothing to the terminal.
local function alone(self, text)
  local shown = cut(text, longest_alone):gsub("[%c\x7f]", function(c)
    return (c == "\n" or c == "\t") and c or ("\\%03d"):format(c:byte())
  end)
  if #text <= longest_alone then return shown end
  return shown .. paint(self, "note", ("... (%s)"):format(size(#text)))
end

--- A value as text.
---@param value any
---@param options table  width in columns; colour, a boolean
---@return string text
function show.value(value, options)
  local self = { width = options.width, colour = options.colour, inside = {} }
  if type(value) == "string" then return alone(self, value) end
  if failure.is(value) then return paint(self, "error", tostring(value)) end
  local own = (type(value) == "table" or type(value) == "userdata") and value ~= json.null and own_text(value)
  if own then return alone(self, own) end
  local text = bounded(write(self, value, 1))
  return self.colour and text or (text:gsub("\27%[0m", ""))
end

return show
