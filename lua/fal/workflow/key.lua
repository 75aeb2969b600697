-- Keys: what a step is known by from one run to the next. The endpoint and the
-- canonical input (sorted keys, exact numbers), where each file is the SHA-256
-- of its bytes; of a local step its function instead of the endpoint.
local digest = require "fal.core.digest"
local failure = require "fal.core.error"
local file = require "fal.file"
local fingerprint = require "fal.fingerprint"
local json = require "fal.core.json"
local models = require "fal.models"

local key = {}

local function refuse(path, what)
  return nil, failure.new {
    kind = "validation", message = ("input%s: %s"):format(path, what), retryable = false, billed = "no",
  }
end

local function number_text(value)
  if math.type(value) == "integer" then return tostring(value) end
  local whole = math.tointeger(value)
  if whole then return tostring(whole) end
  local text = ("%.15g"):format(value)
  return tonumber(text) == value and text or ("%.17g"):format(value)
end

local function hash_of_file(value)
  if value.data then return digest.sha256(value.data) end
  local _, err = file.measure(value)
  if failure.is(err) then return nil, err end
  local hash, why = fingerprint.of_file(value.path)
  if why then why.billed = "no" end
  return hash, why
end

local canonical

local function list_text(value, path)
  local words = {}
  for i, item in ipairs(value) do
    local text, err = canonical(item, ("%s[%d]"):format(path, i))
    if not text then return nil, err end
    words[i] = text
  end
  return "[" .. table.concat(words, ",") .. "]"
end

local function object_text(value, path)
  local names, words = {}, {}
  for name in next, value do
    if type(name) ~= "string" then return refuse(path, "a table with both names and numbers, or with holes") end
    names[#names + 1] = name
  end
  table.sort(names)
  for i, name in ipairs(names) do
    local text, err = canonical(value[name], path .. "." .. name)
    if not text then return nil, err end
    words[i] = json.encode(name) .. ":" .. text
  end
  return "{" .. table.concat(words, ",") .. "}"
end

function canonical(value, path)
  local kind = type(value)
  if kind == "number" and value == value and value ~= math.huge and value ~= -math.huge then
    return number_text(value)
  end
  if kind == "table" and not json.is_number(value) then
    if file.is(value) then
      local hash, err = hash_of_file(value)
      return hash and ('{"$file":"sha256:%s"}'):format(hash), err
    end
    if json.is_array(value) then return list_text(value, path) end
    return object_text(value, path)
  end
  local text, why = json.encode(value)
  if not text then return refuse(path, why) end
  return text
end

--- Writes an input in the one way in which equal inputs are equal texts.
---@param input any  without references
---@return string? text, table? err
function key.canonical(input) return canonical(input, "") end

--- What is kept of a step's input, and what its key is made of: its canonical text without secrets.
---@param endpoint? string  of a call
---@param input any  without references
---@return string? text, table? err
function key.basis(endpoint, input) return canonical(models.without_secrets(endpoint, input), "") end

--- The key of a call.
---@param endpoint string
---@param text string  the canonical input
---@return string
function key.of_call(endpoint, text) return digest.sha256(endpoint .. "\0" .. text) end

local remembered <const> = { string = true, number = true, boolean = true }

-- A function as text: its code, and the plain values that it takes from around.
local function function_text(fn)
  local info = debug.getinfo(fn, "Su")
  if info.what == "C" then return "C function" end
  local words = { string.dump(fn, true) }
  for i = 1, info.nups do
    local name, value = debug.getupvalue(fn, i)
    if remembered[type(value)] then words[#words + 1] = ("%s=%s"):format(name, value) end
  end
  return table.concat(words, "\0")
end

--- The key of a local step.
---@param work function|table  the function, or the words of a command
---@param text string  the canonical input
---@return string? key, table? err
function key.of_map(work, text)
  if type(work) == "function" then return digest.sha256("map\0" .. function_text(work) .. "\0" .. text) end
  local words, err = key.canonical(work)
  if not words then return nil, err end
  return digest.sha256("command\0" .. words .. "\0" .. text)
end

return key
