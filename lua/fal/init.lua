--- fal for Lua: makes videos, images and speech with the models on fal.ai.
--
-- Assembly only: takes the table that the C core registers and lets each room
-- add its functions. Rooms that most scripts never need are loaded at the first
-- call.

local client = require "fal.client"
local core = require "fal.core"
local gather = require "fal.gather"
local misuse = require "fal.misuse"
local options = require "fal.options"
local reactor = require "fal.core.reactor"
local task = require "fal.task"

local fal = client.dress(core)

local option_names = options.set(table.concat(core.option_names(), " "), "headers:headers")
local core_new, core_config = core.new, core.config

local function check_options(given, what)
  options.check(given, option_names, what)
  local complaint = given and core.complaint(given)
  if complaint then misuse.raise(complaint) end
end

local function configure(config, given)
  misuse.check(given, "table", 1, "config")
  check_options(given, "config")
  return config(given)
end

--- Makes an independent client with the same functions.
---@param given table|nil options
---@return table client
function fal.new(given)
  check_options(given, "new")
  local made = core_new(given)
  local config = made.config
  function made.config(changes) return configure(config, changes) end
  return client.dress(made)
end

--- Changes the options of the default client.
---@param given table
function fal.config(given) return configure(core_config, given) end

-- Tasks
fal.async, fal.sleep, fal.loop, fal.step, fal.timeout = task.async, task.sleep, task.loop, task.step, task.timeout
fal.all, fal.settle, fal.race, fal.map = gather.all, gather.settle, gather.race, gather.map
fal.pollfd = reactor.pollfd

--- What cqueues and other loops drive: an object with pollfd, events and timeout.
fal.pollable = {
  pollfd = function() return reactor.pollfd() end,
  events = function() return "r" end,
  timeout = function() return task.timeout() end,
}

--- Hooks into a luv loop; returns a handle whose close() lets go.
function fal.attach_luv(uv) return require("fal.luv").attach(uv) end

return fal
