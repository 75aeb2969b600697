-- Faults on order: what goes wrong, with which request, and how often. Each
-- row of the tables says one thing that can go wrong, and whether the job that
-- was asked for counts as accepted all the same; then the request is served
-- first and only its answer is spoilt.
local misuse = require "fal.misuse"
local task = require "fal.task"

local events = require "fal.sandbox.events"
local outcome = require "fal.sandbox.outcome"
local reply = require "fal.sandbox.reply"

local faults = {}

-- What becomes of the answer. `answer` is what would have been said, if the
-- request was served at all.
local acts = {}

function acts.close(x) x.request:abort "close" end

function acts.reset(x) x.request:abort "reset" end

function acts.hang(x) x.sandbox.hanging[x] = true end

local function first_bytes(answer)
  if not answer.path then return answer.body or "" end
  local file <close> = assert(io.open(answer.path, "rb"))
  file:seek("set", answer.first)
  return file:read(math.min(answer.count, 1024 * 1024)) or ""
end

function acts.cut(x, _, _, answer)
  local bytes = first_bytes(answer)
  local size = answer.count or #bytes
  x.request:cut(answer.status, answer.headers, bytes:sub(1, #bytes // 2), math.max(size, 1))
end

function acts.delay(x, rule, _, answer)
  x.sandbox:spawn(function()
    task.sleep(rule.delay or 1)
    reply.deliver(x, answer)
  end)
end

local page <const> =
  "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n<hr><center>nginx</center>\r\n"
  .. "</body>\r\n</html>\r\n"

-- As an ingress says it: no JSON, no request id.
function acts.page(x, _, row)
  x.request:respond(row.status, { ["content-type"] = "text/html" }, page:format(row.title, row.title))
end

function acts.say(x, rule, row)
  x.request:respond(rule.status or 200, { ["content-type"] = row.type }, rule.body or row.body)
end

function acts.redirect(x, rule, row)
  local headers = { location = rule.location or "http://127.0.0.1:9/elsewhere" }
  x.request:respond(rule.status or row.status, headers, "")
end

-- An error as the service words it.
function acts.fail(x, rule, row)
  local made = row.made and row.made(rule) or outcome.failed(row.status, { detail = rule.detail or row.detail })
  local headers = made.headers
  for name, value in pairs(rule.headers or {}) do headers[name] = value end
  headers["content-type"] = "application/json"
  headers["x-fal-request-id"] = x.id or x.sandbox.chance:uuid()
  if rule.retry_after then headers["retry-after"] = tostring(rule.retry_after) end
  if rule.needs_retry ~= nil then headers["x-fal-needs-retry"] = rule.needs_retry and "1" or "0" end
  x.request:respond(rule.status or made.status, headers, made.body)
end

-- One row, one fault. Those that `spoil` an answer cannot do without it.
local answers <const> = {
  refuse_before = { act = "close", accepted = false },
  reset_before = { act = "reset", accepted = false },
  reset_after = { act = "reset", accepted = true },
  lose_answer = { act = "close", accepted = true },
  cut = { act = "cut", accepted = true, spoils = true },
  hang = { act = "hang", accepted = true },
  delay = { act = "delay", accepted = true, spoils = true },
  nonsense = { act = "say", accepted = true, type = "text/html", body = "<p>Welcome to our hotel. Please log in.</p>" },
  broken_json = { act = "say", accepted = true, type = "application/json", body = '{"request_id": "3f1c' },
  empty = { act = "say", accepted = true, type = "application/json", body = "" },
  nginx_502 = { act = "page", accepted = false, status = 502, title = "502 Bad Gateway" },
  nginx_503 = { act = "page", accepted = false, status = 503, title = "503 Service Temporarily Unavailable" },
  nginx_504 = { act = "page", accepted = true, status = 504, title = "504 Gateway Time-out" },
  redirect = { act = "redirect", accepted = false, status = 307 },
  start_timeout = { act = "fail", accepted = false, made = outcome.start_timeout },
}

for kind, row in pairs(outcome.platform) do
  answers[kind] = {
    act = "fail", accepted = row.begun, made = function(rule) return outcome.broken(kind, rule.detail) end,
  }
end

-- Plain statuses, such as `what = 409`.
local statuses <const> = {
  [400] = "Bad Request", [401] = "No user found for Key ID and Secret", [403] = "Forbidden", [404] = "Not Found",
  [408] = "Request Timeout", [409] = "Conflict", [422] = "Unprocessable Entity", [429] = "Too Many Requests",
  [499] = "Client Closed Request", [500] = "Internal Server Error", [502] = "Bad Gateway",
  [503] = "Service Unavailable", [504] = "Gateway Timeout",
}

-- What goes wrong in the life of a job; matched when it is submitted or run.
local lives <const> = {
  back_to_queue = function(job)
    local waits, runs = job.turns[1], job.turns[2] - job.turns[1]
    job.turns = { waits, waits + runs / 2, 2 * waits + runs / 2, 2 * waits + 1.5 * runs }
    job.gateway_id = job.sandbox.chance:uuid()
  end,
  break_down = function(job, rule)
    job.outcome = outcome.broken(rule.error_type or "runner_disconnected", rule.detail)
  end,
  refuse_input = function(job, rule)
    job.outcome = outcome.failed(rule.status or 422, { detail = rule.detail or "Unprocessable Entity" }, rule.headers)
  end,
  ignore_cancel = function(job) job.stubborn = true end,
  duplicate_logs = function(job) job.repeats = true end,
  unknown_status = function(job, rule) job.odd_status = rule.status or "PAUSED" end,
}

local function row_of(rule)
  local what = rule.what
  if answers[what] then return answers[what] end
  if rule.error_type and answers[rule.error_type] and not lives[what] then return answers[rule.error_type] end
  local status = math.tointeger(tonumber(what))
  return status and { act = "fail", accepted = false, status = status, detail = statuses[status] or "Error" }
end

--- Checks a rule and makes it ready.
---@param given table  { match, after, times, what, accepted, ... }
---@return table rule
function faults.rule(given)
  if type(given) ~= "table" then misuse.raise "a fault must be a table" end
  local rule = {}
  for name, value in pairs(given) do rule[name] = value end
  rule.match, rule.seen, rule.done = given.match or {}, 0, 0
  rule.life, rule.stream = lives[rule.what], events.ways[rule.what]
  rule.row = not rule.life and not rule.stream and row_of(rule) or nil
  if not (rule.row or rule.life or rule.stream) then
    misuse.raise(("unknown fault '%s'"):format(tostring(rule.what)))
  end
  local row = rule.row
  if row and (rule.accepted == nil or row.spoils) then rule.accepted = row.accepted end
  return rule
end

local function fits(rule, x)
  local match = rule.match
  if match.method and match.method ~= x.method then return false end
  if match.call and match.call ~= x.call then return false end
  if match.path and not x.path:find(match.path) then return false end
  return not match.endpoint or match.endpoint == x.endpoint
end

local starts <const> = { submit = true, run = true, stream = true }
local listens <const> = { status_stream = true, stream = true }

-- Whether the rule applies to this exchange; counts.
local function applies(rule, x)
  if rule.life and not starts[x.call] or rule.stream and not listens[x.call] then return false end
  if not fits(rule, x) then return false end
  rule.seen = rule.seen + 1
  if rule.seen <= (rule.after or 0) or rule.done >= (rule.times or math.huge) then return false end
  rule.done = rule.done + 1
  return true
end

local function spoil(x, rule, answer)
  x.answered = true
  x.seen.fault = rule.what
  acts[rule.row.act](x, rule, rule.row, answer)
end

--- Lets the faults have an exchange.
---@param x table  the exchange
---@return boolean over  when it was dealt with and must not be served
function faults.strike(x)
  for _, rule in ipairs(x.sandbox.faults) do
    if applies(rule, x) then
      if rule.life then
        x.lives = x.lives or {}
        x.lives[#x.lives + 1] = rule
      elseif rule.stream then
        x.stream_fault = rule.stream
      elseif not rule.accepted then
        spoil(x, rule)
        return true
      else
        x.spoil = function(_, answer) spoil(x, rule, answer) end
        return false
      end
    end
  end
  return false
end

--- Lets the faults have a job that an exchange has started.
---@param x table  the exchange
---@param job table
function faults.afflict(x, job)
  for _, rule in ipairs(x.lives or {}) do rule.life(job, rule) end
end

return faults
