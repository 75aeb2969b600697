-- The check of inputs: right and wrong ones for every endpoint that has a page
-- (spec/fixtures/models/inputs.lua), every enum value, the exact conversions,
-- and what must never happen to the caller's tables.
local index = require "fal.models.index"
local models = require "fal.models"
local fixtures = require "fixtures.models.inputs"

local DROP = fixtures.DROP

local function changed(base, field, value)
  local input = {}
  for k, v in pairs(base) do input[k] = v end
  if value == DROP then value = nil end
  input[field] = value
  return input
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local out = setmetatable({}, getmetatable(value))
  for k, v in pairs(value) do out[k] = copy(v) end
  return out
end

-- same values and same kinds of numbers: 3 is not 3.0 here
local function identical(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return rawequal(a, b) and math.type(a) == math.type(b) or a ~= a end
  for k, v in pairs(a) do if not identical(v, b[k]) then return false end end
  for k in pairs(b) do if a[k] == nil then return false end end
  return true
end

describe("every endpoint with a page", function()
  it("has at least eight wrong and four right inputs here", function()
    assert.equal(21, #fixtures.endpoints)
    for _, entry in ipairs(fixtures.endpoints) do
      assert.is_true(#entry.wrong >= 8 and #entry.right >= 4, entry.id)
    end
  end)

  for _, entry in ipairs(fixtures.endpoints) do
    it("takes what is right: " .. entry.id, function()
      assert.equal(entry.base, models.validate(entry.id, entry.base))
      for _, change in ipairs(entry.right) do
        local field, value, sent = table.unpack(change)
        local input = changed(entry.base, field, value)
        local before = copy(input)
        local out, err = models.validate(entry.id, input)
        assert.is_truthy(out, field .. ": " .. tostring(err))
        assert.is_true(identical(before, input), field)
        if sent == nil then
          assert.equal(input, out)
        else
          assert.is_true(identical(changed(entry.base, field, sent), out), field)
        end
      end
    end)

    it("refuses what is wrong: " .. entry.id, function()
      for _, change in ipairs(entry.wrong) do
        local field, value, fault, near = table.unpack(change)
        local input = changed(entry.base, field, value)
        local before = copy(input)
        local out, err = models.validate(entry.id, input)
        local place = ("%s = %s"):format(field, tostring(value))
        assert.is_nil(out, place)
        assert.is_true(identical(before, input), place)
        assert.equal("validation", err.kind)
        assert.equal(entry.id, err.endpoint)
        assert.equal(1, #err.detail, place)
        assert.equal(fault, err.detail[1].type, place)
        assert.equal("body", err.detail[1].loc[1])
        assert.equal(tostring(field), err.detail[1].loc[2])
        assert.equal(1, (err.field:find(tostring(field), 1, true)), place)
        assert.is_truthy(tostring(err):find(tostring(field), 1, true), place)
        assert.is_true(#tostring(err) <= 400, place)
        if fault == "one_of" then
          assert.same(err.allowed, err.detail[1].ctx.expected)
        end
        if near ~= nil then
          local shown = type(near) == "string" and ('"%s"'):format(near) or tostring(near)
          assert.is_truthy(err.message:find("did you mean " .. shown .. "?", 1, true), place .. ": " .. err.message)
        end
      end
    end)
  end
end)

-- Some right value for a field, as far as the specs need one.
local function value_for(field)
  if field.enum then return field.enum[1] end
  if field.format == "url" then return "https://example.com/a" end
  if field.type == "string" then return "text" end
  if field.type == "integer" then return field.min and field.min // 1 | 0 or 1 end
  if field.type == "number" then return field.min or 0.5 end
  if field.type == "boolean" then return true end
  if field.type == "list" then return { value_for(field.items) } end
  if field.type ~= "object" then return { url = "https://example.com/a" } end
  local object = {}
  for _, inner in ipairs(field.fields) do object[inner.name] = value_for(inner) end
  return object
end

local function all_schemas()
  local list = {}
  for family in pairs(index.families) do
    local data = require("fal.models.catalogue." .. family)
    for _, entry in ipairs(data.endpoints) do list[#list + 1] = models.find(entry.id) end
    for _, entry in ipairs(data.types) do list[#list + 1] = models.find(family .. "#" .. entry.name) end
  end
  return list
end

local function required_of(schema)
  local input = {}
  for _, field in ipairs(schema.input) do
    if field.required then input[field.name] = value_for(field) end
  end
  return input
end

describe("every schema, types by name too", function()
  local schemas = all_schemas()

  it("takes each of its enum values, nested ones too", function()
    local count = 0
    local function walk(schema, fields, put)
      for _, field in ipairs(fields) do
        for _, value in ipairs(field.enum or {}) do
          local input = put(field.name, value)
          assert.equal(input, models.validate(schema, input), schema.id .. " " .. field.name .. " " .. tostring(value))
          count = count + 1
        end
        if field.type == "object" then
          walk(schema, field.fields, function(name, value)
            return put(field.name, changed(value_for(field), name, value))
          end)
        end
      end
    end
    for _, schema in ipairs(schemas) do
      local base = required_of(schema)
      walk(schema, schema.input, function(name, value)
        local input = changed(base, name, value)
        for _, rule in ipairs(schema.rules or {}) do
          if input[rule.when] == rule.is then input[rule.field] = rule.only[1] end
          if name == rule.field and value ~= rule.only[1] then input[rule.when] = nil end
        end
        return input
      end)
    end
    assert.is_true(count > 500)
  end)

  it("takes its defaults", function()
    for _, schema in ipairs(schemas) do
      local input = models.defaults(schema, required_of(schema))
      assert.equal(input, models.validate(schema, input), schema.id)
    end
  end)

  it("misses each of its required fields", function()
    for _, schema in ipairs(schemas) do
      for _, field in ipairs(schema.input) do
        local _, err = models.validate(schema, changed(required_of(schema), field.name, DROP))
        assert.equal(field.required and field.name or nil, err and err.field, schema.id)
      end
    end
  end)

  it("takes back what it gave, unchanged", function()
    local words = { "5", "8s", 5, 8, 5.0, "", "16:9", true, false, 0.5, -1, "https://a.example", "720p", 720, {} }
    local seed = 42
    local function random(n)
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed // 65536 % n + 1
    end
    local right = 0
    for _ = 1, 5000 do
      local schema = schemas[random(#schemas)]
      local input = required_of(schema)
      for _ = 1, random(3) do
        local field = schema.input[random(#schema.input)]
        if random(2) == 1 then input[field.name] = value_for(field) else input[field.name] = words[random(#words)] end
      end
      local before = copy(input)
      local out, err = models.validate(schema, input)
      assert.is_true(identical(before, input))
      if out then
        right = right + 1
        assert.equal(out, (models.validate(schema, out)))
      else
        assert.is_true(#tostring(err) <= 400)
        assert.equal(err.detail[1].field, err.field)
      end
    end
    assert.is_true(right > 1000 and right < 4500)
  end)
end)

describe("special values", function()
  local file = setmetatable({}, { __name = "fal.file" })

  it("a file stands for a URL", function()
    local input = { prompt = "x", image_url = file }
    assert.equal(input, models.validate("fal-ai/pika/v2.2/image-to-video", input))
    local list = { prompt = "x", image_urls = { file, "https://example.com/a.png" } }
    assert.equal(list, models.validate("fal-ai/veo3.1/reference-to-video", list))
    assert.is_nil(models.validate("fal-ai/veo3.1/reference-to-video", { prompt = "x", image_urls = file }))
    assert.is_nil(models.validate("fal-ai/minimax/speech-02-hd", { text = "x", voice_setting = file }))
    assert.is_nil(models.validate("fal-ai/veo2", { prompt = "x", duration = file }))
  end)

  it("an exact number stands for a whole one", function()
    local big = setmetatable({}, { __name = "fal.number", __tostring = function() return "18446744073709551615" end })
    local half = setmetatable({}, { __name = "fal.number", __tostring = function() return "0.5" end })
    local input = { prompt = "x", seed = big }
    assert.equal(input, models.validate("fal-ai/veo2", input))
    assert.equal(big, input.seed)
    assert.is_nil(models.validate("fal-ai/veo2", { prompt = "x", seed = half }))
    assert.is_truthy(models.validate("fal-ai/kling-video/v2/master/text-to-video", { prompt = "x", cfg_scale = half }))
  end)

  it("null stands for an optional value that has no default", function()
    local null = require("fal.core.json").null
    local input = { prompt = "x", seed = null, negative_prompt = null }
    assert.equal(input, models.validate("fal-ai/veo2", input))
    for _, field in ipairs { "prompt", "aspect_ratio", "enhance_prompt" } do
      local out, err = models.validate("fal-ai/veo2", { prompt = "x", [field] = null })
      assert.is_nil(out)
      assert.equal(field, err.field)
    end
  end)

  it("values and keys of every type end in an error, not in a mistake of ours", function()
    local cyclic = {}
    cyclic.cyclic = cyclic
    local values = { print, coroutine.create(print), io.stdout, cyclic, 0 / 0, 1 / 0, math.mininteger, ("x"):rep(1e6) }
    for _, value in ipairs(values) do
      local out, err = models.validate("fal-ai/veo2", { prompt = "x", duration = value })
      assert.is_nil(out)
      assert.same({ "duration", "validation" }, { err.field, err.kind })
      assert.is_true(#tostring(err) <= 400)
    end
    local out, err = models.validate("fal-ai/veo2", { prompt = "x", [print] = 1, [1.5] = 2, [true] = 3, [7] = 4 })
    assert.is_nil(out)
    assert.equal(4, #err.detail)
  end)

  it("what only a metatable has is missing: it is not sent either", function()
    local input = setmetatable({}, { __index = { prompt = "x" } })
    assert.equal("prompt: missing", select(2, models.validate("fal-ai/veo2", input)).message)
  end)

  it("a metatable that cannot be read or written past is not copied with the fields", function()
    local moody = { __metatable = false, __newindex = function() error "no" end }
    local input = setmetatable({ prompt = "x", duration = 8, negative_prompt = "y" }, moody)
    assert.same({ prompt = "x", duration = "8s", negative_prompt = "y" }, models.validate("fal-ai/veo2", input))
    local list = setmetatable({ "https://example.com/a.png", "https://example.com/b.png" }, moody)
    local filled = models.defaults("fal-ai/veo3.1/reference-to-video", setmetatable({ image_urls = list }, moody))
    assert.equal(list, filled.image_urls)
    assert.equal("720p", filled.resolution)
  end)

  it("an older value passes with a note", function()
    local input = { input_concept = "x", model = "google/gemini-flash-1.5" }
    local out, note = models.validate("fal-ai/video-prompt-generator", input)
    assert.equal(input, out)
    assert.is_truthy(note:find("older", 1, true))
    assert.is_nil(select(2, models.validate("fal-ai/video-prompt-generator", { input_concept = "x" })))
  end)

  it("an endpoint nobody knows passes with a note", function()
    local input = { anything = {} }
    local out, note = models.validate("somebody/something", input)
    assert.equal(input, out)
    assert.is_truthy(note:find("somebody/something", 1, true))
  end)
end)

describe("models.defaults", function()
  it("fills what is missing, in a new table", function()
    local input = { prompt = "x", duration = "4s" }
    local filled = models.defaults("fal-ai/veo3/fast", input)
    assert.same({
      prompt = "x", duration = "4s", aspect_ratio = "16:9", enhance_prompt = true, auto_fix = true,
      resolution = "720p", generate_audio = true,
    }, filled)
    assert.same({ prompt = "x", duration = "4s" }, input)
  end)

  it("fills within objects that are there, and knows no others", function()
    local filled = models.defaults("fal-ai/minimax/speech-02-hd", { text = "x", audio_setting = { channel = "2" } })
    assert.same({ channel = "2", format = "mp3", bitrate = "128000", sample_rate = "32000" }, filled.audio_setting)
    assert.is_nil(filled.voice_setting)
    assert.same({ a = 1 }, models.defaults("somebody/something", { a = 1 }))
  end)
end)
