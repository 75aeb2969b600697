-- The definitions for editors in lua/fal/_meta, read and compared with what is
-- there: functions, fields and options.
local assert = require "luassert"
local luacats = require "support.luacats"
local tree = require "support.tree"

local stubs = {}

local classes, aliases, modules = {}, {}, {}
for _, path in ipairs(tree.files("lua/fal/_meta", "lua")) do
  local ok, file = pcall(luacats.read, tree.read(path))
  assert(ok, path .. ": " .. tostring(file))
  for name, class in pairs(file.classes) do
    assert(not classes[name], name .. " is defined twice")
    classes[name] = class
  end
  for name, alias in pairs(file.aliases) do aliases[name] = alias end
  if file.module ~= "" then modules[file.module] = assert(file.returned, path) end
end

-- Fields and methods of a class, those of its parents too.
local function members(class, into)
  into = into or { fields = {}, methods = {} }
  for _, parent in ipairs(class.parents) do members(classes[parent], into) end
  for _, kind in ipairs { "fields", "methods" } do
    for name, value in pairs(class[kind]) do into[kind][name] = value end
  end
  return into
end

local function sorted(set)
  local list = {}
  for name in pairs(set) do list[#list + 1] = name end
  table.sort(list)
  return list
end

local function names_of(value, unless)
  local set = {}
  for name in pairs(value) do
    if type(name) == "string" and not name:find "^__" and not (unless and unless[name]) then set[name] = true end
  end
  return set
end

local function set_of(words)
  local set = {}
  for word in words:gmatch "%S+" do set[word] = true end
  return set
end

-- A Lua function takes as many arguments as its stub says.
local function same_arguments(place, fn, stub)
  local info = debug.getinfo(fn, "u")
  if debug.getinfo(fn, "S").what == "C" then return end
  local count, vararg = #stub.params + (stub.is_method and 1 or 0), false
  if stub.params[#stub.params] and stub.params[#stub.params].name == "..." then count, vararg = count - 1, true end
  if info.isvararg and info.nparams <= 1 and not vararg then return end -- only passes its arguments on
  assert.same({ count, vararg }, { info.nparams, info.isvararg }, place)
end

-- The functions of a table are the methods of a class; its other values are fields.
local function same_functions(name, value, unless)
  local stub = members(classes[name])
  local found = {}
  for key in pairs(names_of(value, unless)) do
    if type(value[key]) == "function" then
      found[key] = true
      assert.is_truthy(stub.methods[key], ("%s.%s has no stub"):format(name, key))
      same_arguments(name .. "." .. key, value[key], stub.methods[key])
    else
      assert.is_truthy(stub.fields[key], ("%s.%s has no stub"):format(name, key))
    end
  end
  assert.same(sorted(found), sorted(stub.methods), name)
end

-- The fields of a class are those of the values that are there: each of theirs
-- has a stub, each stub is among theirs, and what is not optional is in all.
local function same_fields(name, values, rare)
  local stub, seen = members(classes[name]).fields, set_of(rare or "")
  for _, value in ipairs(values) do
    for key in pairs(names_of(value)) do
      assert.is_truthy(stub[key], ("%s.%s has no stub"):format(name, key))
      seen[key] = true
    end
    for key, field in pairs(stub) do
      if not field.optional then assert.is_truthy(value[key] ~= nil, ("%s.%s is missing"):format(name, key)) end
    end
  end
  assert.same(sorted(stub), sorted(seen), name)
end

local function same_options(name, known) assert.same(sorted(known), sorted(members(classes[name]).fields), name) end

stubs.classes, stubs.aliases, stubs.modules = classes, aliases, modules
stubs.members, stubs.names_of, stubs.sorted = members, names_of, sorted
stubs.same_arguments, stubs.same_functions = same_arguments, same_functions
stubs.same_fields, stubs.same_options = same_fields, same_options

return stubs
