-- A plan as people read it: a line a step, with what becomes of it and what it
-- costs, and the total. Also amounts and long texts as they are shown elsewhere.
-- Pure.
local money = require "fal.money"

local listing = {}

--- An interval of amounts.
---@param low integer  billionths
---@param high integer
---@return string
function listing.range(low, high)
  return low == high and money.text(low) or ("%s to %s"):format(money.text(low), money.text(high))
end

--- The beginning of a long text, in whole characters.
---@param text string
---@param most integer  bytes
---@return string
function listing.short(text, most)
  if #text <= most then return text end
  return text:sub(1, utf8.offset(text, 0, most) - 1) .. "..."
end

-- What becomes of a call that is neither done nor new.
local outlook <const> = {
  pending = "waited for", unconfirmed = "looked up, or to be settled by hand", lost = "asked for once more",
  failed = "not called again unless redone",
}

local function price_text(entry)
  if entry.problem then return tostring(entry.problem) end
  if entry.kind ~= "call" or entry.state == "cached" then return "" end
  if entry.state ~= "new" then
    local words = { (entry.held or 0) > 0 and money.text(entry.held) .. " reserved" or nil }
    words[#words + 1] = outlook[entry.state]
    return table.concat(words, ", ")
  end
  local text = entry.low and listing.range(entry.low, entry.high) or "price unknown"
  return entry.depends and text .. ", depends on " .. table.concat(entry.needs, ", ") or text
end

local function total_text(self)
  local cost = self.cost
  local words = { ("to pay: %s"):format(listing.range(cost.low, cost.high)) }
  if #cost.unknown > 0 then
    words[1] = words[1] .. (" and %d unknown (%s)"):format(#cost.unknown, table.concat(cost.unknown, ", ", 1,
      math.min(4, #cost.unknown)) .. (#cost.unknown > 4 and ", ..." or ""))
  end
  words[#words + 1] = "paid: " .. money.text(self.paid)
  if self.reserved > 0 then words[#words + 1] = "reserved: " .. money.text(self.reserved) end
  if self.budget then
    words[#words + 1] = ("budget: %s, %s left"):format(money.text(self.budget),
      money.text(math.max(0, self.budget - self.held)))
    local over = self.held + cost.high - self.budget
    if over > 0 then words[#words + 1] = ("up to %s too little"):format(money.text(over)) end
  end
  return table.concat(words, "; ")
end

--- Writes a plan as a text of lines: its steps, and what they cost together.
---@param self table  the plan
---@return string
function listing.of(self)
  local width = { 4, 4, 6 }
  for _, entry in ipairs(self.steps) do
    width = {
      math.max(width[1], #entry.name), math.max(width[2], #(entry.endpoint or entry.kind)),
      math.max(width[3], #entry.state),
    }
  end
  local form = ("  %%-%ds  %%-%ds  %%-%ds  %%s"):format(math.min(width[1], 60), math.min(width[2], 70), width[3])
  local lines = {
    ("%s: %d steps%s"):format(self.name, #self.steps, self.path and ", no journal at " .. self.path .. " yet" or ""),
  }
  for _, entry in ipairs(self.steps) do
    local line = form:format(entry.name, entry.endpoint or entry.kind, entry.state, price_text(entry))
    lines[#lines + 1] = line:gsub("%s+$", "")
  end
  for _, entry in ipairs(self.left or {}) do
    lines[#lines + 1] = ("  %s, no longer a step, is %s %s"):format(entry.name, entry.state, entry.request_id or "")
  end
  lines[#lines + 1] = total_text(self)
  return table.concat(lines, "\n")
end

return listing
