-- The queue: submit, status, result, cancel. The paths that a busy client
-- takes thousands of times are kept short.
local access = require "fal.sandbox.access"
local address = require "fal.sandbox.address"
local apps = require "fal.sandbox.apps"
local exchange = require "fal.sandbox.exchange"
local faults = require "fal.sandbox.faults"
local feed = require "fal.sandbox.feed"
local files = require "fal.sandbox.files"
local jobs = require "fal.sandbox.job"
local outcome = require "fal.sandbox.outcome"
local reply = require "fal.sandbox.reply"
local webhook = require "fal.sandbox.webhook"
local worker = require "fal.sandbox.worker"

local queue = {}

-- Submitting ---------------------------------------------------------------

-- The start timeout that was asked for, in seconds; nil, status: it is nonsense.
local function start_timeout(headers)
  local text = headers["x-fal-request-start-timeout"] or headers["x-fal-request-timeout"]
  if not text then return nil end
  local seconds = tonumber(text)
  if not seconds or seconds <= 0 or seconds == math.huge then return nil, outcome.broken "bad_request" end
  return seconds
end

-- How many jobs wait, counted from the newest; stops above `limit`.
local function waiting(sandbox, limit)
  local now, count = sandbox.clock.now(), 0
  for i = sandbox.newest, sandbox.oldest, -1 do
    local job = sandbox.order[i]
    if job and job:state(now) == "IN_QUEUE" then count = count + 1 end
    if count > limit then break end
  end
  return count
end

local function is_full(x, fields)
  local limit = math.tointeger(tonumber(fields.fal_max_queue_length))
  return limit ~= nil and waiting(x.sandbox, limit) > limit
end

-- Results that are no longer kept make room, a few for each new job.
local function forget_old(sandbox, now)
  for _ = 1, 2 do
    local job = sandbox.order[sandbox.oldest]
    if sandbox.oldest > sandbox.newest or job and not job:is_expired(now) then return end
    if job then sandbox.jobs[job.id] = nil end
    sandbox.order[sandbox.oldest] = nil
    sandbox.oldest = sandbox.oldest + 1
  end
end

local function keep(sandbox, job)
  sandbox.jobs[job.id] = job
  sandbox.newest = sandbox.newest + 1
  sandbox.order[sandbox.newest] = job
  forget_old(sandbox, job.born)
end

local function new_job(x, app, timeout)
  local sandbox = x.sandbox
  local id = sandbox.chance:uuid()
  local _, name = address.endpoint(x.endpoint)
  local job = jobs.new(sandbox, {
    id = id, endpoint = x.endpoint, app = name, url = sandbox.queue_url .. name .. "/requests/" .. id,
    input = exchange.body(x), turns = sandbox.turns, answer = app.answer, headers = app.fn and x.headers,
    lifecycle = files.lifecycle(x.headers), unstored = x.headers["x-fal-store-io"] == "0",
  })
  if job.input == "" then job.input = "{}" end
  if timeout and timeout < job.turns[1] then
    job.turns, job.outcome = { timeout }, outcome.start_timeout()
  end
  return job
end

local function submit(x)
  if x.method ~= "POST" then return reply.wrong_method(x, "POST") end
  if not access.by_key(x, true) then return end
  local sandbox = x.sandbox
  local app = apps.find(sandbox, x.endpoint)
  if app.missing == "application" then return reply.no_application(x) end
  local timeout, refused = start_timeout(x.headers)
  if refused then return reply.outcome(x, refused) end
  local fields = x.query and address.query(x.query) or {}
  if is_full(x, fields) then return reply.detail(x, 429, "Maximum queue length exceeded") end

  exchange.accept(x)
  local job = new_job(x, app, timeout)
  x.id = job.id
  if app.missing then job.outcome = outcome.no_path(app.path) end
  if x.lives then faults.afflict(x, job) end
  if app.fn and not job.outcome then worker.start(job, app.fn) end
  keep(sandbox, job)
  if fields.fal_webhook then webhook.promise(job, fields.fal_webhook) end
  reply.json(x, 200, {
    status = "IN_QUEUE", request_id = job.id, queue_position = job:position(job.born) or 0,
    response_url = job.url, status_url = job.url .. "/status", cancel_url = job.url .. "/cancel",
  })
end

-- Afterwards ---------------------------------------------------------------

local function wants_logs(x)
  local logs = x.query and address.query(x.query).logs
  return logs == "1" or logs == "true"
end

local function status(x, job)
  local now = x.sandbox.clock.now()
  local body = job:status(now, wants_logs(x) and job:window(now) or nil)
  reply.json(x, body.status == "COMPLETED" and 200 or 202, body)
end

local function result(x, job)
  local now = x.sandbox.clock.now()
  if job:state(now) ~= "COMPLETED" then return reply.detail(x, 400, "Request is still in progress") end
  reply.outcome(x, job:settle())
end

-- What the state before says about a cancel.
local cancelled <const> = {
  IN_QUEUE = { 200, '{"status":"OK"}' },
  IN_PROGRESS = { 202, '{"status":"CANCELLATION_REQUESTED"}' },
  COMPLETED = { 400, '{"status":"ALREADY_COMPLETED"}' },
}

local function cancel(x, job)
  local row = cancelled[job:cancel()]
  reply.raw(x, row[1], row[2])
end

local function status_stream(x, job)
  exchange.later(x, feed.follow, x, job, wants_logs(x))
end

-- What may stand behind a request's id.
local calls <const> = {
  [""] = { "result", "GET", result }, ["/"] = { "result", "GET", result }, ["/response"] = { "result", "GET", result },
  ["/status"] = { "status", "GET", status }, ["/status/"] = { "status", "GET", status },
  ["/status/stream"] = { "status_stream", "GET", status_stream }, ["/cancel"] = { "cancel", "PUT", cancel },
}

-- The job that the URL means; nil: there is none; false: the URL goes further
-- into the application than requests do.
local function job_of(x)
  local job, name = x.job, x.app
  if job and name == job.app then return job end
  local _, app, rest = address.endpoint(name)
  if app and rest ~= "" and not x.sandbox.lenient then return false end
  return job and app == job.app and job or nil
end

local function serve_job(x, call)
  if not access.by_key(x, false) then return end
  local job = job_of(x)
  if job == false then return reply.wrong_method(x, "POST") end
  if x.method ~= call[2] then return reply.wrong_method(x, call[2]) end
  if not job or job:is_expired(x.sandbox.clock.now()) then return reply.raw(x, 404, '{"status":"NOT_FOUND"}') end
  x.id = job.id
  call[3](x, job)
end

--- Finds out what is asked of the queue.
---@param x table  the exchange
---@param rest string  the path behind /queue
---@return function handler, any argument
function queue.plan(x, rest)
  local name, id, tail = rest:match "^/(.-)/requests/([^/]+)(.*)$"
  if name then
    local call = calls[tail]
    if not call then return reply.not_found end
    x.call, x.app, x.job = call[1], name, x.sandbox.jobs[id]
    x.endpoint = x.job and x.job.endpoint or name
    return serve_job, call
  end
  local endpoint = address.endpoint(rest)
  if not endpoint then return reply.not_found end
  x.call, x.endpoint = "submit", endpoint
  return submit
end

return queue
