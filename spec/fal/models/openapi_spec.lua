-- OpenAPI documents: what becomes of an honest one, and that no dishonest one
-- raises, hangs, or yields a schema that cannot be used.
local file = require "support.file"
local json = require "fal.core.json"
local models = require "fal.models"
local openapi = require "fal.models.openapi"

local function document() return assert(json.decode(file.read "spec/fixtures/models/openapi.json")) end

local function with_input(properties, schemas)
  local doc = document()
  doc.components.schemas.PainterInput = { type = "object", properties = properties }
  for name, schema in pairs(schemas or {}) do doc.components.schemas[name] = schema end
  return doc
end

local function field(schema, name)
  for _, found in ipairs(schema.input) do
    if found.name == name then return found end
  end
end

local function refused(doc, words)
  local schema, err = openapi.reduce(doc, "somebody/painter")
  assert.is_nil(schema)
  assert.same({ "protocol", "somebody/painter" }, { err.kind, err.endpoint })
  assert.is_truthy(err.message:find(words, 1, true), err.message)
end

describe("an honest document", function()
  local schema = assert(openapi.reduce(document(), "somebody/painter"))

  it("names the endpoint and its kind", function()
    assert.same({ "somebody/painter", "somebody/painter", "text-to-image", "PainterInput", "openapi" },
      { schema.id, schema.title, schema.category, schema.type, schema.source })
  end)

  it("orders fields as fal says, the rest by name", function()
    local names = {}
    for i, found in ipairs(schema.input) do names[i] = found.name end
    assert.same({ "prompt", "image_url", "image_size", "num_images", "anything", "extra", "guidance", "loras", "mode",
      "seed", "strength" }, names)
  end)

  it("reads types, limits, enums and references", function()
    assert.same({ name = "prompt", type = "string", required = true, max_length = 20, description = "What to paint" },
      field(schema, "prompt"))
    assert.same({ name = "num_images", type = "integer", required = false, min = 1, max = 4, default = 1 },
      field(schema, "num_images"))
    assert.same({ name = "seed", type = "integer", required = false, nullable = true, description = "The seed. Any." },
      field(schema, "seed"))
    assert.same({ name = "strength", type = "string", required = false, enum = { "weak", "strong" }, default = "weak",
      description = "how strong" }, field(schema, "strength"))
    assert.same({ { "fast" }, true }, { field(schema, "mode").enum, field(schema, "mode").nullable })
    assert.same({ "number", true, 20 },
      { field(schema, "guidance").type, field(schema, "guidance").nullable, field(schema, "guidance").below })
    assert.same({ min_width = 512, max_area = 4000000 }, field(schema, "image_url").media_limits)
  end)

  it("reads lists, objects and alternatives", function()
    local loras = field(schema, "loras")
    assert.same({ "list", 0, 2, "object", "Lora" },
      { loras.type, loras.min_items, loras.max_items, loras.items.type, loras.items.of })
    assert.same({ "path", true, 1 }, { loras.items.fields[1].name, loras.items.fields[1].required,
      loras.items.fields[1].min_length })
    local size = field(schema, "image_size")
    assert.same({ "any", "ImageSize", { "square_hd", "square", "portrait_4_3" }, "square" },
      { size.type, size.any[1].of, size.any[2].enum, size.default })
    assert.same({ 0, 0 }, { size.any[1].fields[1].above, size.any[1].fields[2].above })
    assert.is_nil(size.any[1].fields[1].min)
    assert.is_true(field(schema, "extra").open)
    assert.equal("any", field(schema, "anything").type)
  end)

  it("tells the files of the output", function()
    assert.same({ "images", "list", "Image", "image" }, { schema.output[1].name, schema.output[1].type,
      schema.output[1].items.type, schema.output[1].items.media })
    assert.same({ "seed", "integer" }, { schema.output[2].name, schema.output[2].type })
  end)

  it("can be checked against", function()
    local base = { prompt = "a boat", image_url = "https://example.com/a.png" }
    local function try(name, value)
      local input = { prompt = base.prompt, image_url = base.image_url, [name] = value }
      local out, err = models.validate(schema, input)
      return out and "right" or err.detail[1].type .. " " .. err.field
    end
    assert.equal("right", try("seed", json.null))
    assert.equal("right", try("image_size", "square_hd"))
    assert.equal("right", try("image_size", { width = 1024 }))
    assert.equal("greater_than image_size.width", try("image_size", { width = 0 }))
    assert.equal("one_of image_size", try("image_size", "squere"))
    assert.equal("right", try("loras", { { path = "x", scale = 0.3 } }))
    assert.equal("right", try("loras", json.array {}))
    assert.equal("multiple_of loras[1].scale", try("loras", { { path = "x", scale = 0.35 } }))
    assert.equal("string_too_short loras[1].path", try("loras", { { path = "" } }))
    assert.equal("sequence_too_long loras", try("loras", { { path = "a" }, { path = "b" }, { path = "c" } }))
    assert.equal("less_than guidance", try("guidance", 20))
    assert.equal("right", try("mode", json.null))
    assert.equal("right", try("guidance", json.null))
    assert.equal("int_type num_images", try("num_images", json.null))
    assert.equal("one_of mode", try("mode", "slow"))
    assert.equal("right", try("extra", { whatever = 1, a = true }))
    assert.equal("bool_type extra.a", try("extra", { a = 1 }))
    assert.equal("right", try("anything", { 1, "x" }))
    assert.equal("extra_forbidden numimages", try("numimages", 2))
    assert.equal("[]", json.encode(models.validate(schema, { prompt = "x", image_url = "u", loras = {} }).loras))
  end)

  it("gives defaults that belong to nobody else", function()
    local one, two = models.defaults(schema, {}), models.defaults(schema, {})
    assert.same({ "square", 1, "weak" }, { one.image_size, one.num_images, one.strength })
    assert.are_not.equal(one.loras, two.loras)
  end)
end)

