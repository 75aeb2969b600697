-- A bench for specs of workflows: a sandbox, a client of it and a folder, made
-- and removed together. Owns no case itself.
local assert = require "luassert"
local process = require "support.process"
local service = require "support.service"

local bench = {}

local methods = {}

--- A workflow in the bench's folder.
function methods:workflow(name, opts)
  local all = { client = self.client, journal = self.folder.path .. "/kept.journal" }
  for key, value in pairs(opts or {}) do all[key] = value end
  return require "fal.workflow"(name, all)
end

--- The path of a file in the folder.
function methods:path(name) return self.folder.path .. "/" .. name end

--- Another client, with other options.
function methods:client_with(changes)
  local all = { retries = 2 }
  for name, value in pairs(changes or {}) do all[name] = value end
  return service.client(self.sandbox, all)
end

--- What another process needs in its environment to talk to the sandbox.
function methods:environment()
  local env = {}
  for name, value in pairs(self.sandbox.config) do env["FAL_" .. name:upper()] = value end
  return env
end

--- An on_event function, and the list of words "step state" that it writes.
function methods.notes()
  local list = {}
  return function(event) list[#list + 1] = event.step .. " " .. event.state end, list
end

--- The rows of the journal.
function methods:rows(sql, ...)
  local db <close> = assert(require("fal.core.store").open(self:path "kept.journal"))
  return assert(db:rows(sql or "SELECT * FROM calls ORDER BY id", ...))
end

--- A workflow of one step.
function methods:one(x)
  local wf = self:workflow "one"
  wf:call("me/echo", { x = x or 1 }, { name = "s" })
  return wf
end

--- A workflow of two steps, the second of which takes what the first one gave.
function methods:two(opts)
  local wf = self:workflow("two", opts)
  local first = wf:call("me/echo", { x = "one" }, { name = "first" })
  wf:call("me/echo", { x = wf:text("{} and two", first.got) }, { name = "second" })
  return wf
end

--- The state of one of the two steps.
function methods:state_of(name)
  for _, entry in ipairs(assert(self:two():plan()).steps) do
    if entry.name == name then return entry.state end
  end
end

--- Runs the one step, which fails with an io error; nothing is sent. Returns the message.
function methods:refused(kind)
  local before = self.sandbox:accepted()
  local out, err = self:one(2):run()
  assert.is_nil(out)
  assert.are.same({ "io", kind }, { err.kind, err.type }, tostring(err))
  assert.are.equal(before, self.sandbox:accepted())
  return tostring(err)
end

function methods:close()
  self.sandbox:stop()
  self.folder:remove()
end

--- Opens one whose endpoint me/echo gives `got`, which is its `x`.
function bench.echo()
  return bench.open { endpoints = { ["me/echo"] = function(input) return { got = input.x } end } }
end

function bench.open(options)
  local self = setmetatable({ folder = process.temporary() }, { __index = methods, __close = methods.close })
  self.sandbox = service.start(options)
  self.client = self:client_with()
  return self
end

return bench
