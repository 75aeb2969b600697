-- The models this library knows: what their endpoints take and give, whether
-- an input is right, and what it costs. The way into the rooms beside it.
-- Loads the data of a family when one of its endpoints is first asked for.
-- Knows no network: schemas of other endpoints come from fal.models.remote.
local index = require "fal.models.index"

local models = {}

local loaded = {}    -- family -> its schemas

local function family(name)
  if not loaded[name] then
    local data = require("fal.models.catalogue." .. name)
    loaded[name] = require("fal.models.schema").family(name, data)
  end
  return loaded[name]
end

--- Finds a built-in schema.
---@param endpoint string  an endpoint id; or "family#Type" for a type by name
---@return table? schema
function models.find(endpoint)
  local name = index.family_of[endpoint] or endpoint:match "^([%w_]+)#"
  return index.families[name] and family(name)[endpoint] or nil
end

--- Asks back about an endpoint that nobody knows.
---@param endpoint string
---@return string? question  nil when it is built in itself, or no built-in endpoint resembles it
function models.meant(endpoint)
  if index.family_of[endpoint] then return nil end
  local near = require("fal.nearest").of(endpoint, index.ids, 0.3)
  return near and ("did you mean %s?"):format(near) or nil
end

-- A schema is taken as it is, an endpoint is looked up.
local function schema_of(endpoint)
  if type(endpoint) == "table" then return endpoint end
  return models.find(endpoint)
end

local function matches(schema, filter)
  if type(filter) == "table" then
    if filter.category and schema.category ~= filter.category then return false end
    filter = filter.q
  end
  local text = (schema.id .. " " .. schema.title .. " " .. (schema.category or "")):lower()
  for word in (filter or ""):lower():gmatch "%S+" do
    if not text:find(word, 1, true) then return false end
  end
  return true
end

--- Lists the built-in endpoints, sorted by id.
---@param filter? string|table  words that must all occur; or { q = words, category = name }
---@return table list  of { id, title, category, price }
function models.list(filter)
  local cost = require "fal.models.cost"
  local list = {}
  for _, id in ipairs(index.ids) do
    local schema = models.find(id)
    if matches(schema, filter) then
      list[#list + 1] = { id = id, title = schema.title, category = schema.category, price = cost.summary(schema) }
    end
  end
  return list
end

--- Checks an input, and makes the exact conversions that the pages allow.
---@param endpoint string|table  an endpoint id, or a schema
---@param input table
---@return table? input  as it will be sent: the same table when nothing changes
---@return table|string|nil detail  the error; or a note about an accepted input
function models.validate(endpoint, input)
  local schema = schema_of(endpoint)
  if not schema then return input, ("%s: no schema is known, the input was not checked"):format(endpoint) end
  return require("fal.models.check").run(schema, input)
end

--- An input as it may be written down: without somebody's keys.
---@param endpoint? string
---@param input any
---@return any input  the same one where there is no secret in it
function models.without_secrets(endpoint, input)
  local schema = endpoint and models.find(endpoint)
  local shown = input
  for _, field in ipairs(schema and type(input) == "table" and schema.input or {}) do
    if field.secret and input[field.name] ~= nil then
      if shown == input then shown = require "fal.copy"(input) end
      shown[field.name] = "(secret)"
    end
  end
  return shown
end

--- Says what an input costs before it is sent.
---@param endpoint string|table  an endpoint id, or a schema
---@param input? table  fields that the price does not depend on may be missing
---@param quote? fun(endpoint: string): table?, table?  asks the platform for a unit price
---@return number? lowest, number|table highest, string? line  dollars, and the working; or nil, err
function models.cost(endpoint, input, quote)
  local schema = schema_of(endpoint)
  local cost = require "fal.models.cost"
  if schema then return cost.of(schema, input or {}, quote) end
  local lowest, highest, line = cost.of({ id = endpoint, input = {}, open = true }, input or {}, quote)
  if not lowest then highest.hint = models.meant(endpoint) or highest.hint end
  return lowest, highest, line
end

local function deep_copy(value)
  if type(value) ~= "table" then return value end
  local out = require "fal.copy"(value)
  for key, item in next, out do out[key] = deep_copy(item) end
  return out
end

local function fill(fields, input)
  local out, null = require "fal.copy"(input), require("fal.core.json").null
  for _, field in ipairs(fields) do
    local value = out[field.name]
    if value == nil or value == null then
      if field.default ~= nil then out[field.name] = deep_copy(field.default) end
    elseif field.fields and type(value) == "table" then
      out[field.name] = fill(field.fields, value)
    end
  end
  return out
end

--- An input with the defaults of the fields that are missing.
---@param endpoint string|table  an endpoint id, or a schema
---@param input table
---@return table filled  a new table
function models.defaults(endpoint, input)
  local schema = schema_of(endpoint)
  return fill(schema and schema.input or {}, input)
end

return models
