-- A bench for specs of workflows: a sandbox, a client of it and a folder, made
-- and removed together. Owns no case itself.
local process = require "support.process"

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
  local all = { retries = 2, retry_base = 0.001, retry_max = 0.002, exchange_timeout = 5 }
  for name, value in pairs(self.sandbox.config) do all[name] = value end
  for name, value in pairs(changes or {}) do all[name] = value end
  return require "fal".new(all)
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

function methods:close()
  self.sandbox:stop()
  self.folder:remove()
end

function bench.open(options)
  local all = { queue_time = 0, run_time = 0 }
  for name, value in pairs(options or {}) do all[name] = value end
  local self = setmetatable({ folder = process.temporary() }, { __index = methods, __close = methods.close })
  self.sandbox = assert(require("fal.sandbox").start(all))
  self.client = self:client_with()
  return self
end

return bench
