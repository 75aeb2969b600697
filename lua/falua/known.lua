-- The models that are known on this machine: those that are built in, and those
-- that the service has described before. Asks nobody.
local fal = require "fal"
local index = require "fal.models.index"
local service = require "fal.models.service"

local known = {}

local function here() return service.new(fal, function() return false end) end

--- The ids of all of them, in order.
---@return string[] ids
function known.endpoints()
  local all, seen = {}, {}
  for _, list in ipairs { index.ids, here():kept() } do
    for _, id in ipairs(list) do
      if not seen[id] then all[#all + 1] = id end
      seen[id] = true
    end
  end
  table.sort(all)
  return all
end

--- What one of them takes.
---@param endpoint string
---@return table|nil schema
function known.schema(endpoint) return here():known(endpoint) end

return known
