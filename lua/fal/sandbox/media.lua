-- The small files that stand in for what models make: which one fits an input,
-- and its bytes. The files themselves are in fal.sandbox.data.media.
local digest = require "fal.core.digest"

local media = {}

local suffixes <const> = {
  ["video/mp4"] = "mp4", ["image/jpeg"] = "jpeg", ["image/png"] = "png",
  ["audio/mpeg"] = "mp3", ["audio/wav"] = "wav", ["audio/flac"] = "flac",
}

local ratios <const> = { "16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21", "3:2", "2:3", "5:4", "4:5" }

local image_sizes <const> = {
  square = "1:1", square_hd = "1:1", portrait_4_3 = "3:4", portrait_16_9 = "9:16",
  landscape_4_3 = "4:3", landscape_16_9 = "16:9",
}

-- Models that always make sound, by a part of their id.
local with_sound <const> = { "sora-2", "lipsync", "sound-effects" }

local ready = {}  -- name -> the file, decoded

local function number_of(ratio)
  local width, height = ratio:match "^(%d+%.?%d*):(%d+%.?%d*)$"
  if not width or tonumber(height) == 0 then return nil end
  return width / height
end

local function nearest(wanted)
  local best, distance
  for _, ratio in ipairs(ratios) do
    local off = math.abs(math.log(number_of(ratio) / wanted))
    if not best or off < distance then best, distance = ratio, off end
  end
  return best
end

local function shape_of(input, otherwise)
  local size = input.image_size
  if type(size) == "table" and tonumber(size.width) and tonumber(size.height) then
    return nearest(size.width / size.height)
  end
  if image_sizes[size] then return image_sizes[size] end
  local wanted = type(input.aspect_ratio) == "string" and number_of(input.aspect_ratio)
  return wanted and wanted > 0 and nearest(wanted) or otherwise
end

local function has_sound(schema, input)
  if input.generate_audio ~= nil then return input.generate_audio == true end
  for _, part in ipairs(with_sound) do
    if (schema.id or ""):find(part, 1, true) then return true end
  end
  return false
end

local choices = {
  video = function(schema, input)
    return "video " .. shape_of(input, "16:9") .. (has_sound(schema, input) and " sound" or "")
  end,
  image = function(_, input)
    return ("image %s %s"):format(shape_of(input, "1:1"), input.output_format == "png" and "png" or "jpeg")
  end,
  audio = function(_, input)
    local setting = type(input.audio_setting) == "table" and input.audio_setting.format
    return "audio " .. (({ pcm = "wav", wav = "wav", flac = "flac" })[setting] or "mp3")
  end,
}

--- Names the file that fits.
---@param kind string  video, image or audio
---@param schema table  of the endpoint
---@param input table
---@return string name
function media.choose(kind, schema, input) return (choices[kind] or choices.image)(schema, input) end

--- A file by its name.
---@param name string
---@return table item  { kind, type, suffix, data, width, height, seconds }
function media.find(name)
  local item = ready[name]
  if item then return item end
  local raw = require("fal.sandbox.data.media")[name]
  item = {
    kind = name:match "^%a+", type = raw.type, suffix = suffixes[raw.type],
    data = digest.unbase64((raw.bytes:gsub("%s", ""))),
    width = raw.width, height = raw.height, seconds = raw.seconds,
  }
  ready[name] = item
  return item
end

--- A file as a data URI.
---@param item table
---@return string
function media.data_uri(item) return ("data:%s;base64,%s"):format(item.type, digest.base64(item.data)) end

return media
