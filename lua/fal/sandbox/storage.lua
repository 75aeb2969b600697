-- Uploads, by both ways of the service: to a signed URL, and directly to the
-- CDN with a token; whole or in parts. Where files end up is files' business.
local json = require "fal.core.json"
local task = require "fal.task"

local access = require "fal.sandbox.access"
local address = require "fal.sandbox.address"
local exchange = require "fal.sandbox.exchange"
local files = require "fal.sandbox.files"
local parts = require "fal.sandbox.parts"
local reply = require "fal.sandbox.reply"

local storage = {}

-- Way A: a signed URL ------------------------------------------------------

local function is_right_type(x)
  if address.query(x.query).storage_type == "fal-cdn-v3" then return true end
  reply.detail(x, 400, "Invalid storage type")
  return false
end

local function wish_of(x)
  local wish = json.decode(exchange.body(x))
  if type(wish) ~= "table" then wish = {} end
  for _, name in ipairs { "content_type", "file_name" } do
    if type(wish[name]) ~= "string" then return reply.field_fault(x, name, "Field required", "missing") end
  end
  return wish
end

local function initiate(x, in_parts)
  if not access.by_key(x, true) or not is_right_type(x) then return end
  local wish = wish_of(x)
  if not wish then return end
  local file = files.reserve(x.sandbox, wish.file_name, wish.content_type, files.lifecycle(x.headers))
  file.signature = ("x-fal-expires=%d&x-fal-signature=%s%%3D"):format(
    math.floor(x.sandbox.clock:unix()) + 3600, x.sandbox.chance:id(32))
  if in_parts then parts.open(file) end
  reply.json(x, 200, { upload_url = file.url .. "?" .. file.signature, file_url = file.url })
end

--- POST /storage/upload/initiate
---@param x table  the exchange
function storage.initiate(x) initiate(x, false) end

--- POST /storage/upload/initiate-multipart
---@param x table  the exchange
function storage.initiate_parts(x) initiate(x, true) end

local function is_signed(x, file)
  if file.signature and x.query == file.signature then return true end
  reply.detail(x, 403, "Invalid signature")
  return false
end

local function put_whole(x, file)
  if not is_signed(x, file) then return end
  if x.headers["content-type"] ~= file.type then return reply.detail(x, 403, "Content type does not match") end
  parts.store(x, file)
  reply.json(x, 200, { access_url = file.url, uploaded = true })
end

-- PUT {upload_url}/{n}, POST {upload_url}/complete
local function signed_part(x, file, tail)
  local number = tail:match "^/(%d+)$"
  if number and x.method == "PUT" and file.parts then
    if is_signed(x, file) then parts.put(x, file, math.tointeger(tonumber(number))) end
  elseif tail == "/complete" and x.method == "POST" and file.parts then
    if is_signed(x, file) then parts.complete(x, file) end
  else
    reply.not_found(x)
  end
end

-- Way B: with a CDN token --------------------------------------------------

local function reserve(x)
  local type = x.headers["content-type"] or "application/octet-stream"
  return files.reserve(x.sandbox, x.headers["x-fal-file-name"] or "file", type, files.lifecycle(x.headers))
end

local function upload(x)
  if not access.by_cdn_token(x) then return end
  local file = reserve(x)
  parts.store(x, file)
  reply.json(x, 200, { access_url = file.url, uploaded = true })
end

local function open_upload(x)
  if not access.by_cdn_token(x) then return end
  local file = reserve(x)
  parts.open(file)
  file.upload_id = x.sandbox.chance:id(24)
  reply.json(x, 200, { access_url = file.url, uploadId = file.upload_id })
end

-- PUT {access_url}/multipart/{id}/{n}, POST {access_url}/multipart/{id}/complete
local function token_part(x, file, tail)
  if not access.by_cdn_token(x) then return end
  local id, last = tail:match "^/multipart/([^/]+)/([^/]+)$"
  if not id or id ~= file.upload_id then return reply.not_found(x) end
  local number = math.tointeger(tonumber(last))
  if number and x.method == "PUT" then return parts.put(x, file, number) end
  if last == "complete" and x.method == "POST" then return parts.complete(x, file) end
  reply.not_found(x)
end

-- Access afterwards --------------------------------------------------------

local week <const> = 7 * 86400

local function sign(x, file)
  if not access.by_cdn_token(x) then return end
  local wish = json.decode(exchange.body(x))
  local seconds = type(wish) == "table" and tonumber(wish.duration) or 86400
  if seconds <= 0 or seconds > week then return reply.detail(x, 400, "Invalid duration") end
  local identity, clock = x.sandbox.chance:id(40), x.sandbox.clock
  file.identities = file.identities or {}
  file.identities[identity] = clock.now() + clock:span(seconds)
  reply.text(x, 200, file.url .. "?identity=" .. identity, { ["content-type"] = "text/plain" })
end

--- GET and PUT /storage/files/acl?url=...
---@param x table  the exchange
function storage.acl(x)
  if not access.by_key(x, false) then return end
  local file = files.at(x.sandbox, address.query(x.query).url or "")
  if not file then return reply.not_found(x) end
  if x.method == "PUT" then
    local acl = json.decode(exchange.body(x))
    if type(acl) ~= "table" then return reply.detail(x, 422, "Invalid ACL") end
    file.acl = acl
  end
  reply.json(x, 200, file.acl or { default = "allow", rules = json.array {} })
end

-- The CDN ------------------------------------------------------------------

local function serve_file(x, tail)
  local file, method = x.file, x.method
  if not file then return reply.not_found(x) end
  if tail == "/sign" and method == "POST" then return sign(x, file) end
  if tail:sub(1, 11) == "/multipart/" then return token_part(x, file, tail) end
  if tail ~= "" then return signed_part(x, file, tail) end
  if method == "PUT" then return put_whole(x, file) end
  if method ~= "GET" and method ~= "HEAD" then return reply.wrong_method(x, "GET, HEAD, PUT") end
  if not file.size then return reply.not_found(x) end
  local joining = file.joining  -- may be over, and gone from the file, when the task begins
  if not joining or method == "HEAD" then return files.serve(x, file) end
  exchange.later(x, function()
    task.wait_event(joining)
    if file.size then files.serve(x, file) else reply.not_found(x) end
  end)
end

local uploads <const> = { ["/files/upload"] = upload, ["/files/upload/multipart"] = open_upload }

--- Finds out what is asked of the CDN.
---@param x table  the exchange
---@param rest string  the path behind /cdn
---@return function handler, any argument
function storage.plan(x, rest)
  if uploads[rest] and x.method == "POST" then
    x.call = "upload"
    return uploads[rest]
  end
  local file, tail = files.find(x.sandbox, rest)
  x.file = file
  x.call = (x.method == "GET" or x.method == "HEAD") and "download" or tail ~= "" and "part" or "upload"
  return serve_file, tail
end

return storage
