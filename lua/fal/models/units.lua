-- How many units of a price an input takes: seconds, clips, images, calls,
-- characters. Counts are in billionths (as fal.money has it), because half a
-- unit can be billed. A unit that the input does not settle is not counted.
-- Knows no prices. Pure.
local json = require "fal.core.json"
local money = require "fal.money"

local units = {}

local one <const> = money.dollar -- one unit, in billionths

local defaults = setmetatable({}, { __mode = "k" }) -- schema -> the defaults of its fields by name

local function default_of(schema, name)
  local known = defaults[schema]
  if not known then
    known = {}
    for _, field in ipairs(schema.input) do known[field.name] = field.default end
    defaults[schema] = known
  end
  return known[name]
end

--- The value of a field as the service will see it: as given, or its default.
---@param schema table
---@param input table
---@param name string
---@return any value
function units.value(schema, input, name)
  local value = input[name]
  if value == nil or value == json.null then return default_of(schema, name) end
  return value
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
  if type(value) == "string" then value = tonumber(value:match "^(.+)s$" or value) end
  if type(value) ~= "number" then return nil end
  local count = math.type(value) == "integer" and money.times(one, value) or money.from_number(value)
  return count and count > 0 and count or nil
end

-- One, where the result has a single file of this kind.
local function single(schema, media)
  for _, field in ipairs(schema.output or {}) do
    if field.media == media and field.type ~= "list" then return one end
  end
end

local function images_of(schema, input)
  local count = value_of(schema, input, "num_images")
  if count == nil then return single(schema, "image") end
  return math.type(count) == "integer" and count > 0 and money.times(one, count) or nil
end

local function characters_of(schema, input)
  local text = value_of(schema, input, "text")
  return type(text) == "string" and (utf8.len(text) or #text) or nil
end

-- How counts are written: each takes the least, the most and the size.
local function nouns(noun) return function(least, most) return with_noun(least, most, noun) end end
local function always(text) return function() return text end end
local function as_seconds(count) return text_of(count) .. " s" end
local function as_clips(least, most, size) return ("%s of %d s"):format(with_noun(least, most, "clip"), size) end
local function as_thousands(count) return text_of(count * 1000) .. "/1000" end

-- Each returns the least and the most units.
local counts, writers = {}, {
  call = always "1", second = as_seconds, clip = as_clips, image = nouns "image", video = nouns "video",
  request = nouns "request", generation = nouns "request", character = nouns "character",
  ["1000 character"] = as_thousands,
}

local function one_unit() return one, one end
counts.call, counts.request, counts.generation = one_unit, one_unit, one_unit

function counts.video(schema)
  local count = single(schema, "video")
  return count, count
end

function counts.second(schema, input)
  local seconds = seconds_of(schema, input)
  return seconds, seconds
end

-- Clips of `size` seconds. A begun clip may be billed by its part, or whole.
function counts.clip(schema, input, size)
  local seconds = seconds_of(schema, input)
  if not seconds then return nil end
  local whole = -(-seconds // (size * one)) * one
  return seconds % (size * one) == 0 and whole or seconds // size, whole
end

function counts.image(schema, input)
  local count = images_of(schema, input)
  return count, count
end

function counts.character(schema, input)
  local count = characters_of(schema, input)
  if count then return count * one, count * one end
end

counts["1000 character"] = function(schema, input)
  local count = characters_of(schema, input)
  if count then return count * (one // 1000), count * (one // 1000) end
end

local function singular(unit) return counts[unit] and unit or (unit:lower():gsub("s$", "")) end

--- Counts the units of a price that an input takes.
---@param unit string  as the page or the platform names it: "second", "images", ...
---@param schema table
---@param input table
---@param size? integer  seconds of a clip
---@return integer? least, integer? most  nil when the input does not say
function units.count(unit, schema, input, size)
  local counter = counts[singular(unit)]
  if counter then return counter(schema, input, size) end
end

--- Such a count as text: "8 s", "1 to 2 clips of 5 s".
---@param unit string
---@param least integer
---@param most integer
---@param size? integer
---@return string text
function units.write(unit, least, most, size) return writers[singular(unit)](least, most, size) end

return units
