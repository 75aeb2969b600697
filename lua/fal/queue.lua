--- The queue: policy around the verbs run, submit, status, result and cancel, and what is composed of them.

local attempts = require "fal.attempts"
local bill = require "fal.bill"
local copy = require "fal.copy"
local failure = require "fal.core.error"
local history = require "fal.history"
local misuse = require "fal.misuse"
local options = require "fal.options"
local percent = require "fal.percent"
local request = require "fal.request"
local task = require "fal.task"
local watch = require "fal.watch"

local M = {}

local RUN = options.call
local SUBMIT = options.set(RUN, "webhook_url:url priority:priority max_queue_length:count no_retry:flag")
local STATUS = options.set "logs:flag"
local EVENTS = options.set(STATUS, "stall_timeout:seconds interval:seconds mode:mode")
local WAIT = options.set(EVENTS, "on_update:function timeout:seconds")
local SUBSCRIBE = options.set(SUBMIT, WAIT, "on_enqueue:function")

--- The options of each function, for those who complete what is typed.
M.options = {
  run = RUN, submit = SUBMIT, subscribe = SUBSCRIBE, status = STATUS, wait = WAIT, events = EVENTS,
}

local CANCEL_TIME = 10 -- seconds to wait for a cancel to reach the service

-- Arguments --------------------------------------------------------------------

local function check_call(endpoint, input, what)
  misuse.check(endpoint, "string", 1, what)
  misuse.check(input, "table", 2, what)
end

-- Methods and functions alike: (request, opts) or (endpoint, id, opts).
local function check_target(target, id, what)
  if type(target) == "table" and type(target.id) == "string" then return end
  if type(target) == "string" and type(id) == "string" then return end
  misuse.raise(("bad argument #1 to '%s' (a request, or an endpoint and an id, expected)"):format(what))
end

local function pick(given, known)
  local picked = {}
  for name, value in pairs(given or {}) do
    if known[name] then picked[name] = value end
  end
  return picked
end

local function with_token(url, token)
  if not url or not token then return url end
  return url .. (url:find("?", 1, true) and "&" or "?") .. "token=" .. percent.component(token)
end

-- The verbs --------------------------------------------------------------------

local function install_verbs(client, verbs)
  local class = request.class(client)

  function client.run(endpoint, input, opts)
    check_call(endpoint, input, "run")
    options.check(opts, RUN, "run")
    local ready, sent = client.prepare(endpoint, input, opts)
    if not ready then return nil, sent end
    local bounds = bill.bounds(endpoint, ready)
    local output, info = history.paid(client, "run", verbs.run, endpoint, ready, sent)
    if output ~= nil then bill.settle(client, info, bounds) end
    return output, info
  end

  function client.submit(endpoint, input, opts)
    check_call(endpoint, input, "submit")
    options.check(opts, SUBMIT, "submit")
    local ready, given = client.prepare(endpoint, input, opts)
    if not ready then return nil, given end
    local sent = given and copy(given)
    if sent then sent.webhook_url = with_token(sent.webhook_url, client.option "webhook_token") end
    local bounds = bill.bounds(endpoint, ready)
    local made, err = history.paid(client, "submit", verbs.submit, endpoint, ready, sent)
    if not made then return nil, err end
    bill.expect(made, bounds)
    return setmetatable(made, class)
  end

  function client.request(endpoint, id)
    misuse.check(endpoint, "string", 1, "request")
    misuse.check(id, "string", 2, "request")
    return setmetatable({ endpoint = endpoint, id = id }, class)
  end

  function client.status(target, id, opts)
    check_target(target, id, "status")
    local given = opts
    if type(target) == "table" then given = id end
    options.check(given, STATUS, "status")
    return attempts.run(client, "status", verbs.status, target, id, opts)
  end

  function client.result(target, id)
    check_target(target, id, "result")
    local output, err = history.result(client, verbs.result, target, id)
    if output ~= nil and type(target) == "table" then bill.settle(client, target) end
    return output, err
  end

  function client.cancel(target, id)
    check_target(target, id, "cancel")
    return history.cancel(client, verbs.cancel, target, id)
  end
