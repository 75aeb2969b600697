--- Into which parts a large upload is cut. Pure.

local M = {}

local MIB = 1024 * 1024
local ONE_PIECE = 90 * MIB -- up to this, one request is enough
local PART = 10 * MIB
local MOST_PARTS = 10000 -- the service counts no further

--- Whether a file is sent in parts.
---@param size integer bytes
---@param part_size integer|nil what the caller wants
---@return boolean
function M.in_parts(size, part_size) return size > (part_size or ONE_PIECE) end

--- How large the parts are: as wanted, but never so small that there are too many.
---@param size integer bytes
---@param wanted integer|nil bytes
---@return integer bytes
function M.part_size(size, wanted)
  local part = wanted or PART
  if (size + part - 1) // part <= MOST_PARTS then return part end
  local least = (size + MOST_PARTS - 1) // MOST_PARTS
  return (least + MIB - 1) // MIB * MIB
end

--- The parts of a file, in order.
---@param size integer bytes
---@param part_size integer bytes
---@return table list of `{number, offset, length}`
function M.parts(size, part_size)
  local list = {}
  for offset = 0, size - 1, part_size do
    list[#list + 1] = { number = #list + 1, offset = offset, length = math.min(part_size, size - offset) }
  end
  return list
end

return M
