-- The files of this project as the specs about its form see them: names,
-- contents, and what each one includes or requires. Reads only.
local file = require "support.file"

local tree = {}

-- Every file under `roots` whose name ends in one of the given extensions,
-- sorted. Build folders and installed packages are not the project's.
function tree.files(roots, ...)
  local names = {}
  for _, extension in ipairs { ... } do names[#names + 1] = ("-name '*.%s'"):format(extension) end
  local command = ("find %s -name node_modules -prune -o -type f \\( %s \\) -print 2>/dev/null | LC_ALL=C sort")
    :format(roots, table.concat(names, " -o "))
  local list = {}
  local pipe <close> = assert(io.popen(command))
  for line in pipe:lines() do list[#list + 1] = line end
  return list
end

function tree.read(path) return assert(file.read(path), path .. " is not there") end

-- A C source without comments and strings; the line ends stay.
function tree.bare_c(text)
  local function blank(found) return (found:gsub("[^\n]", " ")) end
  text = text:gsub('"[^"\n]*"', function(found)
    return '"' .. found:sub(2, -2):gsub("[*/{}]", " ") .. '"'
  end)
  return (text:gsub("/%*.-%*/", blank):gsub("//[^\n]*", blank))
end

-- What a C file includes: a list of { name = "lua.h", own = false }.
function tree.includes(path)
  local list = {}
  for line in tree.read(path):gmatch "[^\n]+" do
    local open, name = line:match '^%s*#%s*include%s*([<"])([^>"]+)[>"]'
    if name then list[#list + 1] = { name = name, own = open == '"' } end
  end
  return list
end

-- The module names that a Lua file requires, comments left out.
function tree.requires(path)
  local list = {}
  for line in tree.read(path):gmatch "[^\n]+" do
    line = line:gsub("%-%-.*", "")
    for name in line:gmatch "require%s*%(?%s*[\"']([%w_.]+)[\"']" do list[#list + 1] = name end
  end
  return list
end

-- The functions of a C file as { name, line, length }: a brace in the first
-- column's line opens one, a brace in the first column closes it.
function tree.functions(path)
  local list, current, number = {}, nil, 0
  local header = ""
  for line in (tree.bare_c(tree.read(path)) .. "\n"):gmatch "([^\n]*)\n" do
    number = number + 1
    if current then
      if line:find "^}" then
        current.length = number - current.line + 1
        list[#list + 1], current = current, nil
      end
    elseif line:find "^[%a_].*%)%s*{%s*$" or line:find "^%s+.*%)%s*{%s*$" and header:find "^[%a_]" then
      local name = (header .. line):match "([%w_]+)%s*%("
      if not (header .. line):find "^%s*typedef" then current = { name = name, line = number } end
      header = ""
    end
    header = line:find "[;}]%s*$" and "" or line:find "^[%a_]" and line or header
  end
  return list
end

return tree
