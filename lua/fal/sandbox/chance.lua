-- Where the sandbox's ids come from: one generator (splitmix64) for each
-- sandbox, so that the same seed gives the same ids in the same order.
local sys = require "fal.core.sys"

local Chance = {}
Chance.__index = Chance

local chance = {}

local letters <const> = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

--- Makes a generator.
---@param seed? integer  without it, ids differ from run to run
---@return table chance
function chance.new(seed)
  return setmetatable({ state = seed or string.unpack("i8", sys.random(8)) }, Chance)
end

--- 64 random bits.
---@return integer
function Chance:bits()
  self.state = self.state + 0x9E3779B97F4A7C15
  local z = self.state
  z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ (z >> 27)) * 0x94D049BB133111EB
  return z ~ (z >> 31)
end

--- A whole number from 0 to below `limit`.
---@param limit integer
---@return integer
function Chance:below(limit) return (self:bits() >> 1) % limit end

--- Lower-case hexadecimal digits.
---@param count integer  at most 16
---@return string
function Chance:hex(count) return ("%016x"):format(self:bits()):sub(1, count) end

--- An id of letters and digits, such as file names have.
---@param count integer
---@return string
function Chance:id(count)
  local word = {}
  for i = 1, count do
    local at = self:below(#letters) + 1
    word[i] = letters:sub(at, at)
  end
  return table.concat(word)
end

--- A UUID of version 4.
---@return string
function Chance:uuid()
  local a, b = self:bits(), self:bits()
  return ("%08x-%04x-4%03x-%04x-%012x"):format(
    a >> 32, (a >> 16) & 0xffff, a & 0xfff, (b >> 48) & 0x3fff | 0x8000, b & 0xffffffffffff)
end

--- Random bytes.
---@param count integer
---@return string
function Chance:bytes(count)
  local words = {}
  for i = 1, (count + 7) // 8 do words[i] = string.pack("i8", self:bits()) end
  return table.concat(words):sub(1, count)
end

return chance
