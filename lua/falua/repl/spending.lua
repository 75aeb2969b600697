-- Money at the prompt: says what a call costs before it is sent, asks above a
-- limit, and adds up what this session has sent. Stands in front of the paid
-- functions of every client, for as long as there is a prompt.
local attach = require "falua.attach"
local fal = require "fal"
local money = require "fal.money"
local notes = require "falua.notes"
local price = require "falua.price"

local spending = {}

local state = { ask_above = price.ask_above, calls = 0, low = 0, high = 0, unknown = 0 }

local function amount(dollars) return money.text(math.floor(dollars * money.dollar + 0.5)) end

-- Whether it may be sent; the price is said in any case.
local function settle(client, endpoint, high, line, err)
  local doubt = price.doubt(high, attach.is_sandbox(client) and math.huge or state.ask_above, err)
  if state.busy_typing then
    if not doubt then return true end
    return nil, price.refusal(endpoint, doubt .. ", and nobody can be asked now",
      "start it from the prompt, or change the limit with .ask_above USD or .ask_above never")
  end
  price.say(line, err)
  if not doubt or notes.ask(doubt .. ". Send it?") then return true end
  return nil, price.refusal(endpoint, "not sent")
end

local function add(low, high)
  state.calls = state.calls + 1
  if low then state.low, state.high = state.low + low, state.high + high
  else state.unknown = state.unknown + 1 end
end

local function counted(low, high, made, ...)
  if made ~= nil then add(low, high) end
  return made, ...
end

-- The price is worth saying of an input that is right; a wrong one is refused
-- by the function itself.
local function guarded(client, send)
  return function(endpoint, input, opts)
    if type(endpoint) ~= "string" or type(input) ~= "table" or not price.matters(client) then
      return send(endpoint, input, opts)
    end
    local low, high, line = price.of(client, endpoint, input)
    local err
    if not low then high, err = nil, high end
    if err and err.kind == "validation" then return send(endpoint, input, opts) end
    local agreed
    agreed, err = settle(client, endpoint, high, line, err)
    if not agreed then return nil, err end
    return counted(low, high, send(endpoint, input, opts))
  end
end

local function guard(client)
  for _, name in ipairs { "submit", "run", "stream" } do client[name] = guarded(client, client[name]) end
  return client
end

--- Puts itself in front of the paid functions of the default client and of those that are made from now on.
function spending.guard()
  local new = fal.new
  guard(fal)
  function fal.new(options) return guard(new(options)) end
end

--- Runs a function while a line is being typed, when nobody can be asked.
function spending.while_typing(fn)
  state.busy_typing = true
  local ok, err = pcall(fn)
  state.busy_typing = false
  if not ok then error(err, 0) end
end

--- Changes the limit above which the person is asked.
---@param text string|nil  dollars, or "never"
---@return string|nil message  what holds now; nil when the text makes no sense
function spending.ask_above(text)
  if text then
    local limit = text == "never" and math.huge or tonumber((text:gsub("^%$", "")))
    if not limit or limit < 0 then return nil end
    state.ask_above = limit
  end
  if state.ask_above == math.huge then return "calls are sent without asking" end
  return ("calls of more than %s, and of unknown price, are asked about%s"):format(amount(state.ask_above),
    attach.is_sandbox() and "; not in the sandbox, where nothing costs anything" or "")
end

--- What this session has sent.
---@return string line
function spending.summary()
  if state.calls == 0 then return "nothing was sent in this session" end
  local cost = amount(state.low) .. (state.high > state.low and " to " .. amount(state.high) or "")
  local unknown = state.unknown > 0 and (", and %d of unknown price"):format(state.unknown) or ""
  local stand_in = attach.is_sandbox() and ", had it not been the sandbox" or ""
  return ("this session: %d call%s, %s by the list prices%s%s"):format(state.calls, state.calls == 1 and "" or "s",
    cost, unknown, stand_in)
end

return spending
