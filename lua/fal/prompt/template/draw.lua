-- Draws from a bound template. The generator is our own, so that the same seed
-- gives the same text on every platform, and it has no state: each draw is a
-- function of the seed, the number of the sample, and the choice itself (its
-- own text, without that of choices nested in it, and where it stands). So an
-- edit of one choice leaves the draws of the others as they were.
--
-- The function is the finalizer of SplitMix64 on 64-bit integers that wrap:
--   sample key   s = mix(mix(seed) + number * GOLDEN)
--   draw         x = mix(s ~ id(choice)); option number (x >> 1) % total
-- 'id' is made by draw.mark: an FNV-1a hash of the choice's own text, mixed
-- with the positions of the choices and options it is nested in, and with its
-- number among siblings of the same text.
local draw = {}

local GOLDEN = 0x9E3779B97F4A7C15

local function mix(z)
  z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ (z >> 27)) * 0x94D049BB133111EB
  return z ~ (z >> 31)
end

local function hash(text)
  local h = 0xCBF29CE484222325
  for i = 1, #text do h = (h ~ text:byte(i)) * 0x100000001B3 end
  return mix(h)
end

local own_text

local function own_texts(seq)
  local parts = {}
  for position, node in ipairs(seq) do parts[position] = own_text(node) end
  return table.concat(parts)
end

-- The text of a node in one fixed spelling; nested choices leave only a mark.
function own_text(node)
  if type(node) == "string" then return node end
  if node.kind == "choice" then return "{}" end
  return (node.kind == "name" and "{%s}" or "__%s__"):format(node.name)
end

local function choice_text(choice)
  local parts = { tostring(choice.take) }
  for position, option in ipairs(choice.options) do
    parts[#parts + 1] = choice.weights[position] .. "::" .. own_texts(option)
  end
  return table.concat(parts, "|")
end

--- Gives every choice and word list of a parsed template its id, in place.
---@param seq table  a sequence of nodes
---@param path? integer  where the sequence stands (0 for the whole template)
function draw.mark(seq, path)
  path = path or 0
  local seen, position = {}, 0
  for _, node in ipairs(seq) do
    if node.kind == "choice" or node.kind == "list" then
      local text = node.kind == "list" and own_text(node) or choice_text(node)
      seen[text] = (seen[text] or 0) + 1
      position = position + 1
      node.id = mix(path ~ mix(hash(text) + seen[text] * GOLDEN))
      for number, option in ipairs(node.options or {}) do
        draw.mark(option, mix(path + position * GOLDEN) + number)
      end
    end
  end
end

-- The option that the weight 'at' (from 0) falls on.
local function weighed(weights, at, taken)
  for position, weight in ipairs(weights) do
    if not (taken and taken[position]) then
      if at < weight then return position end
      at = at - weight
    end
  end
end

local emit

-- Takes several options, one draw after the other, and writes them in order.
local function emit_several(node, key, out, length)
  local taken, total, x = {}, node.total, key ~ node.id
  for _ = 1, node.take do
    x = mix(x + GOLDEN)
    local position = weighed(node.weights, (x >> 1) % total, taken)
    taken[position] = true
    total = total - node.weights[position]
  end
  local first = true
  for position, option in ipairs(node.options) do
    if taken[position] then
      if not first then
        length = length + 1
        out[length] = ", "
      end
      first = false
      length = emit(option, key, out, length)
    end
  end
  return length
end

-- Appends the texts of a node to 'out' and returns how many it holds then.
function emit(node, key, out, length)
  if type(node) == "string" then
    out[length + 1] = node
    return length + 1
  end
  local options = node.options
  if not options then
    for i = 1, #node do
      local item = node[i]
      if type(item) == "string" then
        length = length + 1
        out[length] = item
      else
        length = emit(item, key, out, length)
      end
    end
    return length
  end
  if node.take then return emit_several(node, key, out, length) end
  local x = mix(key ~ node.id)
  local weights = node.weights
  local position = weights and weighed(weights, (x >> 1) % node.total) or (x >> 1) % #options + 1
  return emit(options[position], node.is_list and x or key, out, length)
end

--- Draws texts.
---@param node table|string  a bound template
---@param count integer
---@param seed integer
---@return string[] texts
function draw.texts(node, count, seed)
  local texts, out, start = {}, {}, mix(seed)
  for number = 1, count do
    local length = emit(node, mix(start + number * GOLDEN), out, 0)
    texts[number] = table.concat(out, "", 1, length)
  end
  return texts
end

return draw
