--- File values inside an input: each is uploaded, several at once, and a copy
-- of the input gets the URLs. The caller's tables stay as they are.

local copy = require "fal.copy"
local failure = require "fal.core.error"
local files = require "fal.file"
local gather = require "fal.gather"
local json = require "fal.core.json"

local M = {}

local AT_ONCE = 4
local DEEPEST = 200 -- deeper inputs, and those that contain themselves, are the encoder's to refuse

-- The name of a value of this library that is no JSON, such as a prompt or a
-- request. A stranger's table is sent with the fields it has.
local function own_name(value)
  local meta = getmetatable(value)
  local name = type(meta) == "table" and rawget(meta, "__name")
  return type(name) == "string" and name:find "^fal%." and not json.is_array(value) and name or nil
end

local function path_of(keys)
  local text = ""
  for _, key in ipairs(keys) do
    if math.type(key) == "integer" then text = ("%s[%d]"):format(text, key)
    else text = text == "" and tostring(key) or text .. "." .. tostring(key) end
  end
  return text
end

-- Adds to `found` each place that holds a file: { file, path }; and as `stray`
-- one that holds what cannot be sent.
local function look(value, keys, found)
  if files.is(value) then
    found[#found + 1] = { file = value, path = path_of(keys) }
  elseif own_name(value) then
    found.stray = { name = own_name(value), path = path_of(keys) }
  elseif #keys < DEEPEST then
    for key, inner in next, value do
      if type(inner) == "table" then
        keys[#keys + 1] = key
        look(inner, keys, found)
        keys[#keys] = nil
      end
    end
  end
end

-- The same file in several places is sent once.
local function distinct(found)
  local list, by_source = {}, {}
  for _, place in ipairs(found) do
    local file = place.file
    local plain = file.path and not (file.name or file.type or file.inline or file.lifecycle)
    local source = plain and file.path or file
    local entry = by_source[source]
    if not entry then
      entry = { file = file, path = place.path, stands_for = {} }
      by_source[source], list[#list + 1] = entry, entry
    end
    entry.stands_for[file] = true
  end
  return list
end

local function url_of(client, entry)
  local send = entry.file.inline and client.data_uri or client.upload
  local url, err = send(entry.file)
  if url then return url end
  local told = copy(err)
  told.field, told.message = entry.path, ("%s: %s"):format(entry.path, err.message)
  told.billed, told.cause = "no", err
  return nil, failure.new(told)
end

local function upload_all(client, list)
  local function send(entry) return url_of(client, entry) end
  local sent, err = gather.over(list, send, { concurrency = AT_ONCE, cancel = true })
  if not sent then return nil, err.cause end
  local urls = {}
  for i, entry in ipairs(list) do
    for file in pairs(entry.stands_for) do urls[file] = sent[i] end
  end
  return urls
end

-- A copy with URLs; tables without files are shared, since nobody changes them.
local function replaced(value, urls, depth)
  if files.is(value) then return urls[value] end
  if depth > DEEPEST then return value end
  local changed
  for key, inner in next, value do
    local new = type(inner) == "table" and replaced(inner, urls, depth + 1) or inner
    if not rawequal(new, inner) then
      changed = changed or copy(value)
      changed[key] = new
    end
  end
  return changed or value
end

-- A plain table without tables in it, as most inputs are.
local function is_flat(input)
  if getmetatable(input) ~= nil then return false end
  for _, value in next, input do
    if type(value) == "table" then return false end
  end
  return true
end

local function refused(stray)
  local place = stray.path == "" and "input" or stray.path
  return failure.new {
    kind = "validation", field = place, retryable = false, billed = "no",
    message = ("%s: a value of %s is not sent as it is"):format(place, stray.name),
    hint = (stray.name == "fal.prompt" or stray.name == "fal.shots")
      and "it has :text(), and :input(endpoint) for a whole input" or nil,
  }
end

--- Uploads the files in an input.
---@param client table
---@param input table
---@return table|nil input the same when there is no file in it
---@return table err names the place of the file that failed
function M.with_urls(client, input)
  if is_flat(input) then return input end
  local found = {}
  look(input, {}, found)
  if found.stray then return nil, refused(found.stray) end
  if #found == 0 then return input end
  table.sort(found, function(a, b) return a.path < b.path end)
  local urls, err = upload_all(client, distinct(found))
  if not urls then return nil, err end
  return replaced(input, urls, 0)
end

return M
