-- Editor types: what is written is read back by a parser of the LuaCATS grammar,
-- and compared with the schemas it came from.
local index = require "fal.models.index"
local luacats = require "support.luacats"
local models = require "fal.models"
local types = require "fal.models.types"

-- Classes by name, and aliases; every name that a type uses is one of them.
local function parse(text)
  local file = luacats.read(text, { many = true })
  assert.same({}, luacats.undefined(file.classes, file.aliases))
  return file.classes
end

describe("definitions for an editor", function()
  local schemas = {}
  for i, id in ipairs(index.ids) do schemas[i] = models.find(id) end
  local classes = parse(types.write(schemas)) -- in the grammar, and every name in it is defined

  it("have the fields, the order and the enums of the schemas", function()
    for _, schema in ipairs(schemas) do
      local base = "fal." .. schema.id:gsub("^fal%-ai/", ""):gsub("%W", "_")
      local class = assert(classes[base .. ".input"], base)
      for i, field in ipairs(schema.input) do
        assert.equal(field.name, class.order[i])
        local written = class.fields[field.name]
        assert.equal(not field.required, written.optional)
        local enum = {}
        for _, node in ipairs(written.type) do enum[#enum + 1] = node.literal end
        assert.same(field.enum or {}, enum)
        if field.type == "list" then assert.is_truthy(written.type[1].list) end
        if field.format == "url" then assert.equal("fal.url", written.type[1].name) end
      end
      assert.is_truthy(classes[base .. ".output"])
    end
  end)

  it("bind each endpoint id to its own input and output", function()
    assert.equal(5 * #schemas, #classes.fal.calls)
    for i, schema in ipairs(schemas) do
      local call = classes.fal.calls[i]
      assert.equal(schema.id, call.args[1].type[1].literal)
      assert.is_truthy(classes[call.args[2].type[1].name])
      assert.is_truthy(classes[call.returns[1][1].name])
    end
  end)

  it("stay in the grammar whatever a schema says", function()
    local nasty = 'a "quoted\\ thing"\n---@class evil'
    local function schema(id)
      return { id = id, title = nasty, output = {}, input = {
        { name = "two words", type = "string", description = "| string" },
        { name = nasty, type = "string", enum = { nasty, "x" }, default = nasty, description = nasty },
        { name = "end", type = "integer", required = true, enum = { -1, 2 }, min = -1, description = "#" },
        { name = "either", any = { { type = "string" }, { type = "list", items = { type = "object", fields = {} } },
          { type = "object", fields = { { name = "deep-er", type = "any" } } } } },
        { name = "many", type = "list", items = { type = "string", enum = { "a", "b" } } },
        { name = "flag", type = "boolean", enum = { true } },
      } }
    end
    local found = parse(types.write { schema "a/b-c", schema "a/b/c", schema "1/2", schema(nasty) })
    assert.is_nil(found.evil)
    assert.is_truthy(found["fal.a_b_c.input"] and found["fal.a_b_c_2.input"] and found["fal.x_1_2.input"])
    local class = found["fal.a_b_c.input"]
    assert.equal(6, #class.order)
    assert.same({ -1, 2 }, { class.fields["end"].type[1].literal, class.fields["end"].type[2].literal })
    assert.equal(3, #class.fields.either.type)
  end)
end)
