--- Names of files that come from elsewhere, made safe: one last component that
-- stays in its folder, on every system, however it was written. Pure.

local M = {}

local LONGEST = 200 -- bytes; file systems allow 255, and a few go to numbers and temporary names
local LONGEST_SUFFIX = 16

-- Names that mean devices on Windows, with any suffix.
local reserved = { con = true, prn = true, aux = true, nul = true }
for i = 0, 9 do reserved["com" .. i], reserved["lpt" .. i] = true, true end

-- Bytes that are no UTF-8 become "_".
local function repaired(name)
  local pieces, from = {}, 1
  while true do
    local _, bad = utf8.len(name, from)
    if not bad then break end
    pieces[#pieces + 1] = name:sub(from, bad - 1) .. "_"
    from = bad + 1
  end
  pieces[#pieces + 1] = name:sub(from)
  return table.concat(pieces)
end

-- Control characters, line and paragraph separators, and marks that turn the direction of what is shown.
local function is_hidden(code)
  return code < 0x20 or (code >= 0x7F and code < 0xA0) or (code >= 0x200B and code <= 0x200F)
    or (code >= 0x2028 and code <= 0x202E) or (code >= 0x2066 and code <= 0x2069) or code == 0xFEFF
end

local function without_hidden(name)
  return (name:gsub(utf8.charpattern, function(char)
    if is_hidden(utf8.codepoint(char)) then return "_" end
  end))
end

local function split(name)
  local stem, suffix = name:match "^(.+)(%.[^.]+)$"
  if stem and #suffix <= LONGEST_SUFFIX then return stem, suffix end
  return name, ""
end

-- The first bytes of a text, no character cut in two.
local function cut(text, max)
  if #text <= max then return text end
  while max > 0 and (text:byte(max + 1) & 0xC0) == 0x80 do max = max - 1 end
  return text:sub(1, max)
end

--- Cuts a name to so many bytes; its suffix stays.
---@param name string
---@param max integer
---@return string
function M.shorten(name, max)
  if #name <= max then return name end
  local stem, suffix = split(name)
  return cut(stem, max - #suffix) .. suffix
end

--- A name that can be used in a folder as it is.
---@param name string|nil whatever somebody calls a file, with or without folders
---@return string safe
function M.safe(name)
  name = without_hidden(repaired(tostring(name or "")))
  name = name:gsub("[/\\]+$", ""):match "[^/\\]*$"
  name = name:gsub("^[%s.]+", ""):gsub("[%s.]+$", "")
  name = M.shorten(name, LONGEST)
  if name == "" then return "file" end
  if reserved[name:lower():match "^[^.]*":gsub("%s+$", "")] then return "_" .. name end
  return name
end

--- The name in a URL: its last component, decoded and made safe.
---@param url string
---@return string safe
function M.of_url(url)
  local path = url:gsub("[?#].*$", ""):gsub("^%a[%w+.-]*://[^/]*", "")
  return M.safe((path:match "[^/]*$":gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)))
end

--- The nth name for something that cannot have the first: "a.png", "a-2.png", ...
---@param name string
---@param n integer
---@return string
function M.numbered(name, n)
  if n == 1 then return name end
  local stem, suffix = split(name)
  return ("%s-%d%s"):format(stem, n, suffix)
end

--- Whether a name has a suffix.
---@param name string
---@return boolean
function M.has_suffix(name)
  local _, suffix = split(name)
  return suffix ~= ""
end

return M
