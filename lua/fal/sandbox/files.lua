-- The CDN's shelves: every file that can be downloaded, from memory or from
-- disk, with its lifetime and who may read it. Answers downloads, whole or in
-- ranges. Large files are on disk, in a folder that goes with the sandbox.
local digest = require "fal.core.digest"
local json = require "fal.core.json"
local sys = require "fal.core.sys"

local address = require "fal.sandbox.address"
local reply = require "fal.sandbox.reply"
local tokens = require "fal.sandbox.tokens"

local files = {}

-- A name as it may stand in a URL.
local function clean(name)
  name = tostring(name or ""):gsub("[^%w%-._]", "_"):gsub("^%.+", "_"):sub(-100)
  return name ~= "" and name or "file"
end

--- Reads the JSON of a lifecycle header.
---@param headers table  of a request
---@return table? lifecycle
function files.lifecycle(headers)
  local text = headers["x-fal-object-lifecycle"] or headers["x-fal-object-lifecycle-preference"]
  local value = text and json.decode(text)
  return type(value) == "table" and value or nil
end

--- Makes room for a file; it can be read once it has `data` or `path`.
---@param sandbox table
---@param name string
---@param content_type string
---@param lifecycle? table
---@return table file
function files.reserve(sandbox, name, content_type, lifecycle)
  local chance, clock = sandbox.chance, sandbox.clock
  local key = ("%s/%s_%s"):format(chance:hex(8), chance:id(21), clean(name))
  local file = {
    url = sandbox.url .. "/cdn/files/b/" .. key, type = content_type, made = clock.now(),
    etag = ('"%s"'):format(chance:hex(16)),
  }
  lifecycle = lifecycle or {}
  local seconds = lifecycle.expiration_duration_seconds
  if type(seconds) == "number" and seconds > 0 then file.expires = file.made + clock:span(seconds) end
  if type(lifecycle.initial_acl) == "table" then file.acl = lifecycle.initial_acl end
  sandbox.files[key] = file
  return file
end

--- Puts bytes on the shelf.
---@param sandbox table
---@param data string
---@param name string
---@param content_type string
---@param lifecycle? table
---@return string url
function files.publish(sandbox, data, name, content_type, lifecycle)
  local file = files.reserve(sandbox, name, content_type, lifecycle)
  file.data, file.size = data, #data
  return file.url
end

--- A path for a file on disk, in the sandbox's folder.
---@param sandbox table
---@return string path
function files.new_path(sandbox)
  if not sandbox.folder then
    sandbox.folder = ("%s/fal-sandbox-%s"):format(os.getenv "TMPDIR" or "/tmp", digest.hex(sys.random(8)))
    assert(sys.mkdir(sandbox.folder))
  end
  local path = ("%s/%d"):format(sandbox.folder, #sandbox.paths + 1)
  sandbox.paths[#sandbox.paths + 1] = path
  return path
end

--- Removes what is on disk.
---@param sandbox table
function files.clear(sandbox)
  for _, path in ipairs(sandbox.paths) do os.remove(path) end
  if sandbox.folder then os.remove(sandbox.folder) end
  sandbox.paths, sandbox.folder = {}, nil
end

--- Finds a file by the path of its URL.
---@param sandbox table
---@param path string  behind /cdn
---@return table? file
---@return string? rest  of the path, behind the file
function files.find(sandbox, path)
  local key, rest = path:match "^/files/b/(%x+/[^/]+)(.*)$"
  local file = sandbox.files[key]
  if file and file.expires and sandbox.clock.now() >= file.expires then
    if file.path then os.remove(file.path) end
    sandbox.files[key], file = nil, nil
  end
  return file, rest
end

--- Finds a file by its URL.
---@param sandbox table
---@param url string
---@return table? file
function files.at(sandbox, url)
  local base = sandbox.url .. "/cdn"
  if url:sub(1, #base) ~= base then return nil end
  local file, rest = files.find(sandbox, url:sub(#base + 1))
  return rest == "" and file or nil
end

-- Reading ------------------------------------------------------------------

local refusals <const> = { forbid = 403, hide = 404 }

-- The owner and whoever has a signed URL may read everything.
local function refusal(x, file)
  local decision = file.acl and file.acl.default
  if not refusals[decision] then return nil end
  local token = (x.headers.authorization or ""):match "^Bearer (%S+)$"
  if token and tokens.is_cdn(x.sandbox, token) then return nil end
  local identity = address.query(x.query).identity
  local until_when = file.identities and file.identities[identity]
  if until_when and until_when > x.sandbox.clock.now() then return nil end
  return refusals[decision]
end

-- The bytes that a Range header asks for: first, last; false: none of them.
local function range_of(header, size)
  local first, last = header:match "^bytes=(%d*)%-(%d*)$"
  if not first or first == "" and last == "" then return nil end
  if first == "" then
    local count = math.min(tonumber(last), size)
    if count == 0 then return false end
    return size - count, size - 1
  end
  first, last = math.tointeger(tonumber(first)), math.tointeger(tonumber(last)) or size - 1
  if not first or first >= size then return false end
  if last < first then return nil end
  return first, math.min(last, size - 1)
end

local function may_range(x, file, modified)
  local condition = x.headers["if-range"]
  return condition == nil or condition == file.etag or condition == modified
end

local function give_bytes(x, file, status, headers, first, count)
  local answer = { status = status, headers = headers }
  if file.path then
    answer.path, answer.first, answer.count = file.path, first, count
  else
    answer.body = file.data:sub(first + 1, first + count)
  end
  reply.give(x, answer)
end

--- Answers GET and HEAD of a file.
---@param x table  the exchange
---@param file table
function files.serve(x, file)
  local status = refusal(x, file)
  if status then return reply.detail(x, status, status == 403 and "Forbidden" or "Not Found") end
  local modified = x.sandbox.clock:http_date(file.made)
  local headers = {
    ["content-type"] = file.type, etag = file.etag, ["last-modified"] = modified, ["accept-ranges"] = "bytes",
    ["cache-control"] = "public, max-age=5184000, immutable", ["access-control-allow-origin"] = "*",
  }
  local asked, first, last = x.headers.range, nil, nil
  if asked and may_range(x, file, modified) then first, last = range_of(asked, file.size) end
  if first == false then
    headers["content-range"] = ("bytes */%d"):format(file.size)
    return reply.text(x, 416, "", headers)
  end
  if not first then return give_bytes(x, file, 200, headers, 0, file.size) end
  headers["content-range"] = ("bytes %d-%d/%d"):format(first, last, file.size)
  give_bytes(x, file, 206, headers, first, last - first + 1)
end

return files
