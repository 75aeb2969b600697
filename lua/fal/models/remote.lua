-- What the service itself says about models: the schema of any endpoint, unit
-- prices, and a search. Kept on a shelf with its age, so that it is asked
-- seldom and not missed when it cannot be reached. Pure: asks through the
-- given function, remembers on the given shelf, is told the time.
local failure = require "fal.core.error"
local json = require "fal.core.json"
local models = require "fal.models"
local openapi = require "fal.models.openapi"
local percent = require "fal.percent"

local remote = {}

local day <const> = 86400
local largest <const> = 4 * 1024 * 1024 -- bytes of an answer that is looked at
local most_pages <const> = 10
local longest_name <const> = 200 -- bytes

local Remote = {}
Remote.__index = Remote
Remote.__name = "fal.models.remote"

local function nonsense(message, endpoint)
  return nil, failure.new { kind = "protocol", message = message, endpoint = endpoint, retryable = false }
end

local function decode(text, endpoint)
  if #text > largest then return nonsense("the service's answer is too large", endpoint) end
  local value, message = json.decode(text)
  if value == nil then return nonsense("the service's answer is no JSON: " .. tostring(message), endpoint) end
  return value
end

-- The valid values of a field as one text.
local function values_of(schema, name)
  for _, field in ipairs(schema.input) do
    if field.name == name and field.enum then return json.encode(field.enum) end
  end
end

-- What the document has no words for stays as it is built in: the listed price,
-- and the rules between fields that have the values for which a rule was made.
local function keep(schema, built_in)
  local function is_as_it_was(name) return values_of(schema, name) == values_of(built_in, name) end
  schema.price = built_in.price
  for _, rule in ipairs(built_in.rules or {}) do
    if is_as_it_was(rule.when) and is_as_it_was(rule.field) then
      schema.rules = schema.rules or {}
      table.insert(schema.rules, rule)
    end
  end
end

-- The schema in an answer.
local function reduce(text, endpoint)
  local document, err = decode(text, endpoint)
  if document == nil then return nil, err end
  local schema, fault = openapi.reduce(document, endpoint)
  local built_in = schema and models.find(endpoint)
  if built_in then keep(schema, built_in) end
  return schema, fault
end

-- A schema that was kept: read once, then remembered, also when there is none.
local function kept(self, endpoint)
  local entry = self.schemas[endpoint]
  if entry == nil then
    local text, time = self.shelf:get("schema " .. endpoint)
    local schema = text and reduce(text, endpoint)
    entry = schema and { schema = schema, time = time } or false
    self.schemas[endpoint] = entry
  end
  if not entry then return nil end
  entry.schema.age = self.now() - entry.time
  return entry.schema
end

--- The schema of an endpoint as far as it is known here: what the service said
--- last, else what is built in. Asks nobody.
---@param endpoint string
---@return table? schema
function Remote:known(endpoint) return kept(self, endpoint) or models.find(endpoint) end

