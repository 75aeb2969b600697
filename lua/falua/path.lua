-- Places inside a value as people write them: "a.b[1].c". Lists count from 1;
-- "list[]" is the place behind the last. Prints nothing.
local json = require "fal.core.json"

local path = {}

local append = {} -- the step that "[]" stands for

--- Reads a place into its steps.
---@param text string
---@return table|nil steps  names and numbers; nil when it is no place
function path.parse(text)
  local steps, at = {}, 1
  while at <= #text do
    local name, after = text:match("^%.?([^.%[%]]+)()", at)
    local index, behind = text:match("^%[(%d*)%]()", at)
    if name and (at > 1) == (text:sub(at, at) == ".") then
      steps[#steps + 1], at = name, after
    elseif index and at > 1 then
      steps[#steps + 1] = index == "" and append or math.tointeger(tonumber(index))
      at = behind
    else
      return nil
    end
  end
  return #steps > 0 and steps or nil
end

--- Finds what is at a place.
---@param value any
---@param steps table
---@return any found  nil when there is nothing
function path.get(value, steps)
  for _, name in ipairs(steps) do
    if type(value) ~= "table" then return nil end
    value = value[name]
  end
  return value
end

-- The key that a step means in a table; nil and why it means none.
local function key_in(place, step)
  if type(place) ~= "table" then return nil, "is a single value" end
  if step == append then step = #place + 1 end
  if type(step) == "string" then
    if json.is_array(place) then return nil, "is a list" end
  elseif not json.is_array(place) and next(place) ~= nil then
    return nil, "is no list"
  elseif step < 1 or step > #place + 1 then
    return nil, ("has %d items"):format(#place)
  end
  return step
end

local function fresh(step) return type(step) == "string" and {} or json.array {} end

--- Writes the first steps of a place.
---@param steps table
---@param count integer|nil  all when absent
---@return string text
function path.text(steps, count)
  local text = tostring(steps[1])
  for i = 2, count or #steps do
    local step = steps[i]
    if step == append then step = "" end
    text = text .. (type(step) == "string" and step ~= "" and "." .. step or ("[%s]"):format(step))
  end
  return text
end

--- Puts a value at a place; tables on the way are made.
---@param root table
---@param steps table
---@param value any
---@return boolean|nil done
---@return string|nil problem
function path.set(root, steps, value)
  local place = root
  for i, step in ipairs(steps) do
    local key, problem = key_in(place, step)
    if not key then return nil, ("%s %s"):format(path.text(steps, i - 1), problem) end
    if i == #steps then
      if place[key] ~= nil then return nil, path.text(steps, i) .. " is given twice" end
      place[key] = value
    else
      if place[key] == nil then place[key] = fresh(steps[i + 1]) end
      place = place[key]
    end
  end
  return true
end

return path
