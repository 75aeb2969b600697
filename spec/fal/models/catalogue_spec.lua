-- The catalogue against the facts of the models' pages, in both directions:
-- every field, its order, type, default, enum values and whether it is
-- required. The facts are in spec/fixtures/models/pages.tsv.
local index = require "fal.models.index"
local models = require "fal.models"

local function split(text, separator)
  local list = {}
  for part in (text .. separator):gmatch("(.-)%" .. separator) do list[#list + 1] = part end
  return list
end

-- The facts as a list of pages: { name, endpoint, older, parts = { { name, rows } } }.
local function read_facts()
  local pages, by_name = {}, {}
  for line in io.lines "spec/fixtures/models/pages.tsv" do
    if not line:find "^#" then
      local name, part, field, type, required, default, enum = table.unpack(split(line, "\t"))
      local page = by_name[name]
      if not page then
        page = { name = name, endpoint = name:gsub(" %(older%)$", ""), older = name:find "older" ~= nil, parts = {} }
        by_name[name], pages[#pages + 1] = page, page
      end
      local last = page.parts[#page.parts]
      if not last or last.name ~= part then
        last = { name = part, rows = {} }
        page.parts[#page.parts + 1] = last
      end
      last.rows[#last.rows + 1] = {
        name = field, type = type, required = required, default = default,
        enum = enum ~= "" and split(enum, "|") or nil,
      }
    end
  end
  return pages
end

local function fields_of(page, part)
  local schema = models.find(page.endpoint)
  if part == "input" or part == "output" then return schema[part] end
  local found = models.find(index.family_of[page.endpoint] .. "#" .. part)
  return assert(found, page.name .. ": " .. part).input
end

-- The type of a field in the words of the pages.
local function page_type(field)
  if field.enum then return math.type(field.enum[1]) == "integer" and "integer enum" or "enum" end
  if field.type == "list" then return ("list<%s>"):format(field.items.of or field.items.type) end
  if field.type == "number" then return "float" end
  return field.of or field.type
end

local function as_json(value)
  if value == nil then return "" end
  return type(value) == "string" and ('"%s"'):format(value) or tostring(value)
end

local function compare(place, field, fact)
  assert.equal(fact.name, field.name, place)
  assert.equal(fact.type, page_type(field), place .. ": type")
  assert.equal(fact.default, as_json(field.default), place .. ": default")
  local enum = {}
  for i, value in ipairs(field.enum or {}) do enum[i] = tostring(value) end
  assert.same(fact.enum or {}, enum, place .. ": enum")
  if fact.required == "" then
    assert.equal(field.required or nil, field.inferred, place .. ": inferred")
  else
    assert.equal(fact.required == "yes", field.required, place .. ": required")
    assert.is_nil(field.inferred, place .. ": inferred")
  end
end

local pages = read_facts()

describe("the catalogue", function()
  it("has the facts of 24 pages of 21 endpoints and 83 types", function()
    local endpoints, types = {}, 0
    for _, page in ipairs(pages) do
      endpoints[page.endpoint] = true
      for _, part in ipairs(page.parts) do
        if part.name ~= "input" and part.name ~= "output" then types = types + 1 end
      end
    end
    local count = 0
    for _ in pairs(endpoints) do count = count + 1 end
    assert.same({ 24, 21, 83 }, { #pages, count, types })
  end)

  for _, page in ipairs(pages) do
    for _, part in ipairs(page.parts) do
      if not page.older then
        it(("has just the fields of %s, %s"):format(page.name, part.name), function()
          local fields = fields_of(page, part.name)
          assert.equal(#part.rows, #fields)
          for i, fact in ipairs(part.rows) do compare(page.name .. " " .. fact.name, fields[i], fact) end
        end)
      end
    end
  end

  it("takes whatever an older page of an endpoint names", function()
    local checked = 0
    for _, page in ipairs(pages) do
      for _, part in ipairs(page.older and page.parts or {}) do
        local fields = fields_of(page, part.name)
        for i, fact in ipairs(part.rows) do
          local valid = {}
          for _, list in ipairs { fields[i].enum or {}, fields[i].older or {} } do
            for _, value in ipairs(list) do valid[tostring(value)] = true end
          end
          assert.equal(fact.name, fields[i].name)
          for _, value in ipairs(fact.enum or {}) do
            assert.is_true(valid[value], fact.name .. " " .. value)
            checked = checked + 1
          end
        end
      end
    end
    assert.is_true(checked > 100)
  end)

  it("has no endpoint and no type that no page names", function()
    local named = {}
    for _, page in ipairs(pages) do
      named[page.endpoint] = true
      for _, part in ipairs(page.parts) do named[index.family_of[page.endpoint] .. "#" .. part.name] = true end
    end
    for family in pairs(index.families) do
      local data = require("fal.models.catalogue." .. family)
      for _, entry in ipairs(data.endpoints) do assert.is_true(named[entry.id], entry.id) end
      for _, entry in ipairs(data.types) do assert.is_true(named[family .. "#" .. entry.name], entry.name) end
    end
  end)

  it("has an index that tells the family of every endpoint, and of no other", function()
    local seen = {}
    for family in pairs(index.families) do
      local data = require("fal.models.catalogue." .. family)
      for _, list in ipairs { data.endpoints, data.types } do
        for _, entry in ipairs(list) do
          for _, id in ipairs(entry.endpoints or { entry.id }) do
            seen[id] = true
            assert.equal(family, index.family_of[id], id)
          end
        end
      end
    end
    for _, id in ipairs(index.ids) do assert.is_true(seen[id], id) end
  end)

  it("maps types to endpoints that take just their fields, as the official client has them", function()
    local documented, sisters = {}, 0
    for _, page in ipairs(pages) do documented[page.endpoint] = true end
    for line in io.lines "spec/fixtures/models/client.tsv" do
      local id, _, said = table.unpack(split(line, "\t"))
      local schema = not line:find "^#" and models.find(id)
      local ours, theirs = {}, {}
      for _, field in ipairs(schema and schema.input or {}) do ours[field.name] = field.required end
      for name, star in (said or ""):gmatch "([%w_]+)(%*?)" do theirs[name] = star == "*" end
      if schema and not documented[id] then
        assert.same(theirs, ours, id)
        sisters = sisters + 1
      elseif schema then
        for _, field in ipairs(schema.input) do
          if field.inferred then assert.is_true(theirs[field.name], id .. " " .. field.name) end
        end
      end
    end
    assert.equal(#index.ids - 21, sisters)
  end)

  it("gives every endpoint a title, a category, an input and an output", function()
    for _, id in ipairs(index.ids) do
      local schema = models.find(id)
      assert.equal(id, schema.id)
      assert.is_true(#schema.title > 3 and #schema.category > 2 and #schema.input > 0 and #schema.output > 0, id)
      for _, field in ipairs(schema.input) do
        assert.is_true(#field.description > 0, id .. " " .. field.name)
      end
    end
  end)
end)

describe("models.find", function()
  it("knows types by name, and the endpoints that take them", function()
    local by_name = models.find "kling#LipsyncT2VRequest"
    local by_id = models.find "fal-ai/kling-video/lipsync/text-to-video"
    assert.equal("LipsyncT2VRequest", by_id.type)
    assert.same(by_name.input, by_id.input)
  end)

  it("has types without an endpoint", function()
    assert.equal("voice_id", models.find("minimax#VoiceDeleteRequest").input[1].name)
    assert.equal("modify_region", models.find("pika#PikaswapsRequest").input[3].name)
  end)

  it("gives nil for what is not built in", function()
    for _, id in ipairs { "fal-ai/nothing", "", "kling#Nothing", "nothing#File", "a#b#c" } do
      assert.is_nil(models.find(id), id)
    end
  end)

  it("nests the parts of a type", function()
    local schema = models.find "fal-ai/kling-video/v1/standard/image-to-video"
    local masks = schema.input[#schema.input]
    assert.same({ "list", "object", "DynamicMask" }, { masks.type, masks.items.type, masks.items.of })
    local way = masks.items.fields[2]
    assert.same({ "trajectories", "Trajectory", "x", "integer" },
      { way.name, way.items.of, way.items.fields[1].name, way.items.fields[1].type })
  end)

  it("tells what a URL field and an output hold", function()
    local lips = models.find "fal-ai/kling-video/lipsync/audio-to-video"
    assert.same({ "video", "audio" }, { lips.input[1].media, lips.input[2].media })
    assert.equal("image", models.find("fal-ai/veo3.1/reference-to-video").input[1].items.media)
    assert.equal("image", models.find("fal-ai/minimax/image-01").output[1].items.media)
    assert.equal("audio", models.find("fal-ai/minimax/speech-02-hd").output[1].media)
  end)
end)

describe("models.list", function()
  local function ids(filter)
    local list = {}
    for i, entry in ipairs(models.list(filter)) do list[i] = entry.id end
    return list
  end

  it("lists all, sorted", function()
    local all = ids()
    assert.same(index.ids, all)
    for i = 2, #all do assert.is_true(all[i - 1] < all[i]) end
  end)

  it("finds by words in any order and case, and by category", function()
    assert.same({ "fal-ai/veo3/fast" }, ids "FAST veo3/")
    assert.same({ "fal-ai/video-prompt-generator" }, ids { category = "llm" })
    assert.same({ "fal-ai/sora-2/text-to-video", "fal-ai/sora-2/text-to-video/pro" },
      ids { category = "text-to-video", q = "sora" })
    assert.same({}, ids "zzz")
  end)

  it("tells title, category and price", function()
    assert.same({
      id = "fal-ai/veo3/fast", title = "Veo 3 Fast, text to video", category = "text-to-video",
      price = "$0.25 (audio off), $0.40 (audio on) per second",
    }, models.list("veo3/fast")[1])
    assert.is_nil(models.list("veo2")[1].price)
  end)
end)
