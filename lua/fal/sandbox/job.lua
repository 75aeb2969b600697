-- One request in its life: in the queue, in progress, completed. While nobody
-- asks, nothing happens: the state is worked out from the clock. Only jobs of
-- functions (fal.sandbox.worker) are pushed along from outside.
--
-- `turns` are the times, in seconds after birth, at which the job leaves the
-- queue, is completed, or, with more than two, goes back to the queue between.
local json = require "fal.core.json"
local task = require "fal.task"

local outcome = require "fal.sandbox.outcome"

local Job = {}
Job.__index = Job

local job = {}

local places <const> = 3       -- requests ahead of a new one, and it
local window <const> = 10      -- log lines that a poll shows
local big <const> = 10 * 1024  -- results of this size are kept for a shorter time
local short <const>, long <const> = 6 * 60, 60 * 60

-- What an endpoint without a function says while it runs.
local script <const> = { "Starting inference", "step 1/4", "step 2/4", "step 3/4", "step 4/4" }

--- Makes a job that is born now.
---@param sandbox table
---@param fields table  id, endpoint, app, input (JSON text), turns, and what else is known
---@return table job
function job.new(sandbox, fields)
  fields.sandbox = sandbox
  fields.born = sandbox.clock.now()
  return setmetatable(fields, Job)
end

--- What the job is doing.
---@param now number
---@return string status
---@return number? from, number? upto  of this turn, in seconds after birth
function Job:state(now)
  if self.ended and now >= self.ended then return "COMPLETED" end
  local passed, from = now - self.born, 0
  for i, upto in ipairs(self.turns) do
    if passed < upto then return i % 2 == 1 and "IN_QUEUE" or "IN_PROGRESS", from, upto end
    from = upto
  end
  if self.working then return "IN_PROGRESS", from, math.huge end
  self.ended = self.born + from
  return "COMPLETED"
end

--- When a job of a function leaves the queue for the last time.
---@return number moment
function Job:start() return self.born + self.turns[#self.turns - 1] end

local function place(passed, from, upto)
  return math.min(places - 1, math.floor(places * (upto - passed) / (upto - from)))
end

--- How many requests are ahead of it.
---@param now number
---@return integer? position  nil when it is not in the queue
function Job:position(now)
  local status, from, upto = self:state(now)
  return status == "IN_QUEUE" and place(now - self.born, from, upto) or nil
end

-- When line `i` of the script is said.
local function script_time(self, i)
  local from, upto = self.turns[#self.turns - 1] or 0, self.turns[#self.turns]
  return self.born + from + (upto - from) * (i - 1) / #script
end

--- The log lines so far: { at, message, level }.
---@param now number
---@return table lines
function Job:lines(now)
  if self.logged or #self.turns < 2 then return self.logged or {} end
  local lines, latest = {}, math.min(now, self.ended or now)
  for i, message in ipairs(script) do
    local at = script_time(self, i)
    if at > latest then break end
    lines[i] = { at = at, message = message, level = "INFO" }
  end
  return lines
end

local function entry(self, line)
  return {
    message = line.message, level = line.level, source = "USER", labels = {},
    timestamp = self.sandbox.clock:timestamp(line.at),
  }
end

--- Log lines as the service shows them.
---@param lines table
---@param first integer  the first to show
---@return table entries
function Job:entries(lines, first)
  local entries = json.array {}
  for i = math.max(first, 1), #lines do entries[#entries + 1] = entry(self, lines[i]) end
  return entries
end

--- When the next thing is due to change by itself.
---@param now number
---@return number? moment
function Job:next_change(now)
  local status, from, upto = self:state(now)
  if status == "COMPLETED" or upto == math.huge then return nil end
  if status == "IN_QUEUE" then
    local ahead = place(now - self.born, from, upto)
    return self.born + upto - ahead * (upto - from) / places
  end
  for i = 1, self.logged and 0 or #script do
    local at = script_time(self, i)
    if at > now then return math.min(at, self.born + upto) end
  end
  return self.born + upto
end

--- The status as the service tells it.
---@param now number
---@param entries? table  log lines to go with it; nil: none were asked for
---@return table status
function Job:status(now, entries)
  local state, from, upto = self:state(now)
  local base = self.url
  local status = {
    status = state == "IN_PROGRESS" and self.odd_status or state, request_id = self.id, response_url = base,
    status_url = base .. "/status", cancel_url = base .. "/cancel",
  }
  if state == "IN_QUEUE" then
    status.queue_position = place(now - self.born, from, upto)
    return status
  end
  status.logs = entries or json.null
  if state == "COMPLETED" then
    local made = self:settle()
    status.metrics = { inference_time = self:inference_time() }
    status.error, status.error_type = made.error, made.error_type
  end
  return status
end

--- How long it ran.
---@return number seconds
function Job:inference_time()
  local start = self.turns[#self.turns - 1] or self.turns[1]
  return math.max(0, self.ended - self.born - start)
end

--- The log lines that a poll shows.
---@param now number
---@return table entries
function Job:window(now)
  local lines = self:lines(now)
  return self:entries(lines, self.repeats and 1 or #lines - window + 1)
end

--- What became of a completed job; endpoints without a function answer here.
---@return table outcome
function Job:settle()
  if not self.outcome then self.outcome = self.answer(self) end
  return self.outcome
end

--- Whether its result is no longer kept.
---@param now number
---@return boolean
function Job:is_expired(now)
  if self:state(now) ~= "COMPLETED" then return false end
  local kept = #self:settle().body >= big and short or long
  return now >= self.ended + self.sandbox.clock:span(kept)
end

-- Wakes those who follow the job.
local function touch(self)
  local event = self.event
  self.event = nil
  if event then task.set_event(event) end
end

--- Waits until something about the job changes from outside, but not for long.
---@param seconds number  at most
function Job:pause(seconds)
  local event = self.event or task.new_event()
  self.event = event
  local alarm = self.sandbox:spawn(function()
    task.sleep(seconds)
    if self.event == event then touch(self) end
  end)
  task.wait_event(event)
  alarm:cancel()
end

--- Waits for the end.
---@return table outcome
function Job:wait()
  local clock = self.sandbox.clock
  local now = clock.now()
  while self:state(now) ~= "COMPLETED" do
    self:pause(math.max(0, (self:next_change(now) or now + 60) - now))
    now = clock.now()
  end
  return self:settle()
end

--- Adds a log line.
---@param message string
---@param level? string
function Job:log(message, level)
  local line = { at = self.sandbox.clock.now(), message = tostring(message), level = level or "INFO" }
  self.logged[#self.logged + 1] = line
  touch(self)
end

--- The function of a job has come to an end.
---@param made table  the outcome
function Job:finish(made)
  if self.ended then return end
  local now = self.sandbox.clock.now()
  self.outcome, self.working = made, false
  if self:state(now) == "COMPLETED" then self.ended = now end
  touch(self)
end

--- Ends the job at its caller's wish.
---@return string status  of the moment before
function Job:cancel()
  local now = self.sandbox.clock.now()
  local status = self:state(now)
  if status == "COMPLETED" or self.stubborn and status == "IN_PROGRESS" then return status end
  self.outcome, self.working, self.ended = outcome.broken "client_cancelled", false, now
  if self.worker then self.worker:cancel() end
  touch(self)
  return status
end

return job
