--- Which files are in an output: every table with a URL in its field `url`,
-- wherever it stands, found by that shape alone. Pure.

local M = {}

local DEEPEST = 100

local function is_fetchable(url)
  if type(url) ~= "string" then return false end
  local scheme, rest = url:match "^(%a+):(.*)$"
  scheme = scheme and scheme:lower()
  return scheme == "data" or (scheme == "http" or scheme == "https") and rest:find "^//[^%s%c]+$" ~= nil
end

-- Whether a value is a file as models give it.
local function is_file(value) return type(value) == "table" and is_fetchable(value.url) end

-- Models leave names and types empty, or null.
local function text(value) return type(value) == "string" and value ~= "" and value or nil end

-- What is worth knowing about a file, whatever the rest of the table is.
local function entry(value)
  if type(value) == "string" then value = { url = value } end
  return {
    url = value.url, is_data = value.url:find "^[dD]" ~= nil,
    file_name = text(value.file_name), content_type = text(value.content_type), sha256 = text(value.sha256),
  }
end

-- Keys in an order that does not change: numbers first, then names.
local function sorted_keys(value)
  local keys = {}
  for key in next, value do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    if type(a) == type(b) and (type(a) == "number" or type(a) == "string") then return a < b end
    return type(a) < type(b)
  end)
  return keys
end

local function look(value, found, seen, depth)
  if type(value) ~= "table" or depth > DEEPEST then return end
  if is_file(value) then
    if not seen[value.url] then found[#found + 1] = entry(value) end
    seen[value.url] = true
    return
  end
  for _, key in ipairs(sorted_keys(value)) do look(value[key], found, seen, depth + 1) end
end

local function is_list_of_urls(value)
  for _, item in ipairs(value) do
    if not is_fetchable(item) then return false end
  end
  return #value > 0
end

--- The files in what somebody wants to have.
---@param what string|table a URL, a file, a list of URLs, or a whole output
---@return table list of `{url, is_data, file_name, content_type, sha256}`
---@return boolean single whether it can be only one
function M.find(what)
  if type(what) == "string" then return is_fetchable(what) and { entry(what) } or {}, true end
  if is_file(what) then return { entry(what) }, true end
  local found = {}
  if is_list_of_urls(what) then
    for i, url in ipairs(what) do found[i] = entry(url) end
  else
    look(what, found, {}, 0)
  end
  return found, false
end

return M
