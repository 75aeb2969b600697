-- Runs the functions that were given to the sandbox as endpoints, each call in
-- a task of its own, and turns what comes of them into outcomes.
local failure = require "fal.core.error"
local json = require "fal.core.json"
local misuse = require "fal.misuse"
local task = require "fal.task"

local files = require "fal.sandbox.files"
local outcome = require "fal.sandbox.outcome"

local worker = {}

-- What an endpoint's function gets as its second argument.
local Hand = { __name = "fal.sandbox.job" }
Hand.__index = Hand

--- Ends the function, and the job with an error status.
---@param status integer
---@param body any  text becomes the detail; a table is the whole body
---@param headers? table
function Hand:fail(status, body, headers) -- luacheck: no self
  error({ failed = outcome.failed(status, body, headers) }, 0)
end

--- Ends the function, and the job with one of the platform's errors.
---@param kind string  the error_type, such as runner_disconnected
function Hand:break_down(kind) -- luacheck: no self
  if not outcome.platform[kind] then misuse.raise(("unknown error type '%s'"):format(tostring(kind))) end
  error({ failed = outcome.broken(kind) }, 0)
end

--- Adds a log line.
---@param message string
---@param level? string  INFO when absent
function Hand:log(message, level) self.job:log(message, level) end

--- Sends an event to a caller that streams; nothing happens for others.
---@param event any
function Hand:send(event)
  if self.job.send then self.job.send(event) end
end

--- Puts a file where the caller can download it.
---@param data string
---@param name string
---@param content_type string
---@return table value  a file of an output
function Hand:file(data, name, content_type)
  local url = files.publish(self.job.sandbox, data, name, content_type, self.job.lifecycle)
  return { url = url, file_name = name, file_size = #data, content_type = content_type }
end

local function of_results(job, output, err)
  if output == nil and err ~= nil then return outcome.of_error(err) end
  if output == nil then output = json.null end
  local text, why = json.encode(output)
  if text then return outcome.done(text, job.hand.units or 1) end
  job:log("the output is not JSON: " .. why, "ERROR")
  return outcome.failed(500, "Internal Server Error")
end

local function with_trace(err)
  if type(err) == "table" then return err end
  return debug.traceback(tostring(err), 2)
end

local function call(job, fn)
  local input, why = json.decode(job.input)
  if input == nil then return outcome.invalid { outcome.not_json(why) } end
  local hand = setmetatable({
    job = job, id = job.id, request_id = job.id, endpoint = job.endpoint, headers = job.headers,
  }, Hand)
  job.hand = hand
  local results = table.pack(xpcall(fn, with_trace, input, hand))
  if results[1] then return of_results(job, results[2], results[3]) end
  local err = results[2]
  if type(err) == "table" and err.failed then return err.failed end
  if failure.is(err) then return outcome.of_error(err) end
  job:log(tostring(err), "ERROR")
  return outcome.failed(500, "Internal Server Error")
end

--- Puts a job into the hands of its function.
---@param job table
---@param fn function
function worker.start(job, fn)
  local sandbox = job.sandbox
  job.logged, job.working = {}, true
  job.worker = sandbox:spawn(function()
    local wait = job:start() - sandbox.clock.now()
    if wait > 0 then task.sleep(wait) end
    job:finish(call(job, fn))
  end)
end

return worker
