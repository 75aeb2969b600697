-- From a schema of the catalogue to the OpenAPI document in which the service
-- describes the endpoint. What the document cannot say (rules between fields,
-- values of older pages) is left out, as the service leaves it out. Pure.
local json = require "fal.core.json"

local description = {}

local limits <const> = {
  min = "minimum", max = "maximum", multiple_of = "multipleOf", max_length = "maxLength", min_length = "minLength",
  max_items = "maxItems", min_items = "minItems",
}

local file_fields <const> = {
  { name = "url", type = "string", required = true, description = "The URL where the file can be downloaded from." },
  { name = "content_type", type = "string", description = "The mime type of the file." },
  { name = "file_name", type = "string", description = "The name of the file." },
  { name = "file_size", type = "integer", description = "The size of the file in bytes." },
}

-- prompt_optimizer -> Prompt Optimizer
local function title_of(name)
  return (name:gsub("_", " "):gsub("%f[%a]%a", string.upper))
end

local object_of

-- A reference to an object among the schemas of the document.
local function reference(name, fields, schemas)
  if not schemas[name] then
    schemas[name] = true -- a place holder, should it contain itself
    schemas[name] = object_of(name, fields, schemas)
  end
  return { ["$ref"] = "#/components/schemas/" .. name }
end

local function property_of(field, schemas)
  if field.type == "object" then return reference(field.of, field.fields, schemas) end
  if field.type == "list" then return { type = "array", items = property_of(field.items, schemas) } end
  if field.type == "string" or field.type == "integer" or field.type == "number" or field.type == "boolean" then
    return { type = field.type, enum = field.enum }
  end
  return reference(field.type, file_fields, schemas)
end

function object_of(name, fields, schemas)
  local object = {
    title = name, type = "object", properties = {}, required = json.array {},
    ["x-fal-order-properties"] = json.array {},
  }
  for i, field in ipairs(fields) do
    local property = property_of(field, schemas)
    property.title, property.description = title_of(field.name), field.description
    property.default = field.default
    for ours, theirs in pairs(limits) do property[theirs] = field[ours] end
    object.properties[field.name] = property
    object["x-fal-order-properties"][i] = field.name
    if field.required then table.insert(object.required, field.name) end
  end
  return object
end

local function answer(schema)
  return { ["200"] = { description = "", content = { ["application/json"] = { schema = schema } } } }
end

-- The paths as the service writes them: with the full id also in the paths of
-- requests, and with a cancel that nobody answers so.
local function paths_of(id, input, output)
  local status = { ["$ref"] = "#/components/schemas/QueueStatus" }
  local there = ("/%s/requests/{request_id}"):format(id)
  local body = { required = true, content = { ["application/json"] = { schema = input } } }
  local cancelled = { type = "object", properties = { success = { type = "boolean" } } }
  return {
    ["/" .. id] = { post = { requestBody = body, responses = answer(status) } },
    [there] = { get = { responses = answer(output) } },
    [there .. "/status"] = { get = { responses = answer(status) } },
    [there .. "/cancel"] = { put = { responses = answer(cancelled) } },
  }
end

-- fal-ai/veo3/fast -> Veo3Fast
local function name_of(id)
  local name = ""
  for part in id:gsub("^[^/]+/", ""):gmatch "%w+" do name = name .. part:sub(1, 1):upper() .. part:sub(2) end
  return name
end

local function queue_status()
  return {
    title = "QueueStatus", type = "object", required = json.array { "status", "request_id" },
    properties = {
      status = { type = "string", enum = json.array { "IN_QUEUE", "IN_PROGRESS", "COMPLETED" } },
      request_id = { type = "string" }, response_url = { type = "string" }, status_url = { type = "string" },
      cancel_url = { type = "string" }, queue_position = { type = "integer" }, logs = { type = "object" },
      metrics = { type = "object" },
    },
  }
end

local function document(id, category, schemas)
  local name = name_of(id)
  schemas.QueueStatus = queue_status()
  return {
    openapi = "3.0.4",
    info = {
      title = "Queue OpenAPI for " .. id, version = "1.0.0",
      ["x-fal-metadata"] = {
        endpointId = id, category = category, thumbnailUrl = "", playgroundUrl = "https://fal.ai/models/" .. id,
        documentationUrl = ("https://fal.ai/models/%s/api"):format(id),
      },
    },
    servers = json.array { { url = "https://queue.fal.run" } },
    components = {
      securitySchemes = { apiKeyAuth = { type = "apiKey", ["in"] = "header", name = "Authorization" } },
      schemas = schemas,
    },
    security = json.array { { apiKeyAuth = json.array {} } },
    paths = paths_of(id, { ["$ref"] = ("#/components/schemas/%sInput"):format(name) },
      { ["$ref"] = ("#/components/schemas/%sOutput"):format(name) }),
  }
end

--- Describes an endpoint of the catalogue.
---@param schema table
---@return table document
function description.of(schema)
  local schemas, name = {}, name_of(schema.id)
  reference(name .. "Input", schema.input, schemas)
  reference(name .. "Output", schema.output, schemas)
  return document(schema.id, schema.category, schemas)
end

--- Describes an endpoint that takes and gives anything.
---@param id string
---@param category string
---@return table document
function description.of_anything(id, category)
  local name = name_of(id)
  local function anything(title)
    return { title = title, type = "object", properties = {}, additionalProperties = true }
  end
  return document(id, category, { [name .. "Input"] = anything(name .. "Input"),
    [name .. "Output"] = anything(name .. "Output") })
end

return description
