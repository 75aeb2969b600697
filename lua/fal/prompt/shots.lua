-- A row of shots: prompts in order, with fields they share. A value like a
-- prompt; owns the row's methods. How a model wants rows written is known in
-- fal.prompt.manners and fal.prompt.forms.
local forms = require "fal.prompt.forms"
local value = require "fal.prompt.value"

local shots = {}

local methods = {}
local held = setmetatable({}, { __mode = "k" }) -- row -> { shared = prompt, [1] = prompt, ... }
local meta = { __name = "fal.shots" }

local function new(shared, list)
  local self = setmetatable({}, meta)
  held[self] = table.move(list, 1, #list, 1, { shared = shared })
  return self
end

--- Tells whether this is a row of shots.
function shots.is(any) return getmetatable(any) == meta end

--- Makes a row of a table: the shots by number, shared fields by name.
---@return table|nil row, string|nil message
function shots.make(given)
  if shots.is(given) then return given end
  if type(given) ~= "table" or value.is(given) then
    return nil, "shots are made of a table { first, second, ..., style = ... }"
  end
  local list, common, count = {}, {}, 0
  for name, content in pairs(given) do
    if math.type(name) == "integer" then count = count + 1 else common[name] = content end
  end
  for number = 1, count do
    local shot, message = value.make(given[number])
    if not shot then return nil, ("shot %d: %s"):format(number, message) end
    list[number] = shot
  end
  if #list == 0 then return nil, "there is no shot in the row" end
  local shared, message = value.make(common)
  if not shared then return nil, message end
  return new(shared, list)
end

--- The row as adapters take it: fields of all, and fields of each.
function shots.piece(self)
  local row, list = held[self], {}
  for number, shot in ipairs(row) do list[number] = value.fields(shot) end
  return { fields = value.fields(row.shared), shots = list }
end

--- Makes one prompt of each shot, with the shared fields in it.
---@return table[] prompts
function methods:split()
  local row, list = held[self], {}
  for number, shot in ipairs(row) do
    local fields = value.fields(shot)
    local base = row.shared
    -- A shot with a scene of its own does not take over that of the row.
    if fields.concept then base = value.with(base, { concept = false, subject = false, action = false }) end
    if fields.subject then base = value.with(base, { concept = false }) end
    list[number] = value.with(base, fields)
  end
  return list
end

--- The row as a plain table, from which the same row can be made again.
function methods:fields()
  local row = held[self]
  local plain = row.shared:fields()
  for number, shot in ipairs(row) do plain[number] = shot:fields() end
  return plain
end

local function text(self, length)
  local piece = shots.piece(self)
  return forms.row(piece.shots, piece.fields, length, { sequence = "numbered" }, {})
end

--- Writes the row as prose, shot by shot.
---@param options? table  length = "Short", "Medium" (the default) or "Long"
---@return string text
function methods:text(options)
  local length, message = value.length(options)
  if not length then error(message, 2) end
  return text(self, length)
end

meta.__index = function(self, name)
  if math.type(name) == "integer" then return held[self][name] end
  return methods[name]
end
meta.__newindex = function() error("a row of shots never changes; write row .. { ... } for a new one", 2) end
meta.__len = function(self) return #held[self] end
meta.__tostring = function(self) return text(self, "Medium") end

meta.__eq = function(a, b)
  local left, right = held[a], held[b]
  if not (left and right) or #left ~= #right or left.shared ~= right.shared then return false end
  for number, shot in ipairs(left) do
    if shot ~= right[number] then return false end
  end
  return true
end

-- row .. table replaces shared fields; text .. row is text.
meta.__concat = function(left, right)
  if not shots.is(left) or type(right) ~= "table" then return tostring(left) .. tostring(right) end
  if shots.is(right) then error("two rows of shots are joined by hand: prompt.shots{ a[1], b[1] }", 2) end
  local row = held[left]
  local shared, message = value.with(row.shared, right)
  if not shared then error(message, 2) end
  return new(shared, row)
end

shots.methods = methods

return shots
