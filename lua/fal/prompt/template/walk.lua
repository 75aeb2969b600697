-- Counts the combinations of a bound template without making them, and walks
-- through them one by one without keeping them. The order is that of an
-- odometer: the last choice of the text turns fastest.
local natural = require "fal.prompt.template.natural"

local walk = {}

local count

-- How many ways to take n of the options, with all that is in them: the n-th
-- elementary symmetric polynomial of their counts.
local function count_several(options, n)
  local ways = { [0] = 1 }
  for i = 1, n do ways[i] = 0 end
  for position, option in ipairs(options) do
    local here = count(option)
    for i = math.min(n, position), 1, -1 do
      ways[i] = natural.add(ways[i], natural.multiply(ways[i - 1], here))
    end
  end
  return ways[n]
end

local function count_node(node)
  if node.take then return count_several(node.options, node.take) end
  if node.options then
    local sum = 0
    for _, option in ipairs(node.options) do sum = natural.add(sum, count(option)) end
    return sum
  end
  local factors = {}
  for _, item in ipairs(node) do
    if type(item) == "table" then factors[#factors + 1] = count(item) end
  end
  return natural.product(factors)
end

-- A table that occurs twice (the lines of a word list) is counted once.
function count(node)
  if type(node) == "string" then return 1 end
  local known = node.options or node
  if not known.count or node.take then
    local made = count_node(node)
    if node.take then return made end
    known.count = made
  end
  return known.count
end

--- Counts the combinations.
---@param node table|string  a bound template
---@return integer|table count  an integer, or an exact big number
function walk.count(node) return count(node) end

local start

-- States know their text and how to go on. 'advance' is false when the state
-- has come round to its beginning.
local function text_state(text)
  return { write = function(out) out[#out + 1] = text end, advance = function() return false end }
end

local function advance_last(states)
  for i = #states, 1, -1 do
    if states[i].advance() then return true end
  end
  return false
end

local function write_all(states, out, separator)
  for position, state in ipairs(states) do
    if separator and position > 1 then out[#out + 1] = separator end
    state.write(out)
  end
end

local function seq_state(node)
  local states = {}
  for position, item in ipairs(node) do states[position] = start(item) end
  return {
    write = function(out) write_all(states, out) end,
    advance = function() return advance_last(states) end,
  }
end

local function choice_state(node)
  local options, chosen = node.options, 1
  local state = start(options[1])
  return {
    write = function(out) state.write(out) end,
    advance = function()
      if state.advance() then return true end
      chosen = chosen % #options + 1
      state = start(options[chosen])
      return chosen > 1
    end,
  }
end

-- The next n of k positions in lexicographic order; false after the last.
local function next_positions(positions, k)
  local n = #positions
  for i = n, 1, -1 do
    if positions[i] < k - n + i then
      positions[i] = positions[i] + 1
      for j = i + 1, n do positions[j] = positions[j - 1] + 1 end
      return true
    end
  end
  for i = 1, n do positions[i] = i end
  return false
end

local function several_state(node)
  local options, positions, states = node.options, {}, {}
  local function restart()
    for i, position in ipairs(positions) do states[i] = start(options[position]) end
  end
  for i = 1, node.take do positions[i] = i end
  restart()
  return {
    write = function(out) write_all(states, out, ", ") end,
    advance = function()
      if advance_last(states) then return true end
      local going = next_positions(positions, #options)
      restart()
      return going
    end,
  }
end

function start(node)
  if type(node) == "string" then return text_state(node) end
  if node.take then return several_state(node) end
  return node.options and choice_state(node) or seq_state(node)
end

--- Walks through the combinations.
---@param node table|string  a bound template
---@return fun(): string|nil next
function walk.each(node)
  local state
  local done = false
  return function()
    if done then return nil end
    if not state then
      state = start(node)
    elseif not state.advance() then
      done, state = true, nil
      return nil
    end
    local out = {}
    state.write(out)
    return table.concat(out)
  end
end

return walk