end

-- Waiting ------------------------------------------------------------------------

-- Requests that somebody waits for, or did when an error or Ctrl-C ended the wait.
local followed = {}

-- Cancels the request, in a task of its own, which goes on even when we are cancelled once more.
local function cancel_at_service(client, req, state)
  local sent = task.async(function()
    local in_time, cancelled = task.within(CANCEL_TIME, client.cancel, req)
    state.cancelled = in_time and cancelled
    if state.cancelled then followed[req] = nil end
  end)
  task.wait_event(sent.event)
end

-- A request goes with the task that follows it when that is cancelled. Any other error, or Ctrl-C, leaves it alone: it
-- is paid for and can be picked up again.
local function cancel_with_task(client, req, state)
  return task.closing(function(err)
    if not state.over and failure.is(err) and err.kind == "cancelled" then cancel_at_service(client, req, state) end
  end)
end

-- No longer, because it is over or its end is known.
local function let_go(state)
  state.over = true
  followed[state.request] = nil
end

local function to_the_end(client, verbs, req, opts, state)
  state.request = req
  followed[req] = true
  local _ <close> = cancel_with_task(client, req, state)
  if opts.on_enqueue then opts.on_enqueue(req) end
  local follow <close> = watch.new(client, verbs.status, req, opts)
  while true do
    local status, err = follow:next()
    if err then
      let_go(state)
      return nil, err
    end
    if not status then break end
    if opts.on_update then opts.on_update(status) end
  end
  let_go(state)
  local output, err = client.result(req)
  return output, output == nil and err or req
end

local function timed_out(opts, req, endpoint, cancelled)
  local fate = not req and "" or cancelled and "; the request was cancelled" or "; the request may go on at the service"
  return failure.new {
    kind = "timeout", limit = "total", endpoint = endpoint, request_id = req and req.id, billed = "unknown",
    message = ("not done in %g s (total)%s"):format(opts.timeout, fate), retryable = false,
  }
end

-- Runs fn(state) within opts.timeout. When time is up, the request that state knows is cancelled at the service.
local function in_total_time(opts, endpoint, fn)
  local state = {}
  if not opts.timeout then return fn(state) end
  local in_time, output, err = task.within(opts.timeout, fn, state)
  if in_time then return output, err end
  if failure.is(output) and output.kind == "unconfirmed" then
    output.endpoint = endpoint
    return nil, output
  end
  return nil, timed_out(opts, state.request, endpoint, state.cancelled)
end

local function install_waits(client, verbs)
  function client.wait(req, opts)
    check_target(req, nil, "wait")
    options.check(opts, WAIT, "wait")
    opts = opts or {}
    return in_total_time(opts, req.endpoint, function(state)
      return to_the_end(client, verbs, req, opts, state)
    end)
  end

  function client.subscribe(endpoint, input, opts)
    check_call(endpoint, input, "subscribe")
    options.check(opts, SUBSCRIBE, "subscribe")
    opts = opts or {}
    return in_total_time(opts, endpoint, function(state)
      local req, err = client.submit(endpoint, input, pick(opts, SUBMIT))
      if not req then return nil, err end
      return to_the_end(client, verbs, req, opts, state)
    end)
  end

  function client.events(req, opts)
    check_target(req, nil, "events")
    options.check(opts, EVENTS, "events")
    local follow = watch.new(client, verbs.status, req, opts or {})
    local function step()
      local status, err = follow:next()
      if err then error(err, 0) end
      return status
    end
    return step, nil, nil, follow
  end
end

--- Lists the requests whose wait has not come to an end.
---@return table list of requests, sorted by their names
function M.waited_for()
  local list = {}
  for req in pairs(followed) do list[#list + 1] = req end
  table.sort(list, function(a, b) return tostring(a) < tostring(b) end)
  return list
end

--- Adds run, submit, status, result, cancel, request, wait, subscribe and events to a client.
---@param client table
---@param verbs table the C verbs
function M.install(client, verbs)
  install_verbs(client, verbs)
  install_waits(client, verbs)
end

return M
