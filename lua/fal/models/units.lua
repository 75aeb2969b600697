-- How many units of a price an input takes: seconds, clips, images, calls,
-- characters. Counts are in billionths (as fal.money has it), because half a
-- unit can be billed. A unit that the input does not settle is not counted.
-- Knows no prices. Pure.
local money = require "fal.money"

local units = {}

local one <const> = money.dollar -- one unit, in billionths

--- The value of a field as the service will see it: as given, or its default.
---@param schema table
---@param input table
---@param name string
---@return any value
function units.value(schema, input, name)
  local value = input[name]
  if value ~= nil and type(value) ~= "userdata" then return value end
  for _, field in ipairs(schema.input) do
    if field.name == name then return field.default end
  end
end
local value_of = units.value

--- A count as text: "8", "1.5".
---@param count integer
---@return string text
function units.text(count)
  return (("%d.%09d"):format(count // one, count % one):gsub("%.?0+$", ""))
end
local text_of = units.text

local function with_noun(least, most, noun)
  if least == most then return ("%s %s%s"):format(text_of(most), noun, most == one and "" or "s") end
  return ("%s to %s %ss"):format(text_of(least), text_of(most), noun)
end

-- The seconds of the result, from the field "duration".
local function seconds_of(schema, input)
  local value = value_of(schema, input, "duration")
  if type(value) == "string" then value = tonumber(value:match "^(.-)s?$") end
  if type(value) ~= "number" then return nil end
  local count = math.type(value) == "integer" and money.times(one, value) or money.from_number(value)
  return count and count > 0 and count or nil
end

local function images_of(schema, input)
  local count = value_of(schema, input, "num_images")
  if math.type(count) == "integer" and count > 0 then return count * one end
  for _, field in ipairs(schema.output or {}) do
    if field.media == "image" and (field.type == "Image" or field.type == "File") then return one end
  end
end

local function characters_of(schema, input)
  local text = value_of(schema, input, "text")
  return type(text) == "string" and (utf8.len(text) or #text) or nil
end

-- Each returns the least and the most units, and a function that writes that.
local counts = {}

local function constant(text)
  local function write() return text end
  return function() return one, one, write end
end

counts.call = constant "1"

function counts.second(schema, input)
  local seconds = seconds_of(schema, input)
  if seconds then return seconds, seconds, function() return text_of(seconds) .. " s" end end
end

-- Clips of `size` seconds. A begun clip may be billed by its part, or whole.
function counts.clip(schema, input, size)
  local seconds = seconds_of(schema, input)
  if not seconds then return nil end
  local whole = -(-seconds // (size * one)) * one
  local least = seconds % (size * one) == 0 and whole or seconds // size
  return least, whole, function() return ("%s of %d s"):format(with_noun(least, whole, "clip"), size) end
end

function counts.image(schema, input)
  local count = images_of(schema, input)
  if count then return count, count, function() return with_noun(count, count, "image") end end
end

counts.video = constant "1 video"
counts.request = constant "1 request"
counts.generation = counts.request

function counts.character(schema, input)
  local count = characters_of(schema, input)
  if not count then return nil end
  count = count * one
  return count, count, function() return with_noun(count, count, "character") end
end

counts["1000 character"] = function(schema, input)
  local count = characters_of(schema, input)
  if not count then return nil end
  return count * (one // 1000), count * (one // 1000), function() return count .. "/1000" end
end

--- Counts the units of a price that an input takes.
---@param unit string  as the page or the platform names it: "second", "images", ...
---@param schema table
---@param input table
---@param size? integer  seconds of a clip
---@return integer? least, integer? most, (fun(): string)? write  nil when the input does not say
function units.count(unit, schema, input, size)
  local counter = counts[unit:lower():gsub("s$", "")]
  if counter then return counter(schema, input, size) end
end

return units
