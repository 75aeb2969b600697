-- What the service tells about its models and requests: the OpenAPI document
-- of an endpoint on the site, and of the platform API the search for models,
-- their unit prices and the list of requests. It tells of the catalogue, of
-- the functions that were given to the sandbox, and what sandbox:describe said.
local index = require "fal.models.index"
local json = require "fal.core.json"
local timestamp = require "fal.timestamp"
local units = require "fal.models.units"

local access = require "fal.sandbox.access"
local address = require "fal.sandbox.address"
local apps = require "fal.sandbox.apps"
local description = require "fal.sandbox.description"
local reply = require "fal.sandbox.reply"

local platform = {}

local day <const> = 86400
local most_ids <const> = 50 -- that may be asked for at once

-- What is known of an endpoint: { id, title, category, schema, openapi, price },
-- or nil when nobody answers for it, or only the echo.
local function find(sandbox, id)
  local said = sandbox.said[id] or {}
  local app = apps.find(sandbox, id)
  if not said.openapi and not app.schema and not app.fn then return nil end
  local schema = app.schema or {}
  return {
    id = id, title = said.title or schema.title or id, category = said.category or schema.category or "other",
    schema = app.schema, openapi = said.openapi, price = said.price,
  }
end

-- All endpoints, sorted by id.
local function all(sandbox)
  local ids, list = {}, {}
  for _, id in ipairs(index.ids) do ids[id] = true end
  for id in pairs(sandbox.endpoints) do ids[id] = true end
  for id in pairs(sandbox.said) do ids[id] = true end
  for id in pairs(ids) do list[#list + 1] = find(sandbox, id) end
  table.sort(list, function(a, b) return a.id < b.id end)
  return list
end

-- Answers ------------------------------------------------------------------

local function refuse(x, status, kind, message)
  reply.json(x, status, { error = {
    type = kind, message = message, docs_url = "https://docs.fal.ai", request_id = x.sandbox.chance:uuid(),
  } })
  return false
end

local function with_key(handler)
  return function(x)
    if access.is_open(x) then return handler(x) end
    refuse(x, 401, "authorization_error", "Authentication is required")
  end
end

-- Answers with one page of a list, in the service's form; `entry_of` makes what
-- is shown of those that are on it. A page holds as many as are asked for, at
-- most `most`, or `usual`.
local function page(x, name, list, entry_of, usual, most)
  local fields = address.query(x.query)
  local limit = fields.limit and math.tointeger(tonumber(fields.limit)) or not fields.limit and usual
  local first = not fields.cursor and 1 or math.tointeger(tonumber(fields.cursor:match "^at%-(%d+)$"))
  if not limit or limit < 1 or limit > most then
    return refuse(x, 400, "validation_error", ("limit must be from 1 to %d"):format(most))
  elseif not first then
    return refuse(x, 400, "validation_error", "cursor is not one of ours")
  end
  local more, shown = #list >= first + limit, json.array {}
  for i = first, math.min(#list, first + limit - 1) do shown[#shown + 1] = entry_of(list[i]) end
  reply.json(x, 200, {
    [name] = shown, next_cursor = more and ("at-%d"):format(first + limit) or json.null, has_more = more,
  })
end

-- The endpoints that are asked for by id: repeated, or with commas between.
-- nil when there are none; false after a refusal.
local function chosen(x)
  local list = {}
  for _, value in ipairs(address.values(x.query, "endpoint_id")) do
    for id in value:gmatch "[^,]+" do
      local found = find(x.sandbox, id)
      if not found then return refuse(x, 404, "not_found", ("Endpoint not found: %s"):format(id)) end
      list[#list + 1] = found
    end
  end
  if #list > most_ids then return refuse(x, 400, "validation_error", "too many endpoint ids") end
  return #list > 0 and list or nil
end

-- The description of an endpoint -------------------------------------------

local function document_of(found)
  if type(found.openapi) == "string" then return found.openapi end
  return assert(json.encode(found.openapi or found.schema and description.of(found.schema)
    or description.of_anything(found.id, found.category)))
end

--- GET /api/openapi/queue/openapi.json on the site.
---@param x table  the exchange
function platform.openapi(x)
  local found = find(x.sandbox, address.query(x.query).endpoint_id or "")
  if not found then return reply.raw(x, 404, "null") end
  reply.raw(x, 200, document_of(found))
end

-- Models and prices --------------------------------------------------------

local function fits(found, fields)
  if fields.category and fields.category ~= found.category or fields.status == "deprecated" then return false end
  local text = ("%s %s %s"):format(found.id, found.title, found.category):lower()
  for word in (fields.q or ""):lower():gmatch "%S+" do
    if not text:find(word, 1, true) then return false end
  end
  return true
end

local function model_of(found, with_document)
  local document = with_document and json.decode(document_of(found))
  return {
    endpoint_id = found.id,
    metadata = {
      display_name = found.title, category = found.category, description = "", status = "active",
      tags = json.array {}, updated_at = "2025-11-20T00:00:00Z", is_favorited = json.null, thumbnail_url = "",
      model_url = "https://fal.run/" .. found.id, date = "2025-11-20T00:00:00Z", highlighted = false, pinned = false,
    },
    openapi = document or with_document and { error = { code = "expansion_failed", message = "" } } or nil,
  }
end

--- GET /v1/models
---@param x table  the exchange
function platform.models(x)
  local fields, list = address.query(x.query), {}
  local among = chosen(x)
  if among == false then return end
  local with_document = false
  for _, word in ipairs(address.values(x.query, "expand")) do
    with_document = with_document or word:find("openapi-3.0", 1, true) ~= nil
  end
  for _, found in ipairs(among or all(x.sandbox)) do
    if fits(found, fields) then list[#list + 1] = found end
  end
  page(x, "models", list, function(found) return model_of(found, with_document) end, 50, 100)
end

-- A listed price as the platform has it: one rate, that of the default input.
local function listed(schema)
  local price = schema and schema.price
  if not price or not price.unit then return nil end
  local rate = price.rate or price.rates[units.value(schema, {}, price.by)]
  for _, other in pairs(not rate and price.rates or {}) do
    if not rate or tonumber(other) < tonumber(rate) then rate = other end
  end
  return { unit_price = tonumber(rate), unit = price.unit == "clip" and "video" or price.unit }
end

local function price_of(found)
  local price = found.price or listed(found.schema)
  return price and {
    endpoint_id = found.id, unit_price = price.unit_price, unit = price.unit, currency = price.currency or "USD",
  }
end

--- GET /v1/models/pricing
platform.pricing = with_key(function(x)
  local among = chosen(x)
  if among == false then return end
  if not among then return refuse(x, 400, "validation_error", "endpoint_id is required") end
  local list = {}
  for _, found in ipairs(among) do list[#list + 1] = price_of(found) end
  page(x, "prices", list, function(price) return price end, most_ids, most_ids)
end)

-- Requests -----------------------------------------------------------------

local function moment_of(text)
  return timestamp.of_iso(text) or timestamp.of_iso((text or ""):gsub("^%d+%-%d+%-%d+$", "%0T00:00:00Z"))
end

-- The span of time that is asked for; nil when it makes no sense.
local function span_of(fields, now)
  local from = now - (fields.request_id and 90 * day or day)
  local upto = now + 1
  if fields.start then from = moment_of(fields.start) end
  if fields["end"] then upto = moment_of(fields["end"]) end
  if from and upto then return from, upto end
end

local function kind_of(status)
  if status < 400 then return "success" end
  return status < 500 and "user_error" or "error"
end

local function item_of(job, with_payloads)
  local clock, made = job.sandbox.clock, job:settle()
  local item = {
    request_id = job.id, endpoint_id = job.endpoint, sent_at = clock:timestamp(job.born) .. "Z",
    started_at = clock:timestamp(job.ended - job:inference_time()) .. "Z", ended_at = clock:timestamp(job.ended) .. "Z",
    status_code = made.status, duration = job:inference_time(),
  }
  if with_payloads and not job.unstored then
    item.json_input, item.json_output = json.decode(job.input), json.decode(made.body)
  end
  return item
end

local function is_wanted(job, fields, from, upto)
  local clock = job.sandbox.clock
  local sent = clock:unix(job.born)
  return job.endpoint == fields.endpoint_id and sent >= from and sent < upto
    and (not fields.request_id or fields.request_id == job.id) and job:state(clock.now()) == "COMPLETED"
    and (not fields.status or fields.status == kind_of(job:settle().status))
end

--- GET /v1/models/requests/by-endpoint: what has ended, the latest first.
platform.requests = with_key(function(x)
  local fields, sandbox, list = address.query(x.query), x.sandbox, {}
  local from, upto = span_of(fields, sandbox.clock:unix())
  if not fields.endpoint_id then return refuse(x, 400, "validation_error", "endpoint_id is required") end
  if not from then return refuse(x, 400, "validation_error", "start and end must be dates") end
  for i = sandbox.newest, sandbox.oldest, -1 do
    local job = sandbox.order[i]
    if job and is_wanted(job, fields, from, upto) then list[#list + 1] = job end
  end
  local by = fields.sort_by == "duration" and function(job) return job:inference_time() end
    or function(job) return job.ended end
  table.sort(list, function(a, b) return by(a) > by(b) end)
  page(x, "items", list, function(job) return item_of(job, fields.expand == "payloads") end, 50, 100)
end)

return platform
