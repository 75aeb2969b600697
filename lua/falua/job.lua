-- A request from the words of a command line to its output: read, checked,
-- priced, sent, followed. Whatever ends it early, nobody loses the request:
-- its id and the command that picks it up again are said.
local fal = require "fal"
local harmless = require("falua.output").harmless
local inputs = require "falua.inputs"
local notes = require "falua.notes"
local price = require "falua.price"
local progress = require "falua.progress"
local shared = require "falua.shared"
local sys = require "fal.core.sys"
local task = require "fal.task"

local job = {}

-- What may have become of it is known by these errors themselves.
local told <const> = { model = true, cancelled = true, validation = true, pending = true }

-- Says where the request is when an error (Ctrl-C is one) ends the block.
local function guard(state)
  return task.closing(function(err)
    if err == nil then return end
    if state.request then
      notes.say(("\nrequest %s goes on at the service; pick it up with\n  %s")
        :format(state.request.id, shared.again(state.request)))
    elseif state.sending then
      notes.say "\nit may have been accepted: look at https://fal.ai/dashboard before you send it again"
    end
  end)
end

--- Reads an input and settles its price.
---@param values table  the command's: endpoint, input, unchecked, ...
---@return table|nil input
---@return table|string|nil err
function job.input(values)
  local endpoint = values.endpoint
  local schema, hint = inputs.schema(endpoint)
  local input, err = inputs.of(values.input, schema)
  if not input then return nil, err end
  if not values.unchecked then
    local checked, detail = fal.validate(endpoint, input)
    if not checked then return nil, detail end
    if detail then notes.say(("note: %s%s"):format(detail, hint and "; " .. hint or "")) end
  end
  local agreed
  agreed, err = price.settle(endpoint, input, values)
  if not agreed then return nil, err end
  local options = values.unchecked and { validate = false } or nil
  local _ <close> = notes.progress(function() return "preparing the input" end)
  return fal.prepare(endpoint, input, options)
end

-- What the progress line says.
local function teller(state)
  local began = sys.monotonic()
  return function()
    return ("%s: %s, %.0f s"):format(state.endpoint, progress.words(state.status or {}), sys.monotonic() - began)
  end
end

local function show_logs(status)
  for _, line in ipairs(status.logs or {}) do notes.say(harmless(tostring(line.message))) end
end

-- A wait that fails may leave the request where it was.
local function remind(request, err)
  if told[err.kind] or err.limit == "total" then return end
  notes.say(("request %s may go on at the service; pick it up with\n  %s"):format(request.id, shared.again(request)))
end

local function follow(state, values)
  local _ <close> = notes.progress(teller(state))
  return state.request:wait {
    timeout = values.timeout, logs = values.logs,
    on_update = function(status)
      state.status = status
      show_logs(status)
    end,
  }
end

--- Waits for a request.
---@param request table
---@param values table  the command's: timeout, logs
---@return any output
---@return table|nil err
function job.wait(request, values)
  local state = { endpoint = request.endpoint, request = request }
  local _ <close> = guard(state)
  local output, err = follow(state, values)
  if output == nil then remind(request, err) end
  return output, output == nil and err or nil
end

--- Sends an input that job.input has made.
---@param values table  the command's: endpoint, webhook
---@param input table
---@return table|nil request
---@return table|nil err
function job.submit(values, input)
  local _ <close> = guard { sending = true }
  return fal.submit(values.endpoint, input, { validate = false, webhook_url = values.webhook })
end

--- Calls the model in one exchange, without the queue.
---@param values table  the command's: endpoint, timeout
---@param input table
---@return any output
---@return table|nil err
function job.call(values, input)
  local state = { endpoint = values.endpoint, sending = true }
  local _ <close> = guard(state)
  local _ <close> = notes.progress(teller(state))
  if values.timeout then fal.config { exchange_timeout = values.timeout } end
  local output, err = fal.run(values.endpoint, input, { validate = false })
  return output, output == nil and err or nil
end

return job
