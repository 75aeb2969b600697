-- Taking addresses apart: endpoint ids, query strings, escapes. Pure.
local address = {}

local namespaces <const> = { workflows = true, comfy = true }

--- Text of a URL without its escapes.
---@param text string
---@return string
function address.unescape(text)
  return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

--- The fields of a query string, decoded.
---@param query? string
---@return table fields
function address.query(query)
  local fields = {}
  for name, value in (query or ""):gsub("+", " "):gmatch "([^&=]+)=?([^&]*)" do
    fields[address.unescape(name)] = address.unescape(value)
  end
  return fields
end

--- All values of a field that may be repeated.
---@param query? string
---@param wanted string
---@return string[] values
function address.values(query, wanted)
  local list = {}
  for name, value in (query or ""):gsub("+", " "):gmatch "([^&=]+)=?([^&]*)" do
    if address.unescape(name) == wanted then list[#list + 1] = address.unescape(value) end
  end
  return list
end

--- Takes an endpoint id apart, as it stands in the path of a URL.
---@param path string  with or without slashes around it
---@return string? id  the whole id; nil when it is none
---@return string? app  [namespace/]owner/alias
---@return string? rest  what follows the alias, without a slash before it
function address.endpoint(path)
  local id = path:match "^/*([%w%-._/]-)/?$"
  if not id or id:find("//", 1, true) then return nil end
  local first, owner, alias, rest = id:match "^([^/]+)/([^/]+)/([^/]+)/?(.*)$"
  if namespaces[first] then return id, ("%s/%s/%s"):format(first, owner, alias), rest end
  owner, alias, rest = id:match "^([^/]+)/([^/]+)/?(.*)$"
  if not owner or namespaces[owner] then return nil end
  return id, owner .. "/" .. alias, rest
end

return address
