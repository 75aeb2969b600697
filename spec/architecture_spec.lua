-- Who may use whom. Every #include and every require in the sources is held
-- against the plan in spec/support/rooms.lua; besides, what no room may do.
local rooms = require "support.rooms"
local tree = require "support.tree"
local process = require "support.process"

local banned = { util = true, utils = true, helpers = true, helper = true, common = true, misc = true }

local function words(text)
  local set = {}
  for word in text:gmatch "%S+" do set[word] = true end
  return set
end

local function place(path) -- layer and room of a C file
  local layer, room = path:match "^src/(%w+)/([%w_]+)%.[ch]$"
  return layer, room
end

local function module_name(path)
  return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

local function library(header)
  for name, entry in pairs(rooms.libraries) do
    for _, prefix in ipairs(entry.headers) do
      if header:sub(1, #prefix) == prefix then return name, entry end
    end
  end
end

-- What is wrong with this #include, or nil.
local function fault_of_include(layer, room, allowed, include)
  if not include.own then
    local name, entry = library(include.name)
    if not name then return nil end
    if not words(entry.layers)[layer] then
      return ("<%s> belongs to %s"):format(include.name, entry.layers)
    end
    if name ~= "lua" and not allowed["<" .. name .. ">"] then
      return ("<%s> is not in the plan of %s/%s"):format(include.name, layer, room)
    end
    return nil
  end
  local below, used = include.name:match "^%.%./(%w+)/([%w_]+)%.h$"
  used = used or include.name:match "^([%w_]+)%.h$"
  if not used then return ("%s: an include by a strange path"):format(include.name) end
  if below and not words(rooms.layers[layer])[below] then
    return ("%s may not use %s"):format(layer, below)
  end
  local word = below and below .. "/" .. used or used
  if word ~= room and not allowed[word] then
    return ("%s is not in the plan of %s/%s"):format(word, layer, room)
  end
end

local function allowed_name(name, list)
  for _, entry in ipairs(list) do
    if entry == name or entry:sub(-1) == "." and name:sub(1, #entry) == entry then return true end
  end
  return false
end

-- The plan's entry for a module: its own, or that of the nearest folder above.
local function entry_of(name)
  local entry = rooms.lua[name]
  while not entry and name:find "%." do
    name = name:match "^(.*)%."
    entry = rooms.lua[name .. "."]
  end
  return entry
end

local function is_pure(name)
  return not entry_of(name) and allowed_name(name, rooms.pure)
end

local function list_of(text)
  local list = {}
  for word in text:gmatch "%S+" do list[#list + 1] = word end
  return list
end

-- Whether the Lua room `name` may require `used`.
local function may_require(name, used)
  local entry = entry_of(name)
  if entry then return allowed_name(used, list_of(entry)) end
  return is_pure(used) or allowed_name(used, rooms.free_to_pure)
end

local function none(faults)
  assert(#faults == 0, "\n  " .. table.concat(faults, "\n  "))
end

describe("the plan of the rooms", function()
  it("holds for every #include", function()
    local faults = {}
    for _, path in ipairs(tree.files("src", "c", "h")) do
      local layer, room = place(path)
      local plan = layer and rooms.c[layer] and rooms.c[layer][room]
      if not plan then
        faults[#faults + 1] = path .. ": has no entry in spec/support/rooms.lua"
      else
        for _, include in ipairs(tree.includes(path)) do
          local fault = fault_of_include(layer, room, words(plan), include)
          if fault then faults[#faults + 1] = path .. ": " .. fault end
        end
      end
    end
    none(faults)
  end)

  it("holds for every require", function()
    local faults = {}
    for _, path in ipairs(tree.files("lua", "lua")) do
      local name = module_name(path)
      if is_pure(name) or entry_of(name) then
        for _, used in ipairs(tree.requires(path)) do
          if not may_require(name, used) then
            faults[#faults + 1] = ("%s: %s is not in the plan of %s"):format(path, used, name)
          end
        end
      elseif not path:find "/_meta/" then
        faults[#faults + 1] = path .. ": " .. name .. " has no entry in spec/support/rooms.lua"
      end
    end
    none(faults)
  end)

  it("has no entry without a room", function()
    local faults, there = {}, {}
    for _, path in ipairs(tree.files("src", "c", "h")) do there[table.concat({ place(path) }, "/")] = true end
    for _, path in ipairs(tree.files("lua", "lua")) do there[module_name(path)] = true end
    for layer, list in pairs(rooms.c) do
      for room in pairs(list) do
        if not there[layer .. "/" .. room] then faults[#faults + 1] = layer .. "/" .. room end
      end
    end
    for name in pairs(rooms.lua) do
      if not there[name] and name:sub(-1) ~= "." then faults[#faults + 1] = name end
    end
    none(faults)
  end)
end)

describe("no room", function()
  it("has a name that says nothing", function()
    local faults = {}
    for _, path in ipairs(tree.files("src lua scripts", "c", "h", "lua")) do
      for part in path:gmatch "([%w_]+)" do
        if banned[part] then faults[#faults + 1] = path end
      end
    end
    none(faults)
  end)

  it("keeps a lua_State in a struct", function()
    local faults = {}
    for _, path in ipairs(tree.files("src", "c", "h")) do
      local text = tree.bare_c(tree.read(path))
      for body in text:gmatch "%f[%w]struct%s*[%w_]*%s*(%b{})" do
        if body:find "lua_State%s*%*%s*[%w_]+%s*[;,]" then faults[#faults + 1] = path end
      end
    end
    none(faults)
  end)

  it("reads the pure rooms' forbidden libraries", function()
    local faults = {}
    for _, path in ipairs(tree.files("lua", "lua")) do
      if is_pure(module_name(path)) then
        local code = tree.read(path):gsub("%-%-[^\n]*", "")
        for _, pattern in ipairs { "%f[%w]os%.", "%f[%w]io%.", "math%.random" } do
          if code:find(pattern) then faults[#faults + 1] = path .. ": uses " .. pattern:gsub("%%f%[%%w%]", "") end
        end
      end
    end
    none(faults)
  end)

  it("sets a global, at require or on use", function()
    local names = {}
    for _, path in ipairs(tree.files("lua/fal", "lua")) do
      if not path:find "/_meta/" then names[#names + 1] = ("%q"):format(module_name(path)) end
    end
    local done = process.run { "lua", "-e", [[
      local before = {}
      for name in pairs(_G) do before[name] = true end
      for _, name in ipairs { ]] .. table.concat(names, ", ") .. [[ } do require(name) end
      for name in pairs(_G) do assert(before[name], "global " .. tostring(name)) end]] }
    assert.equal("", done.err)
    assert.equal(0, done.status)
  end)
end)
