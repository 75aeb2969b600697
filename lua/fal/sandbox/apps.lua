-- Which application answers for an endpoint: a function that was given to the
-- sandbox, a model of the catalogue, or, for any other id, an echo.
--
-- An application is { fn = function } or { answer = function(job) -> outcome },
-- or { missing = "application" | "path" }.
local json = require "fal.core.json"
local models = require "fal.models"

local address = require "fal.sandbox.address"
local outcome = require "fal.sandbox.outcome"
local shape = require "fal.sandbox.shape"

local apps = {}

local function echo(job)
  local input, why = json.decode(job.input)
  if input == nil then return outcome.invalid { outcome.not_json(why) } end
  return outcome.done(job.input, 1)
end

-- What the service says about a field at fault; the rest of an entry is for
-- people at the keyboard.
local function as_sent(fault)
  return { loc = json.array(fault.loc), msg = fault.msg, type = fault.type, ctx = fault.ctx }
end

-- The service takes no notice of fields it does not know.
local function real_faults(err)
  local faults = {}
  for _, fault in ipairs(err.detail or {}) do
    if fault.type ~= "extra_forbidden" then faults[#faults + 1] = as_sent(fault) end
  end
  return faults
end

-- The client converts what it may convert; here it has to be right already.
local function unconverted(schema, input, ready)
  local faults = {}
  for _, field in ipairs(schema.input) do
    local sent, wanted = input[field.name], ready[field.name]
    if field.enum and sent ~= nil and type(sent) ~= type(wanted) then
      faults[#faults + 1] = {
        loc = json.array { "body", field.name }, msg = "Input should be one of the permitted values",
        type = "one_of", ctx = { expected = field.enum },
      }
    end
  end
  return faults
end

local function faults_of(schema, input)
  local ready, err = models.validate(schema, input)
  if ready then return unconverted(schema, input, ready) end
  return real_faults(err)
end

local function known(schema)
  return function(job)
    local input, why = json.decode(job.input)
    if input == nil then return outcome.invalid { outcome.not_json(why) } end
    if type(input) ~= "table" then
      return outcome.invalid { { loc = json.array { "body" }, msg = "Input should be an object", type = "dict_type" } }
    end
    local faults = faults_of(schema, input)
    if faults[1] then return outcome.invalid(faults) end
    local output, units = shape.output(schema, models.defaults(schema, input), job)
    return outcome.done(assert(json.encode(output)), units)
  end
end

local function find(sandbox, id)
  local fn = sandbox.endpoints[id]
  if fn then return { fn = fn } end
  local _, app, rest = address.endpoint(id)
  if fn == false or sandbox.endpoints[app] == false then return { missing = "application" } end
  if sandbox.own[app] then return { missing = "path", path = rest } end
  local schema = models.find(id)
  if schema then return { answer = known(schema), schema = schema } end
  return { answer = echo }
end

--- Finds the application of an endpoint.
---@param sandbox table
---@param id string
---@return table app
function apps.find(sandbox, id)
  local app = sandbox.apps[id]
  if not app then
    app = find(sandbox, id)
    sandbox.apps[id] = app
  end
  return app
end

return apps
