-- A parser of the LuaCATS grammar, as far as definition files use it. What is not
-- in the grammar raises, with the line.
local types = require "support.luacats_types"

local luacats = {}
local reader, typed = types.reader, types.read

-- Tags ---------------------------------------------------------------------------

local Reader = {}
Reader.__index = Reader

local tags = {}

function tags.meta(self, rest)
  assert(self.number == 1 and rest:find "^[%w_.]*$", "---@meta is the first line, with the module's name")
  self.module = rest
end

function tags.class(self, rest)
  local name, tail = rest:match "^([%a_][%w_.]*)(.*)$"
  assert(name, "a class has a name")
  assert(not self.classes[name], name .. " is there twice")
  local class = { name = name, parents = {}, fields = {}, order = {}, calls = {}, methods = {} }
  local parents = (tail:match "^ : (.*)$" or ""):gsub("  .*", "")
  for parent in parents:gmatch "[^, ]+" do class.parents[#class.parents + 1] = parent end
  self.classes[name], self.class, self.pending.class = class, class, class
end

function tags.field(self, rest)
  assert(self.class, "a field belongs to a class")
  local here = reader(rest)
  here:take "(private )"
  if rest:find "^%[[^\"]" then
    here:need "%["
    local index = here:type()
    here:need "%] "
    self.class.index = self.class.index or {}
    table.insert(self.class.index, { index, (typed(rest:sub(here.at))) })
    return
  end
  local key = here:take "(%[)" and here:string '"' or here:need "[%a_][%w_]*"
  here:take "(%])"
  local optional = here:take "(%?)" ~= nil
  here:need " "
  local found, description = typed(rest:sub(here.at))
  if self.many and found[1].fun then
    table.insert(self.class.calls, found[1].fun)
    self.class.order[#self.class.order + 1] = key
    return
  end
  optional = optional or found[#found].optional or false
  assert(not self.class.fields[key], key .. " is there twice")
  self.class.fields[key] = { type = found, optional = optional, description = description }
  self.class.order[#self.class.order + 1] = key
end

-- On one line, or with one line for each form: ---| "a"
function tags.alias(self, rest)
  local name, text = rest:match "^([%a_][%w_.]*) ?(.*)$"
  assert(name and not self.aliases[name], "an alias has a name of its own")
  self.aliases[name] = text ~= "" and typed(text) or {}
  self.alias = self.aliases[name]
end

local function add_form(self, text)
  for _, node in ipairs((typed(text))) do table.insert(self.alias, node) end
end

function tags.param(self, rest)
  local name, optional, text = rest:match "^([%w_.]+)(%??) (.*)$"
  assert(name, "a parameter has a name and a type")
  table.insert(self.pending.params, { name = name, optional = optional ~= "", type = (typed(text)) })
end

tags["return"] = function(self, rest) table.insert(self.pending.returns, (typed(rest))) end

function tags.overload(self, rest)
  local found = typed(rest)
  assert(found[1].fun and self.class, "an overload is a function of a class")
  table.insert(self.class.calls, found[1].fun)
end

function tags.operator(_, rest)
  local here = reader(rest)
  here:need "[%a]+"
  if here:take "(%()" then
    here:type()
    here:need "%)"
  end
  here:need ": ?"
  here:type()
end

function tags.generic(self, rest)
  local name, bound = rest:match "^(%u%w*)(.*)$"
  assert(name, "a generic has a name")
  if bound:find "^: " then typed(bound:sub(3)) end
  self.pending.generics[name] = true
end

function tags.private(self) self.pending.private = true end

-- Lua ----------------------------------------------------------------------------

local function fresh() return { params = {}, returns = {}, generics = {} } end

local function check_params(params, list, place)
  local names = {}
  for i, param in ipairs(params) do names[i] = param.name end
  assert(table.concat(names, ", ") == list, ("%s(%s) is described with other parameters"):format(place, list))
end

function Reader:lua(line)
  local owner, mark, name, list = line:match "^function ([%a_][%w_]*)([.:])([%a_][%w_]*)%((.-)%) end$"
  if owner then
    local class = assert(self.variables[owner], owner .. " is no class")
    local pending = self.pending
    check_params(pending.params, list, owner .. mark .. name)
    assert(not class.methods[name] and not class.fields[name], name .. " is there twice")
    class.methods[name] = {
      params = pending.params, returns = pending.returns, generics = pending.generics, private = pending.private,
      is_method = mark == ":",
    }
    class.order[#class.order + 1] = name
  else
    local variable = line:match "^local ([%a_][%w_]*) = {}$"
    if variable then self.variables[variable] = assert(self.pending.class, variable .. " has no class") end
    self.returned = self.variables[line:match "^return ([%a_][%w_]*)$"] or self.returned
    assert(variable or line:find "^return ", "not a definition: " .. line)
  end
  self.pending = fresh()
end

function Reader:line(line)
  local tag, rest = line:match "^%-%-%-@(%a+) ?(.*)$"
  local form = line:match "^%-%-%-| ?(.+)$"
  if form then
    add_form(self, form)
  elseif tag then
    assert(tags[tag], "no such tag: " .. tag)(self, rest)
  elseif line == "" then
    self.pending.class = nil
    if not next(self.pending.params) then self.class = nil end
  elseif not line:find "^%-%-" then
    self:lua(line)
  end
end

--- Reads a definition file.
---@param text string
---@param options? table  many = true: functions may be fields that come again, one for each form
---@return table file  { module, classes, aliases, returned }
function luacats.read(text, options)
  local self = setmetatable({
    classes = {}, aliases = {}, variables = {}, pending = fresh(), number = 0, many = options and options.many,
  }, Reader)
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    self.number = self.number + 1
    local ok, err = pcall(self.line, self, line)
    if not ok then error(("line %d: %s"):format(self.number, (tostring(err):gsub("^[^ ]*:%d+: ", ""))), 2) end
  end
  assert(self.module, "a definition file begins with ---@meta")
  return self
end

-- Names ----------------------------------------------------------------------------

local builtin = {
  string = true, integer = true, number = true, boolean = true, table = true, any = true, ["nil"] = true,
  ["function"] = true, userdata = true, thread = true, ["file*"] = true,
}

local function each_name(union, visit)
  for _, node in ipairs(union) do
    if node.name then visit(node.name) end
    if node.list then each_name({ node.list }, visit) end
    if node.union then each_name(node.union, visit) end
    for _, inner in ipairs(node.of or {}) do each_name(inner, visit) end
    for _, arg in ipairs(node.fun and node.fun.args or {}) do each_name(arg.type, visit) end
    for _, returned in ipairs(node.fun and node.fun.returns or {}) do each_name(returned, visit) end
  end
end

-- Calls visit(union, generics) for each type of a class.
local function each_type(class, visit)
  for _, field in pairs(class.fields) do visit(field.type, {}) end
  for _, call in ipairs(class.calls) do visit({ { fun = call } }, {}) end
  for _, method in pairs(class.methods) do
    for _, param in ipairs(method.params) do visit(param.type, method.generics) end
    for _, returned in ipairs(method.returns) do visit(returned, method.generics) end
  end
  for _, pair in ipairs(class.index or {}) do
    visit(pair[1], {})
    visit(pair[2], {})
  end
end

--- Lists the type names that are used and defined nowhere.
---@param classes table
---@param aliases table
---@return string[] names
function luacats.undefined(classes, aliases)
  local list = {}
  local function look(place)
    return function(union, generics)
      each_name(union, function(name)
        if not (builtin[name] or classes[name] or aliases[name] or generics[name]) then
          list[#list + 1] = ("%s in %s"):format(name, place)
        end
      end)
    end
  end
  for name, class in pairs(classes) do
    each_type(class, look(name))
    for _, parent in ipairs(class.parents) do
      if not classes[parent] then list[#list + 1] = ("%s, parent of %s"):format(parent, name) end
    end
  end
  for name, union in pairs(aliases) do look(name)(union, {}) end
  table.sort(list)
  return list
end

return luacats