describe("a dishonest document", function()
  it("contains itself", function()
    refused(with_input({ a = { ["$ref"] = "#/components/schemas/A" } },
      { A = { ["$ref"] = "#/components/schemas/A" } }), "A contains itself")
    refused(with_input({ a = { ["$ref"] = "#/components/schemas/A" } }, {
      A = { type = "object", properties = { b = { ["$ref"] = "#/components/schemas/B" } } },
      B = { type = "array", items = { anyOf = { { ["$ref"] = "#/components/schemas/A" } } } },
    }), "contains itself")
  end)

  it("refers to what is not there, or is elsewhere", function()
    refused(with_input { a = { ["$ref"] = "#/components/schemas/Missing" } }, "is not in the document")
    refused(with_input { a = { ["$ref"] = "https://example.com/a.json" } }, "reference to elsewhere")
    refused(with_input { a = { ["$ref"] = "#/paths/~1a" } }, "reference to elsewhere")
  end)

  it("is too deep, too wide, or grows without end", function()
    local deep = { type = "string" }
    for _ = 1, 40 do deep = { type = "array", items = deep } end
    refused(with_input { a = deep }, "nested too deeply")
    local wide = {}
    for i = 1, 5000 do wide["f" .. i] = { type = "string" } end
    refused(with_input(wide), "more than a schema can sensibly hold")
    local schemas = { L0 = { type = "string" } }
    for i = 1, 10 do
      local inner, name = {}, "#/components/schemas/L" .. i - 1
      for j = 1, 10 do inner["p" .. j] = { ["$ref"] = name } end
      schemas["L" .. i] = { type = "object", properties = inner }
    end
    local start = os.clock()
    refused(with_input({ a = { ["$ref"] = "#/components/schemas/L10" } }, schemas), "sensibly hold")
    assert.is_true(os.clock() - start < 1)
  end)

  it("is no document at all", function()
    for _, doc in ipairs { 5, "x", true, json.null, {}, { paths = {} }, { paths = { 1 } }, { paths = "x" } } do
      local schema, err = openapi.reduce(doc, "somebody/painter")
      assert.is_nil(schema)
      assert.equal("protocol", err.kind)
    end
    assert.equal("protocol", select(2, openapi.reduce(nil, "somebody/painter")).kind)
  end)

  it("has any value in any place", function()
    local junk = { 5, -0.5, "x", true, {}, { {} }, { "string" }, { x = 1 }, json.null, { ["$ref"] = 5 } }
    local input = { prompt = "x", image_url = "y", seed = 1, loras = { { path = "z" } }, image_size = "square" }
    local tried, used = 0, 0
    local function replace(doc, node)
      local keys = {}
      for key in pairs(node) do keys[#keys + 1] = key end
      for _, key in ipairs(keys) do
        local kept = node[key]
        for _, value in ipairs(junk) do
          node[key] = value
          local schema, err = openapi.reduce(doc, "somebody/painter")
          tried = tried + 1
          if schema then
            used = used + 1
            local _, fault = models.validate(schema, input)
            assert.is_true(#tostring(fault) <= 400)
            models.defaults(schema, input)
            models.cost(schema, input, function() return { unit_price = 1, unit = "image" } end)
          else
            assert.is_nil(err.message:find("attempt to", 1, true), err.message)
          end
        end
        node[key] = kept
        if type(kept) == "table" then replace(doc, kept) end
      end
    end
    local doc = document()
    replace(doc, doc)
    assert.is_true(tried > 1000 and used > 100)
  end)
end)
