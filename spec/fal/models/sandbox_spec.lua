-- The check here and the service's own say the same: 10,000 generated inputs,
-- right and wrong, are checked locally and sent unchecked to the sandbox. One
-- difference is meant: the service passes over fields that it does not know,
-- the check here takes them for mistakes.
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
  if random(12) == 1 then return pick(junk) end
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

local function input_for(schema)
  local input = {}
  for _, field in ipairs(schema.input) do
    if field.required and random(20) > 1 or random(3) == 1 then input[field.name] = value_for(field) end
  end
  return input
end

local function has_unknown(err)
  for _, fault in ipairs(err.detail) do
    if fault.type == "extra_forbidden" then return true end
  end
end

describe("the check and the sandbox", function()
  it("agree on 10,000 inputs, and on the faults of the wrong ones", function()
    local box <close> = assert(sandbox.start { queue_time = 0, run_time = 0 })
    local config = { validate = false }
    for name, value in pairs(box.config) do config[name] = value end
    local client = fal.new(config)
    local right, wrong = 0, 0
    while right + wrong < 10000 do
      local id = pick(index.ids)
      local input = input_for(models.find(id))
      local sent, err = models.validate(id, input)
      local unknown = not sent and has_unknown(err)
      local output, refusal
      if not unknown then output, refusal = client.run(id, sent or input) end
      if sent then
        right = right + 1
        assert.is_truthy(output, id .. ": " .. tostring(refusal))
      elseif not unknown then
        wrong = wrong + 1
        assert.is_nil(output, id .. ": " .. tostring(err))
        assert.equal(422, refusal.status)
        assert.equal(#err.detail, #refusal.detail)
        for i, fault in ipairs(err.detail) do
          local said = refusal.detail[i] -- an error object cuts long texts short
          assert.same({ fault.type, fault.loc }, { said.type, said.loc })
          assert.equal(fault.msg:sub(1, #said.msg), said.msg)
          assert.is_true(#said.msg >= math.min(#fault.msg, 300))
        end
      end
    end
    assert.is_true(right > 2000 and wrong > 2000, ("%d right, %d wrong"):format(right, wrong))
  end)
end)
