-- What a model of the catalogue answers: an output of the documented shape,
-- with files that the sandbox serves and that are what was asked for.
local json = require "fal.core.json"

local files = require "fal.sandbox.files"
local media = require "fal.sandbox.media"
local prose = require "fal.sandbox.prose"

local shape = {}

-- A file of the output: { url, content_type, file_name, file_size, ... }.
local function file_value(field, schema, input, job)
  local name = media.choose(field.media or "image", schema, input)
  local item = media.find(name)
  local file_name = "output." .. item.suffix
  local value = {
    content_type = item.type, file_name = file_name, file_size = #item.data,
  }
  if field.type == "Image" then value.width, value.height = item.width, item.height end
  if input.sync_mode == true and item.kind == "image" then
    value.url = media.data_uri(item)
  else
    value.url = files.publish(job.sandbox, item.data, file_name, item.type, job.lifecycle)
  end
  return value
end

local function seed_of(input, job)
  local seed = input.seed
  if type(seed) == "number" and seed >= 0 then return seed end
  return job.sandbox.chance:below(1 << 31)
end

local plain = { boolean = false, integer = 0, number = 0.0, string = "" }

local value_of

local function list_of(field, schema, input, job)
  local list = json.array {}
  for i = 1, math.tointeger(input.num_images) or 1 do list[i] = value_of(field.items, schema, input, job) end
  return list
end

local function object_of(fields, schema, input, job)
  local object = {}
  for _, field in ipairs(fields) do object[field.name] = value_of(field, schema, input, job) end
  return object
end

-- Fields that are more than their type.
local by_name = {
  seed = function(_, input, job) return seed_of(input, job) end,
  prompt = function(schema, input)
    return schema.category == "llm" and prose.write(input) or input.prompt or ""
  end,
  duration_ms = function(schema, input)
    return math.floor(1000 * media.find(media.choose("audio", schema, input)).seconds)
  end,
}

function value_of(field, schema, input, job)
  local special = by_name[field.name]
  if special then return special(schema, input, job) end
  if field.type == "list" then return list_of(field, schema, input, job) end
  if field.type == "object" then return object_of(field.fields, schema, input, job) end
  if field.type == "string" and field.name:find "_id$" then return job.sandbox.chance:id(16) end
  if plain[field.type] ~= nil then return plain[field.type] end
  return file_value(field, schema, input, job)
end

-- What is billed, in the unit of the model's price.
local function units_of(schema, input)
  local free_with = schema.price and schema.price.free_with
  if free_with and input[free_with] then return 0 end
  local unit = schema.price and schema.price.unit
  local seconds = tonumber((tostring(input.duration or ""):match "^[%d.]+"))
  if unit == "second" and seconds then return seconds end
  return math.tointeger(input.num_images) or 1
end

--- Makes an output.
---@param schema table  of the endpoint
---@param input table  valid, with the defaults filled in
---@param job table
---@return table output, number units
function shape.output(schema, input, job)
  return object_of(schema.output, schema, input, job), units_of(schema, input)
end

return shape
