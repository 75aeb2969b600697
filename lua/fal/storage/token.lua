--- The CDN's own door: a token from the service opens it. What is used when no
-- signed URL can be had. Keeps the token until shortly before it expires.

local attempts = require "fal.attempts"
local failure = require "fal.core.error"
local json = require "fal.core.json"
local sys = require "fal.core.sys"
local timestamp = require "fal.timestamp"

local M = {}

local MARGIN = 300 -- seconds before its end at which a token is renewed
local SHORTEST = 600 -- seconds to believe in a token that does not say how long it lives

local Token = {}
Token.__index = Token

local function nonsense(what)
  return failure.new { kind = "protocol", message = "the service's answer cannot be understood: " .. what }
end

local function read(answer, cdn_url)
  local body = json.decode(answer.body)
  if type(body) ~= "table" or type(body.token) ~= "string" or body.token:find "[%c%s]" then
    return nil, nonsense "it has no token"
  end
  local kind = type(body.token_type) == "string" and body.token_type or "Bearer"
  local base = type(body.base_url) == "string" and body.base_url:match "^https?://[^%s%c]+$" or cdn_url
  local expires = timestamp.of_iso(body.expires_at) or sys.now() + MARGIN + SHORTEST
  return { header = ("%s %s"):format(kind, body.token), base = base:gsub("/+$", ""), expires = expires }
end

--- Makes the keeper of a client's token.
---@param client table
---@return table keeper
function M.keeper(client) return setmetatable({ client = client }, Token) end

--- The token that is good now.
---@return table|nil token `{header, base, expires}`
---@return table err
function Token:get()
  local client = self.client
  local rest = client.option "rest_url"
  local kept = self.kept
  if kept and self.rest == rest and sys.now() < kept.expires - MARGIN then return kept end
  local answer, err = attempts.run(client, "upload", client.http, {
    method = "POST", url = rest .. "/storage/auth/token?storage_type=fal-cdn-v3", body = "{}", check = true,
    headers = { ["Content-Type"] = "application/json" },
  })
  if not answer then return nil, err end
  self.kept, err = read(answer, client.option "cdn_url")
  self.rest = rest
  return self.kept, err
end

--- Forgets a token that was refused.
function Token:drop() self.kept = nil end

-- Calls `send(token)`; once more with a new token when the first was refused.
local function with_token(self, send)
  local kept = self.kept
  for _ = 1, 2 do
    local token, err = self:get()
    if not token then return nil, err end
    local answer
    answer, err = send(token)
    if answer or err.status ~= 401 or token ~= kept then return answer, err end
    self:drop()
  end
end

local function headers_of(token, wish)
  return {
    Authorization = token.header, ["Content-Type"] = wish.type, ["Accept-Encoding"] = "identity",
    ["X-Fal-File-Name"] = wish.name:gsub("[^\x20-\x7E]", "_"),
  }
end

local function url_in(answer)
  local body = json.decode(answer.body)
  local url = type(body) == "table" and body.access_url
  if type(url) ~= "string" or not url:find "^https?://[^%s%c]+$" then return nil, nonsense "it has no access_url" end
  return url, body.uploadId
end

--- Sends a file in one piece.
---@param wish table `{file, name, type, lifecycle}`
---@param meter userdata
---@return string|nil url
---@return table err
function Token:upload(wish, meter)
  local client = self.client
  local answer, err = with_token(self, function(token)
    return attempts.run(client, "upload", client.http, {
      method = "POST", url = token.base .. "/files/upload", headers = headers_of(token, wish), check = true,
      lifecycle = wish.lifecycle, anonymous = true, idle = true, meter = meter,
      file = wish.file.path, body = wish.file.data,
    })
  end)
  if not answer then return nil, err end
  return url_in(answer)
end

--- Opens an upload in parts; see fal.storage.parts for what that is.
---@param wish table
---@return table|nil upload
---@return table err
function Token:open(wish)
  local client, used = self.client, nil
  local answer, err = with_token(self, function(token)
    used = token
    local headers = headers_of(token, wish)
    headers.Accept = "application/json"
    return attempts.run(client, "upload", client.http, {
      method = "POST", url = token.base .. "/files/upload/multipart", headers = headers, check = true, body = "",
      lifecycle = wish.lifecycle, anonymous = true,
    })
  end)
  if not answer then return nil, err end
  local url, id = url_in(answer)
  if not url then return nil, id end
  if type(id) ~= "string" or not id:find "^[%w%-._~]+$" then return nil, nonsense "it has no uploadId" end
  return {
    file_url = url, complete_url = ("%s/multipart/%s/complete"):format(url, id),
    part_url = function(number) return ("%s/multipart/%s/%d"):format(url, id, number) end,
    headers = { Authorization = used.header },
  }
end

return M
