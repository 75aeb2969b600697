--- Request objects: a submitted job's id and URLs, with the client's verbs as methods.

local M = {}

local function methods_of(client)
  local methods = {}
  function methods:status(opts) return client.status(self, opts) end
  function methods:wait(opts) return client.wait(self, opts) end
  function methods:result() return client.result(self) end
  function methods:cancel() return client.cancel(self) end
  function methods:events(opts) return client.events(self, opts) end
  return methods
end

--- Makes the metatable of a client's requests.
function M.class(client)
  return {
    __name = "fal.request",
    __index = methods_of(client),
    __tostring = function(self) return ("%s#%s"):format(self.endpoint, self.id) end,
  }
end

return M
