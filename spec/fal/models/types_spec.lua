-- Editor types: what is written is read back by a small parser of the LuaCATS
-- grammar, and compared with the schemas it came from.
local index = require "fal.models.index"
local models = require "fal.models"
local types = require "fal.models.types"

local builtin = {
  string = true, integer = true, number = true, boolean = true, table = true, any = true, ["nil"] = true,
}

-- A reader over one line: literals, names, lists, unions, functions.
local Line = {}
Line.__index = Line

function Line:take(pattern)
  local found, stop = self.text:match("^" .. pattern .. "()", self.at)
  if found then self.at = stop or found end
  return found
end

function Line:need(pattern)
  return self:take("(" .. pattern .. ")") or error("wanted " .. pattern .. " in " .. self.text)
end

function Line:string()
  self:need '"'
  local out = {}
  while not self:take '(")' do
    local char = self:take "\\(.)" or self:need '[^"\\]'
    out[#out + 1] = char
  end
  return table.concat(out)
end

function Line:fun()
  local args, returns = {}, {}
  self:need "%("
  repeat
    local name = self:need "[%a_][%w_]*%??"
    self:need ": "
    args[#args + 1] = { name = name, type = self:type() }
  until not self:take "(, )"
  self:need "%): "
  repeat returns[#returns + 1] = self:type() until not self:take "(, )"
  return { fun = { args = args, returns = returns } }
end

function Line:one()
  local node
  if self.text:find('^"', self.at) then
    node = { literal = self:string() }
  elseif self:take "(%()" then
    node = { union = self:type() }
    self:need "%)"
  else
    local number = self:take "(%-?%d+%.?%d*)%f[^%w.]"
    local name = number or self:need "[%a_][%w_.]*"
    node = number and { literal = math.tointeger(number) or tonumber(number) } or { name = name }
    if name == "true" or name == "false" then node = { literal = name == "true" } end
    if name == "fun" then node = self:fun() end
  end
  if self:take "(%[%])" then node = { list = node } end
  if self:take "(%?)" then node.optional = true end
  return node
end

function Line:type()
  local union = {}
  repeat union[#union + 1] = self:one() until not self:take "(|)"
  return union
end

local function line(text) return setmetatable({ text = text, at = 1 }, Line) end

-- Classes by name: { fields = { name = { optional, type } }, order }.
local function parse(text)
  local classes, current, names = {}, nil, {}
  assert.equal("---@meta", text:match "^[^\n]*")
  for row in text:gmatch "[^\n]+" do
    local tag, rest = row:match "^%-%-%-@(%w+) ?(.*)$"
    if tag == "class" then
      assert.is_truthy(rest:find "^[%a_][%w_.]*$", row)
      assert.is_nil(classes[rest], row)
      current = { fields = {}, order = {}, calls = {} }
      classes[rest] = current
    elseif tag == "alias" then
      local here = line(rest)
      names[here:need "[%a_][%w_.]*"] = true
      here:need " "
      here:type()
    elseif tag == "field" then
      local here = line(rest)
      local key = here:take '(%[)' and here:string() or here:need "[%a_][%w_]*"
      here:take "(%])"
      local optional = here:take "(%?)" ~= nil
      here:need " "
      local field = { optional = optional, type = here:type() }
      assert.is_truthy(here.at > #rest or here:take "( )", row)
      if field.type[1].fun then
        table.insert(current.calls, field.type[1].fun)
      else
        assert.is_nil(current.fields[key], row)
        current.fields[key] = field
      end
      current.order[#current.order + 1] = key
    else
      assert.is_truthy(tag == "meta" or row:find "^%-%-", row)
    end
  end
  return classes, names
end

-- Every name that a type uses is a class, an alias or built in.
local function check_names(classes, aliases)
  local function walk(union)
    for _, node in ipairs(union) do
      if node.name then assert.is_truthy(builtin[node.name] or classes[node.name] or aliases[node.name], node.name) end
      if node.list then walk { node.list } end
      if node.union then walk(node.union) end
      for _, arg in ipairs(node.fun and node.fun.args or {}) do walk(arg.type) end
      for _, returned in ipairs(node.fun and node.fun.returns or {}) do walk(returned) end
    end
  end
  for _, class in pairs(classes) do
    for _, field in pairs(class.fields) do walk(field.type) end
    for _, call in ipairs(class.calls) do walk { { fun = call } } end
  end
end

describe("definitions for an editor", function()
  local schemas = {}
  for i, id in ipairs(index.ids) do schemas[i] = models.find(id) end
  local classes, aliases = parse(types.write(schemas))

  it("are in the grammar, and every name in them is defined", function() check_names(classes, aliases) end)

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
    local found, names = parse(types.write { schema "a/b-c", schema "a/b/c", schema "1/2", schema(nasty) })
    check_names(found, names)
    assert.is_nil(found.evil)
    assert.is_truthy(found["fal.a_b_c.input"] and found["fal.a_b_c_2.input"] and found["fal.x_1_2.input"])
    local class = found["fal.a_b_c.input"]
    assert.equal(6, #class.order)
    assert.same({ -1, 2 }, { class.fields["end"].type[1].literal, class.fields["end"].type[2].literal })
    assert.equal(3, #class.fields.either.type)
  end)
end)
