-- The form of the sources, where a machine can judge it: width, tabs, ends of
-- lines, length of files and functions, an opening comment.
local tree = require "support.tree"

local width = { c = 80, h = 80, lua = 120, txt = 120, cmake = 120 }
local most_lines = { c = 450, h = 450, lua = 300 }
local header = { c = "^/%*", h = "^/%*", lua = "^%-%-" }

-- Data files may be as long and as wide as their data.
local data = {
  "^lua/fal/models/catalogue", "^lua/fal/prompt/vocabulary", "^spec/.*/data/", "^lua/fal/sandbox/data/",
}

local function is_data(path)
  for _, pattern in ipairs(data) do
    if path:find(pattern) then return true end
  end
end

local function each(extensions, check)
  local faults = {}
  for _, path in ipairs(tree.files("CMakeLists.txt src lua spec scripts bench", table.unpack(extensions))) do
    local fault = check(path, tree.read(path), path:match "%.(%w+)$")
    if fault then faults[#faults + 1] = path .. fault end
  end
  assert(#faults == 0, "\n  " .. table.concat(faults, "\n  "))
end

describe("every source", function()
  it("has lines of a bearable width, without tabs or trailing space", function()
    each({ "c", "h", "lua", "txt", "cmake" }, function(path, text, extension)
      local number = 0
      for line in text:gmatch "([^\n]*)\n" do
        number = number + 1
        local wide = (utf8.len(line) or #line) > width[extension] and not is_data(path)
        if wide then return (":%d: wider than %d"):format(number, width[extension]) end
        if line:find "\t" then return (":%d: a tab"):format(number) end
        if line:find "%s$" then return (":%d: space at the end"):format(number) end
      end
      if text:sub(-1) ~= "\n" then return ": no line end at the end" end
    end)
  end)

  it("is short enough to be read at once", function()
    each({ "c", "h", "lua" }, function(path, text, extension)
      local _, count = text:gsub("\n", "")
      if count > most_lines[extension] and not is_data(path) then return (": %d lines"):format(count) end
    end)
  end)

  it("says first what it is for", function()
    each({ "c", "h", "lua" }, function(_, text, extension)
      if not text:gsub("^#![^\n]*\n", ""):find(header[extension]) then return ": no opening comment" end
    end)
  end)

  it("leaves nothing for later", function()
    local later = { "TO" .. "DO", "FIX" .. "ME", "XX" .. "X" }
    each({ "c", "h", "lua", "txt" }, function(_, text)
      for _, word in ipairs(later) do
        if text:find("%f[%w]" .. word .. "%f[%W]") then return ": " .. word end
      end
    end)
  end)
end)

describe("C functions", function()
  local lengths = {}
  for _, path in ipairs(tree.files("src", "c")) do
    for _, f in ipairs(tree.functions(path)) do
      f.path = path
      lengths[#lengths + 1] = f
    end
  end

  it("end after fifty lines at the latest", function()
    local faults = {}
    for _, f in ipairs(lengths) do
      if f.length > 50 then
        faults[#faults + 1] = ("%s:%d: %s has %d lines"):format(f.path, f.line, f.name, f.length)
      end
    end
    assert(#faults == 0, "\n  " .. table.concat(faults, "\n  "))
  end)

  it("have less than fifteen lines at the median", function()
    table.sort(lengths, function(a, b) return a.length < b.length end)
    assert.is_true(#lengths > 20)
    assert.is_true(lengths[(#lengths + 1) // 2].length < 15)
  end)
end)
