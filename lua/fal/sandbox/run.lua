-- The synchronous side: one call that is answered when the work is done, and
-- /stream, which is answered with events. There is no queue here; whoever hangs
-- up has cancelled.
local json = require "fal.core.json"
local reactor = require "fal.core.reactor"
local task = require "fal.task"

local access = require "fal.sandbox.access"
local address = require "fal.sandbox.address"
local apps = require "fal.sandbox.apps"
local events = require "fal.sandbox.events"
local exchange = require "fal.sandbox.exchange"
local faults = require "fal.sandbox.faults"
local files = require "fal.sandbox.files"
local jobs = require "fal.sandbox.job"
local outcome = require "fal.sandbox.outcome"
local reply = require "fal.sandbox.reply"
local worker = require "fal.sandbox.worker"

local run = {}

-- GET brings its input in the query.
local function input_of(x)
  if x.method == "GET" then return assert(json.encode(address.query(x.query))) end
  local body = exchange.body(x)
  return body == "" and "{}" or body
end

local function new_job(x, app)
  local sandbox = x.sandbox
  x.id = sandbox.chance:uuid()
  local job = jobs.new(sandbox, {
    id = x.id, endpoint = x.endpoint, input = input_of(x), turns = sandbox.direct_turns, answer = app.answer,
    headers = x.headers, lifecycle = files.lifecycle(x.headers),
  })
  if x.call == "stream" then
    job.send = function(event) events.send(x, assert(json.encode(event))) end
  end
  if x.lives then faults.afflict(x, job) end
  if app.fn and not job.outcome then worker.start(job, app.fn) end
  return job
end

-- Waits for the end of the job, or of the connection.
local function wait_for_end(x, job)
  local watch = x.sandbox:spawn(function()
    reactor.wait(x.request)
    job:cancel()
  end)
  local made = job:wait()
  watch:cancel()
  return made
end

local function call(x, job)
  if job:state(x.sandbox.clock.now()) == "COMPLETED" then return reply.outcome(x, job:settle()) end
  exchange.later(x, function() reply.outcome(x, wait_for_end(x, job)) end)
end

-- An echo streams how far it is, then what it echoes.
local function pretend(x, job)
  for part = 1, 3 do
    events.send(x, assert(json.encode { partial = true, progress = part / 3 }))
    task.sleep(job.turns[#job.turns] / 3)
    if not events.alive(x) then return end
  end
end

local function stream(x, job, app)
  if not app.fn and job:settle().status == 200 then pretend(x, job) end
  local made = wait_for_end(x, job)
  if made.status ~= 200 and not x.answered then return reply.outcome(x, made) end
  if made.status == 200 then events.send(x, made.body) end
  events.finish(x)
end

local function serve(x, path)
  if x.method ~= "POST" and x.method ~= "GET" then return reply.wrong_method(x, "GET, POST") end
  if not access.by_key_or_token(x) then return end
  local app = apps.find(x.sandbox, x.sandbox.endpoints[path] and path or x.endpoint)
  if app.missing == "application" then return reply.no_application(x) end
  if app.missing then return reply.outcome(x, outcome.no_path(app.path)) end
  if app.schema and x.call == "stream" then return reply.outcome(x, outcome.no_path "stream") end
  exchange.accept(x)
  local job = new_job(x, app)
  if x.call == "run" then return call(x, job) end
  exchange.later(x, stream, x, job, app)
end

--- Finds out what is asked of the synchronous side.
---@param x table  the exchange
---@param rest string  the path behind /run
---@return function handler, string? path  the endpoint with what was appended
function run.plan(x, rest)
  local path = address.endpoint(rest)
  if not path then return reply.not_found end
  local streamed = address.endpoint(path:match "^(.+)/stream$" or "")
  x.call, x.endpoint = streamed and "stream" or "run", streamed or path
  return serve, path
end

return run
