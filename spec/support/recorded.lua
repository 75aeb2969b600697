-- A history in a folder of its own, clients that keep it, and what is in it. A
-- to-be-closed value.
local process = require "support.process"
local service = require "support.service"

local recorded = {}

local methods = {}

-- A client of that sandbox whose calls are written down here.
function methods:client(sandbox, changes)
  local options = { history = self.path }
  for name, value in pairs(changes or {}) do options[name] = value end
  return service.client(sandbox, options)
end

-- The latest calls, newest first.
function methods.rows(_, client)
  return assert(require("fal.history.search").latest(assert(require("fal.history").open(client)), 100))
end

-- One call by its number or request, whole.
function methods.row(_, client, name)
  return require("fal.history.search").one(require("fal.history").open(client), name)
end

-- All bytes of the file, and of those that SQLite keeps beside it.
function methods:bytes()
  local pipe <close> = assert(io.popen(("cat %s*"):format(process.quote(self.path))))
  return pipe:read "a"
end

function methods:close() self.folder:remove() end

-- A folder in which there is no history yet.
function recorded.open()
  local folder = process.temporary()
  local self = { folder = folder, path = folder.path .. "/deep/er/history.db" }
  return setmetatable(self, { __index = methods, __close = methods.close })
end

return recorded
