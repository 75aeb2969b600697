--- Checks options tables: a wrong name or value is a mistake that must not pass in silence, nor after money was spent.

local misuse = require "fal.misuse"
local nearest = require "fal.nearest"

local M = {}

local function sorted_keys(set)
  local list = {}
  for name in pairs(set) do list[#list + 1] = tostring(name) end
  table.sort(list)
  return list
end

-- Kinds of values: a test, and what to ask for.
local kinds = {}

local function kind(name, wanted, fits) kinds[name] = { wanted = wanted, fits = fits } end

local function is_text(v) return type(v) == "string" and #v <= 8000 and not v:find "%c" end

-- What says where a request goes, on whose account, and where it ends, is not the caller's.
local ours = { authorization = true, connection = true, ["content-length"] = true, host = true,
  ["transfer-encoding"] = true }

local function is_header(name, value)
  return type(name) == "string" and name:find "^[%w!#$%%&'*+.^_`|~-]+$" and not ours[name:lower()]
    and (type(value) == "number" or is_text(value))
end

local function all_fit(t, fits)
  if type(t) ~= "table" then return false end
  for name, value in pairs(t) do
    if not fits(name, value) then return false end
  end
  return true
end

-- What the service would drop in silence.
local function is_tag(name, value)
  return type(name) == "string" and #name <= 64 and name:find "^[%w._-]+$" and not name:find "^fal%."
    and (type(value) == "string" or type(value) == "number") and tostring(value):find "^[ -+%-.-~]*$"
    and #tostring(value) <= 256
end

-- What can follow an endpoint in a URL.
local function is_path(v)
  if not is_text(v) or v:find "[^%w%-_.~/]" or #v > 1024 then return false end
  for segment in (v:gsub("^/", ""):gsub("/$", "") .. "/"):gmatch "([^/]*)/" do
    if segment == "" or segment == "." or segment == ".." then return false end
  end
  return true
end

local lifetimes = { immediate = true, ["1h"] = true, ["1d"] = true, ["7d"] = true, ["30d"] = true, ["1y"] = true,
  never = true }

local function is_lifecycle(v)
  return all_fit(v, function(name, value)
    if name == "acl" then return type(value) == "table" end
    return name == "expires_in" and (lifetimes[value] or math.type(value) == "integer" and value >= 0) and true
  end)
end

kind("flag", "a boolean", function(v) return type(v) == "boolean" end)
kind("string", "a string", function(v) return type(v) == "string" end)
kind("text", "a string of at most 8000 bytes without control characters", is_text)
kind("table", "a table", function(v) return type(v) == "table" end)
kind("function", "a function", function(v) return type(v) == "function" end)
kind("integer", "a whole number", function(v) return math.type(v) == "integer" end)
kind("factor", "a number above 0", function(v) return type(v) == "number" and v > 0 end)
kind("span", "a number of seconds, 0 or more", function(v) return type(v) == "number" and v >= 0 end)
kind("port", "a whole number from 0 to 65535", function(v)
  return math.type(v) == "integer" and v >= 0 and v < 65536
end)
kind("seconds", "a number of seconds above 0", function(v) return type(v) == "number" and v > 0 end)
kind("start", "a number of seconds above 0.1", function(v) return type(v) == "number" and v > 0.1 and v < 1e9 end)
kind("count", "a whole number, 0 or more", function(v) return math.type(v) == "integer" and v >= 0 end)
kind("width", "a whole number, 1 or more", function(v) return math.type(v) == "integer" and v >= 1 end)
kind("priority", '"normal" or "low"', function(v) return v == "normal" or v == "low" end)
kind("mode", '"auto", "stream" or "poll"', function(v) return v == "auto" or v == "stream" or v == "poll" end)
kind("headers", "a table of header names (not Authorization, Host or what frames a body) and texts", function(v)
  return all_fit(v, is_header)
end)
kind("path", "a path of letters, digits, '-', '_', '.', '~' between slashes", is_path)
kind("url", "a URL of at most 2000 characters", function(v)
  return is_text(v) and #v <= 2000 and v:find "^https?://[^%s]+$" ~= nil
end)
kind("lifecycle", "a table of expires_in (seconds, immediate, 1h, 1d, 7d, 30d, 1y or never) and acl", is_lifecycle)
kind("tags", "a table of at most 10 tags (names of letters, digits, '.', '_', '-'; values without comma)", function(v)
  return all_fit(v, is_tag) and #sorted_keys(v) <= 10
end)

--- Makes a set of options, to be given to check: names, or names with the kind of their values ("timeout:seconds").
---@param ... string|table lists of names, or other sets
---@return table set
function M.set(...)
  local set = {}
  for _, names in ipairs { ... } do
    if type(names) == "table" then
      for name, rule in pairs(names) do set[name] = rule end
    else
      for name, rule in names:gmatch "([%w_]+):?(%S*)" do set[name] = kinds[rule] or true end
    end
  end
  return set
end

--- What every call of a model takes, in whatever way it is made.
M.call = M.set [[hint:text start_timeout:start no_fallback:flag store_io:flag tags:tags lifecycle:lifecycle
  headers:headers path:path validate:flag]]

local function unknown(name, known, what)
  local near = nearest.of(tostring(name), sorted_keys(known), 0.5)
  local question = near and ("; did you mean '%s'?"):format(near) or ""
  misuse.raise(("unknown option '%s' for '%s'%s"):format(name, what, question))
end

--- Raises at the caller of the public function when an option's name is unknown or its value impossible.
---@param given table|nil
---@param known table a set of options
---@param what string the public function's name
function M.check(given, known, what)
  if given == nil then return end
  if type(given) ~= "table" then
    misuse.raise(("bad options for '%s' (table expected, got %s)"):format(what, type(given)))
  end
  for name, value in pairs(given) do
    local rule = known[name]
    if not rule then unknown(name, known, what) end
    if rule ~= true and not rule.fits(value) then
      local shown = type(value) == "table" and "this one" or type(value) == "string" and "this text" or tostring(value)
      misuse.raise(("option '%s' for '%s' must be %s, not %s"):format(name, what, rule.wanted, shown))
    end
  end
end

return M
