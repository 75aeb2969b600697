-- A local stand-in for the whole service, on the loop of this process: for
-- trying scripts without key, network and cost, and for tests. This room starts
-- and stops it and tells what was asked of it; what it answers is decided in
-- the rooms beside it, beginning with the router.
local failure = require "fal.core.error"
local misuse = require "fal.misuse"
local options = require "fal.options"
local reactor = require "fal.core.reactor"
local server = require "fal.core.server"
local task = require "fal.task"

local chance = require "fal.sandbox.chance"
local clock = require "fal.sandbox.clock"
local faults = require "fal.sandbox.faults"
local files = require "fal.sandbox.files"
local router = require "fal.sandbox.router"

local Sandbox = { __name = "fal.sandbox" }
Sandbox.__index = Sandbox

local sandbox = {}

local known = options.set [[port:port host:string key:string seed:integer queue_time:span run_time:span speed:factor
  endpoints:table faults:table lenient:flag remember:count record:string replay:string service:table]]

local described = options.set "openapi title category price"

local defaults <const> = {
  port = 0, host = "127.0.0.1", key = "sandbox-key:sandbox-secret", queue_time = 0.3, run_time = 0.5, speed = 1,
  remember = 1000,
}

-- Tasks --------------------------------------------------------------------

--- Runs a function in a background task that ends with the sandbox at the latest.
---@param fn function
---@return table task
function Sandbox:spawn(fn, ...)
  local made
  made = task.service(function(...)
    local ok, err = xpcall(fn, debug.traceback, ...)
    self.tasks[made] = nil
    if not ok and not (failure.is(err) and err.kind == "cancelled") then self:complain(err) end
  end, ...)
  made.idle = true -- it wakes nobody but those who ask over HTTP
  self.tasks[made] = true
  return made
end

--- Keeps a mistake of the sandbox itself for whoever asks.
---@param err any
function Sandbox:complain(err) self.troubles[#self.troubles + 1] = err end

local function accept(self)
  while true do
    local request = self.server:next()
    if request then router.serve(self, request) else reactor.wait(self.server) end
  end
end

-- What was asked of it -----------------------------------------------------

--- How many jobs were accepted: every one of them would have cost.
---@param endpoint? string  count only those of one endpoint
---@return integer
function Sandbox:accepted(endpoint)
  if endpoint then return self.counts[endpoint] or 0 end
  local sum = 0
  for _, count in pairs(self.counts) do sum = sum + count end
  return sum
end

--- The latest HTTP requests, oldest first: { method, path, query, headers, body, status, call, endpoint, accepted,
--- fault }.
---@param call? string  only those: submit, status, status_stream, result, cancel, run, stream, upload, download, ...
---@return table list
function Sandbox:requests(call)
  local list, first = {}, math.max(0, self.seen_count - self.remember)
  for i = first, self.seen_count - 1 do
    local seen = self.seen[i % self.remember + 1]
    if not call or seen.call == call then list[#list + 1] = seen end
  end
  return list
end

--- The webhooks: { request_id, url, tries, status, accepted, over }.
---@return table list
function Sandbox:webhooks() return self.deliveries end

--- Lets something go wrong; see docs/sandbox.md for what can.
---@param rule table  { what, match, after, times, ... }
---@return table rule  whose `done` counts how often it has struck
function Sandbox:fault(rule)
  local made = faults.rule(rule)
  self.faults[#self.faults + 1] = made
  return made
end

--- Lets nothing go wrong any more.
function Sandbox:mend() self.faults = {} end

--- Gives an endpoint a function, another one, or (with false) takes it away.
---@param id string
---@param fn function|false
function Sandbox:endpoint(id, fn)
  self.endpoints[id] = fn
  self.apps = {}
  self.own[id:match "^[^/]+/[^/]+"] = true
end

--- Says what the service tells about an endpoint, besides what it answers.
---@param id string
---@param what table  openapi (the document: a table, or a text that is served as it is), title, category, price =
--- { unit_price, unit, currency }
function Sandbox:describe(id, what)
  options.check(what, described, "describe")
  self.said[id] = what
end

--- Stops serving and removes what was stored.
function Sandbox:stop()
  if self.stopped then return end
  self.stopped = true
  for made in pairs(self.tasks) do made:cancel() end
  self.hanging = {}
  self.server:close()
  if self.mirror then self.mirror:close() end
  files.clear(self)
end

function Sandbox:__tostring()
  return ("fal.sandbox (%s)"):format(self.stopped and "stopped" or self.url)
end

Sandbox.__close = Sandbox.stop
Sandbox.__gc = function(self)
  if not self.stopped then files.clear(self) end
end

-- Starting -----------------------------------------------------------------

local function complete(given)
  options.check(given, known, "start")
  local all = {}
  for name, value in pairs(defaults) do all[name] = value end
  for name, value in pairs(given or {}) do all[name] = value end
  if all.record and all.replay then misuse.raise "options 'record' and 'replay' exclude each other" end
  all.rules = {}
  for i, rule in ipairs(all.faults or {}) do all.rules[i] = faults.rule(rule) end
  return all
end

local function new(all, listening)
  local url = ("http://%s:%d"):format(all.host:find ":" and "[" .. all.host .. "]" or all.host, listening:port())
  local self = setmetatable({
    server = listening, url = url, queue_url = url .. "/queue/", key = all.key, authorization = "Key " .. all.key,
    clock = clock.new(all.speed), chance = chance.new(all.seed), lenient = all.lenient,
    remember = all.remember,
    turns = { all.queue_time, all.queue_time + all.run_time }, direct_turns = { 0, all.run_time },
    endpoints = {}, own = {}, said = {}, apps = {}, faults = all.rules, counts = {}, tasks = {}, troubles = {},
    jobs = {}, order = {}, oldest = 1, newest = 0, files = {}, paths = {}, tokens = {}, deliveries = {}, hanging = {},
    seen = {}, seen_count = 0,
  }, Sandbox)
  self.config = {
    key = all.key, run_url = url .. "/run", queue_url = url .. "/queue", rest_url = url .. "/rest",
    cdn_url = url .. "/cdn", realtime_url = url:gsub("^http", "ws") .. "/realtime", api_url = url .. "/api/v1",
    site_url = url .. "/site", history = "off",
  }
  return self
end

--- Starts a sandbox.
---@param given? table  options: port, host, key, seed, queue_time, run_time, speed, endpoints, faults, lenient,
--- remember, record, replay, service
---@return table? sandbox, table? err
function sandbox.start(given)
  local all = complete(given)
  local listening, err = server.listen { port = all.port, host = all.host }
  if not listening then return nil, err end
  local self = new(all, listening)
  if all.record or all.replay then
    self.mirror, err = require("fal.sandbox.mirror").open(all)
    if not self.mirror then return nil, self:stop() or err end
  end
  for id, fn in pairs(all.endpoints or {}) do self:endpoint(id, fn) end
  self:spawn(accept, self)
  return self
end

return sandbox
