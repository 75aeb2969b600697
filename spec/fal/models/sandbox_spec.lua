-- The check here and the service's own say the same: 10,000 generated inputs,
-- right and wrong, are checked locally and sent unchecked to the sandbox. One
-- difference is meant, and counted: the service passes over fields that it does
-- not know, the check here takes them for mistakes.
local fal = require "fal"
local index = require "fal.models.index"
local models = require "fal.models"
local sandbox = require "fal.sandbox"

local seed = 20251120

local function random(n)
  seed = (seed * 6364136223846793005 + 1442695040888963407)
  return (seed >> 33) % n + 1
end

local function pick(list) return list[random(#list)] end

local junk = {
  0, 1, 5, 8, -1, 12.5, 3.0, 1e300, "", "5", "8s", "8", "16:9", "16x9", "auto", "720p", "None",
  "https://example.com/a.png", "cat.png", ("x"):rep(121), ("ü"):rep(1501),
  true, false, {}, { "a" }, { "https://example.com/a.png" }, { a = 1 },
}

-- Mostly a right value for the field, sometimes anything.
local function value_for(field)
  if random(9) == 1 then return pick(junk) end
  if field.enum then return pick(field.enum) end
  if field.format == "url" then return "https://example.com/a.png" end
  if field.type == "list" then
    local list = {}
    for i = 1, random(5) do list[i] = value_for(field.items) end
    return list
  end
  if field.type == "object" then
    local object = {}
    for _, inner in ipairs(field.fields) do
      if inner.required or random(2) == 1 then object[inner.name] = value_for(inner) end
    end
    return object
  end
  local plain = { string = { "text", "a [Pan left, Zoom in] b" }, integer = { 1, 5, 9 }, number = { 0.5, 1 },
    boolean = { true, false } }
  return pick(plain[field.type])
end

local typos = { "promt", "Prompt", "aspect-ratio", "durations", "x", "" }

-- Fields of the schema, and sometimes one that it does not have.
local function input_for(schema)
  local input = {}
  for _, field in ipairs(schema.input) do
    if field.required and random(20) > 1 or random(3) == 1 then input[field.name] = value_for(field) end
  end
  if random(8) == 1 then input[pick(typos)] = pick(junk) end
  return input
end

-- The faults that the service finds too, and how many it passes over: the
-- fields that it does not know.
local function of_the_service(err)
  local list, unknown = {}, 0
  for _, fault in ipairs(err.detail) do
    if fault.type == "extra_forbidden" then unknown = unknown + 1 else list[#list + 1] = fault end
  end
  return list, unknown
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local out = setmetatable({}, getmetatable(value))
  for name, item in pairs(value) do out[name] = copy(item) end
  return out
end

-- The input without the fields that the check does not know.
local function without_unknown(input, err)
  local out = copy(input)
  for _, fault in ipairs(err.detail) do
    local place, last = out, #fault.loc
    for i = 2, last do
      local key = fault.loc[i]
      if math.type(key) == "integer" then key = key + 1 end
      if i == last then place[key] = nil else place = place[key] end
    end
  end
  return out
end

describe("the check and the sandbox", function()
  local function same_faults(ours, refusal)
    assert.equal(422, refusal.status)
    assert.equal(#ours, #refusal.detail)
    for i, fault in ipairs(ours) do
      local said = refusal.detail[i] -- an error object cuts long texts short
      assert.same({ fault.type, fault.loc }, { said.type, said.loc })
      assert.equal(fault.msg:sub(1, #said.msg), said.msg)
      assert.is_true(#said.msg >= math.min(#fault.msg, 300))
    end
  end

  it("agree on 10,000 inputs, and on the faults of the wrong ones, but for unknown fields", function()
    local box <close> = assert(sandbox.start { queue_time = 0, run_time = 0 })
    local config = { validate = false }
    for name, value in pairs(box.config) do config[name] = value end
    local client = fal.new(config)
    local counts = { right = 0, wrong = 0, only_unknown = 0, unknown_too = 0 }
    local accepted = 0
    local function count(what) counts[what] = counts[what] + 1 end
    for _ = 1, 10000 do
      local id = pick(index.ids)
      local input = input_for(models.find(id))
      local sent, err = models.validate(id, input)
      local output, refusal = client.run(id, sent or input)
      local faults, unknown = {}, 0
      if not sent then faults, unknown = of_the_service(err) end
      if sent then
        count "right"
        assert.is_truthy(output, id .. ": " .. tostring(refusal))
      elseif #faults > 0 then
        count(unknown > 0 and "unknown_too" or "wrong")
        assert.is_nil(output, id .. ": " .. tostring(err))
        same_faults(faults, refusal)
      else
        count "only_unknown"
        local rest = without_unknown(input, err)
        local ready = models.validate(id, rest)
        assert.is_truthy(ready)
        accepted = accepted + (output and 1 or 0)
        -- The service converts nothing; else it takes the input, unknown fields and all.
        if ready == rest then assert.is_truthy(output, id .. ": " .. tostring(refusal)) end
      end
    end
    assert.is_true(counts.right > 2000 and counts.wrong > 2000 and counts.only_unknown > 300
      and counts.unknown_too > 300 and accepted > 250, require("fal.core.json").encode(counts))
  end)
end)
