-- A folder of texts with the time they were put there: what the service said
-- about its models, kept for the next run and for when it cannot be reached.
-- One file a text; a new one takes the old one's place in one step. A file
-- that cannot be read is as good as none, one that cannot be written is no
-- failure. Without a folder, texts are kept in memory. Knows nothing of what the
-- texts say.
local sys = require "fal.core.sys"

local shelf = {}

local mark <const> = "fal shelf 1 " -- begins the first line; the time follows
local longest_name <const> = 200

local Shelf = {}
Shelf.__index = Shelf
Shelf.__name = "fal.shelf"

-- The file of a name: one path component, whatever the name holds.
local function path_of(self, name)
  local safe = name:gsub("[^%w_-]", function(char) return ("%%%02X"):format(char:byte()) end)
  return #safe <= longest_name and self.folder .. "/" .. safe or nil
end

--- Reads the text of a name.
---@param name string
---@return string? text  nil when there is none
---@return number? time  when it was put there
function Shelf:get(name)
  local path = path_of(self, name)
  local file <close> = path and io.open(path, "rb")
  if not file then return nil end
  local time = tonumber((file:read "l" or ""):match("^" .. mark .. "(%d+%.?%d*)$"))
  local text = time and file:read "a"
  if not text then return nil end
  return text, time
end

--- Puts a text under a name.
---@param name string
---@param text string
---@param time number
---@return boolean kept
function Shelf:put(name, text, time)
  local path = path_of(self, name)
  if not path or not sys.makedirs(self.folder) then return false end
  local half_done = ("%s.%d.tmp"):format(path, sys.pid())
  local file = io.open(half_done, "wb")
  if not file then return false end
  local written = file:write(mark, ("%d"):format(time // 1 | 0), "\n", text)
  written = file:close() and written
  if written and os.rename(half_done, path) then return true end
  os.remove(half_done)
  return false
end

--- Lists the names of which there are texts.
---@return string[] names
function Shelf:names()
  local list = {}
  local pipe <close> = io.popen(("ls '%s' 2>/dev/null"):format((self.folder:gsub("'", "'\\''"))))
  for file in pipe and pipe:lines() or function() end do
    if not file:find "%.tmp$" then
      list[#list + 1] = file:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
    end
  end
  return list
end

-- The same in memory.
local Memory = {}
Memory.__index = Memory
Memory.__name = "fal.shelf"

function Memory:get(name)
  local kept = self.kept[name]
  if kept then return kept.text, kept.time end
end

function Memory:put(name, text, time)
  self.kept[name] = { text = text, time = time }
  return true
end

function Memory:names()
  local list = {}
  for name in pairs(self.kept) do list[#list + 1] = name end
  return list
end

--- Opens a shelf; its folder is made when the first text is put there.
---@param folder? string  without one, texts are kept in memory
---@return table shelf
function shelf.open(folder)
  if not folder then return setmetatable({ kept = {} }, Memory) end
  return setmetatable({ folder = folder }, Shelf)
end

return shelf
