--- The same module in the flavour that raises errors instead of returning them.
--
-- Shares the default client and its options with `fal`. Requests that it makes
-- raise from their methods as well.

local fal = require "fal"
local failure = require "fal.core.error"
local request = require "fal.request"

local function is_request(value)
  local class = type(value) == "table" and getmetatable(value)
  return type(class) == "table" and class.__name == "fal.request"
end

local function checked(class, first, second, ...)
  if first == nil and failure.is(second) then error(second, 0) end
  if is_request(first) then setmetatable(first, class) end
  if is_request(second) then setmetatable(second, class) end
  return first, second, ...
end

-- Wraps a client's functions as they are asked for.
local function raising(client)
  local flavour = {}
  local class = request.class(flavour)
  return setmetatable(flavour, {
    __index = function(self, name)
      local value = client[name]
      if type(value) == "function" then
        local fn = value
        value = function(...) return checked(class, fn(...)) end
      end
      self[name] = value
      return value
    end,
  })
end

local M = raising(fal)

--- Makes an independent client in this flavour.
---@param options table|nil
function M.new(options) return raising(fal.new(options)) end

return M