--- Lists the endpoints whose schemas are kept from an earlier answer.
---@return string[] endpoints
function Remote:kept()
  local list = {}
  for _, name in ipairs(self.shelf:names()) do list[#list + 1] = name:match "^schema (.+)$" end
  return list
end

local function nobody_knows(endpoint)
  return nil, failure.new {
    kind = "http", status = 404, message = "the service knows no model of this name", endpoint = endpoint,
    hint = models.meant(endpoint), retryable = false,
  }
end

local function ask_for_schema(self, endpoint)
  local text, err = self.fetch(("%s/api/openapi/queue/openapi.json?endpoint_id=%s")
    :format(self.site_url, percent.path(endpoint)))
  if not text then
    if err.status == 404 then return nobody_knows(endpoint) end
    err.hint = err.hint or models.meant(endpoint)
    return nil, err
  end
  if text:find "^%s*null%s*$" then return nobody_knows(endpoint) end
  local schema, fault = reduce(text, endpoint)
  if not schema then return nil, fault end
  local time = self.now()
  self.shelf:put("schema " .. endpoint, text, time)
  schema.age = 0
  self.schemas[endpoint] = { schema = schema, time = time }
  return schema
end

--- The schema of any endpoint: built in, kept not longer than a day, or asked
--- for. When the service cannot be reached, an older one has to do.
---@param endpoint string
---@param opts? table  refresh = true asks the service in any case
---@return table? schema, table? err
function Remote:schema(endpoint, opts)
  local old = self:known(endpoint)
  if opts and opts.refresh then return ask_for_schema(self, endpoint) end
  if old and (not old.age or old.age >= 0 and old.age < day) then return old end
  local schema, err = ask_for_schema(self, endpoint)
  if not schema and old then return old end
  return schema, err
end

-- Words of the service that are short enough to be shown in a line.
local function is_name(value) return type(value) == "string" and #value <= longest_name end
local function name_or_nil(value) return is_name(value) and value or nil end

-- The price of an endpoint in an answer of the pricing API.
local function price_in(answer, endpoint)
  local prices = type(answer) == "table" and answer.prices
  for _, price in ipairs(type(prices) == "table" and prices or {}) do
    if type(price) == "table" and price.endpoint_id == endpoint and is_name(price.unit) then
      return { unit_price = price.unit_price, unit = price.unit, currency = price.currency }
    end
  end
end

-- The pricing API's answer of the last day, also from another run.
local function kept_prices(self, endpoint)
  local text, time = self.shelf:get("price " .. endpoint)
  local age = text and self.now() - time
  return age and age >= 0 and age < day and decode(text) or nil
end

--- The platform's unit price of an endpoint as it was told within the last
--- day. Asks nobody.
---@param endpoint string
---@return table? price  unit_price, unit, currency
function Remote:kept_quote(endpoint) return price_in(kept_prices(self, endpoint), endpoint) end

--- The platform's unit price of an endpoint, asked for once a day.
---@param endpoint string
---@return table? price  unit_price, unit, currency; nil without err when there is none
---@return table? err
function Remote:quote(endpoint)
  local answer = kept_prices(self, endpoint)
  if answer ~= nil then return price_in(answer, endpoint) end
  local text, err = self.fetch(("%s/models/pricing?endpoint_id=%s"):format(self.api_url, percent.path(endpoint)))
  if not text then return nil, err end
  answer, err = decode(text, endpoint)
  if answer == nil then return nil, err end
  self.shelf:put("price " .. endpoint, text, self.now())
  return price_in(answer, endpoint)
end

-- The models in a page of a search, in the form of models.list.
local function entries_of(answer)
  local list = {}
  for _, model in ipairs(type(answer.models) == "table" and answer.models or {}) do
    local data = type(model) == "table" and type(model.metadata) == "table" and model.metadata or {}
    if type(model) == "table" and is_name(model.endpoint_id) then
      list[#list + 1] = {
        id = model.endpoint_id, title = name_or_nil(data.display_name) or model.endpoint_id,
        category = name_or_nil(data.category),
      }
    end
  end
  return list
end

--- Searches the service's models; built-in ones come with their price.
---@param words? string
---@return table? list  of { id, title, category, price }, sorted by id
---@return table? err
function Remote:search(words)
  local list = models.list(words)
  local seen, cursor = {}, nil
  for _, entry in ipairs(list) do seen[entry.id] = true end
  for _ = 1, most_pages do
    local url = ("%s/models?limit=100&status=active&q=%s"):format(self.api_url, percent.component(words or ""))
    if cursor then url = url .. "&cursor=" .. percent.component(cursor) end
    local text, err = self.fetch(url)
    if not text then return nil, err end
    local answer, fault = decode(text)
    if type(answer) ~= "table" then return nil, fault or select(2, nonsense "the service's answer is no list") end
    for _, entry in ipairs(entries_of(answer)) do
      if not seen[entry.id] then list[#list + 1], seen[entry.id] = entry, true end
    end
    cursor = answer.has_more == true and type(answer.next_cursor) == "string" and answer.next_cursor or nil
    if not cursor then break end
  end
  table.sort(list, function(a, b) return a.id < b.id end)
  return list
end

--- Makes a way to ask the service.
---@param options table  fetch = function(url) -> text or nil, err; shelf; now = function() -> seconds;
---  site_url, api_url
---@return table remote
function remote.new(options)
  return setmetatable({
    fetch = options.fetch, shelf = options.shelf, now = options.now, site_url = options.site_url,
    api_url = options.api_url, schemas = {},
  }, Remote)
end

return remote
