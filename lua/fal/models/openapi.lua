-- From the OpenAPI document of an endpoint to the schema form of the
-- catalogue: finds what the endpoint takes and gives. The document comes from
-- outside and may be anything; what cannot be used ends in an error. Pure: the
-- decoded document is given.
local failure = require "fal.core.error"
local json = require "fal.core.json"
local jsonschema = require "fal.models.jsonschema"

local openapi = {}

local clip, get, refuse = jsonschema.clip, jsonschema.get, jsonschema.refuse

local input_at <const> = { "requestBody", "content", "application/json", "schema" }
local output_at <const> = { "responses", "200", "content", "application/json", "schema" }

local function schema_at(keys, operation)
  local node = operation
  for _, key in ipairs(keys) do node = node and get(node, key, "table", "operation") end
  return node
end

-- The schemas of the POST that submits, and of the GET that brings the result.
local function operations(paths)
  local input, output
  for path, item in pairs(paths) do
    if type(path) ~= "string" or type(item) ~= "table" then refuse("paths", "holds no operations") end
    local post, fetch = get(item, "post", "table", path), get(item, "get", "table", path)
    if post and not path:find "/requests/" then input = schema_at(input_at, post) or input end
    if fetch and path:find "/requests/{request_id}$" then output = schema_at(output_at, fetch) or output end
  end
  return input, output
end

local function read(document, endpoint)
  if type(document) ~= "table" then refuse("document", "is no OpenAPI document") end
  local components = get(document, "components", "table", "document") or {}
  local reader = jsonschema.reader(get(components, "schemas", "table", "components") or {})
  local input, output = operations(get(document, "paths", "table", "document") or {})
  if not input then refuse("paths", "has no operation that takes an input") end
  local info = get(document, "info", "table", "document") or {}
  local metadata = get(info, "x-fal-metadata", "table", "info") or {}
  local node, open = reader:resolve(input, "input", {})
  local schema = {
    id = endpoint, source = "openapi", category = clip(get(metadata, "category", "string", "info")),
    title = clip(get(info, "title", "string", "info")) or endpoint, type = clip(get(node, "title", "string", "input")),
  }
  schema.input, schema.open = reader:fields(node, "input", 1, open)
  reader.output = true
  if output then
    node, open = reader:resolve(output, "output", {})
    schema.output = reader:fields(node, "output", 1, open)
  end
  -- Lists also where they are empty, for whoever writes them as JSON.
  schema.input, schema.output = json.array(schema.input), json.array(schema.output or {})
  schema.title = schema.title:gsub("^Queue OpenAPI for ", "")
  return schema
end

--- Reduces a decoded OpenAPI document to a schema.
---@param document any
---@param endpoint string  the id it was asked for
---@return table? schema, table? err
function openapi.reduce(document, endpoint)
  local ok, found = pcall(read, document, endpoint)
  if ok then return found end
  local message = type(found) == "table" and found.refused or tostring(found)
  return nil, failure.new {
    kind = "protocol", message = "the model's OpenAPI document cannot be used: " .. message, endpoint = endpoint,
    retryable = false,
  }
end

return openapi
