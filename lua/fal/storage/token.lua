--- The CDN's own door: a token from the service opens it. For uploads where no
-- signed URL can be had, and for files that only their owner may read. Keeps
-- the token until shortly before it expires; one that is refused is replaced.

local attempts = require "fal.attempts"
local failure = require "fal.core.error"
local json = require "fal.core.json"
local sys = require "fal.core.sys"
local task = require "fal.task"
local timestamp = require "fal.timestamp"

local M = {}

local MARGIN = 300 -- seconds before its end at which a token is renewed, unless half of its life is less
local SHORTEST = 600 -- seconds to believe in a token that does not say how long it lives

local Token = {}
Token.__index = Token

local keepers = setmetatable({}, { __mode = "k" }) -- client -> its keeper, as long as the client lives

--- The keeper of a client's token.
---@param client table
---@return table keeper
function M.keeper(client)
  keepers[client] = keepers[client] or setmetatable({ client = client }, Token)
  return keepers[client]
end

-- The token ------------------------------------------------------------------------

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
  local now = sys.now()
  local life = (timestamp.of_iso(body.expires_at) or now + SHORTEST) - now
  return {
    header = ("%s %s"):format(kind, body.token), base = base:gsub("/+$", ""),
    good_until = now + math.max(life - MARGIN, life / 2),
  }
end

local function ask_for_one(self, rest)
  local answer, err = attempts.run(self.client, "upload", self.client.http, {
    method = "POST", url = rest .. "/storage/auth/token?storage_type=fal-cdn-v3", body = "{}", check = true,
    headers = { ["Content-Type"] = "application/json" },
  })
  self.rest, self.kept = rest, nil
  if answer then self.kept, err = read(answer, self.client.option "cdn_url") end
  if err then err.step = "initiate" end
  return self.kept, err
end

--- The token that is good now. It is asked for by one at a time; who comes meanwhile waits for it.
---@return table|nil token `{header, base, good_until}`
---@return table err
function Token:get()
  while self.asking do task.wait_event(self.asking) end
  local rest, kept = self.client.option "rest_url", self.kept
  if kept and self.rest == rest and sys.now() < kept.good_until then return kept end
  local asking = task.new_event()
  self.asking = asking
  local _ <close> = task.closing(function()
    self.asking = nil
    task.set_event(asking)
  end)
  return ask_for_one(self, rest)
end

local function is_refusal(err) return err.status == 401 or err.status == 403 end

-- Calls `send(token)`; once more with a new token when one that was good before is refused.
local function with_token(self, send)
  local answer, err
  for _ = 1, 2 do
    local token
    token, err = self:get()
    if not token then return nil, err end
    answer, err = send(token)
    if answer then token.was_good = true end
    if answer or not is_refusal(err) or not token.was_good then break end
    if self.kept == token then self.kept = nil end
  end
  return answer, err
end

-- Uploads --------------------------------------------------------------------------

local function headers_of(wish)
  return {
    ["Content-Type"] = wish.type, ["Accept-Encoding"] = "identity",
    ["X-Fal-File-Name"] = wish.name:gsub("[^\x20-\x7E]", "_"),
  }
end

-- One exchange with the CDN; `path` stands for a URL below the token's base.
local function ask(self, fields, path)
  return with_token(self, function(token)
    if path then fields.url = token.base .. path end
    fields.headers.Authorization, fields.anonymous = token.header, true
    return attempts.run(self.client, "upload", self.client.http, fields)
  end)
end

local function url_in(body)
  local url = type(body) == "table" and body.access_url
  if type(url) ~= "string" or not url:find "^https?://[^%s%c]+$" then return nil, nonsense "it has no access_url" end
  return url
end

--- Sends a file in one piece.
---@param wish table `{file, name, type, lifecycle, meter, stamp}`
---@return string|nil url
---@return table err
function Token:upload(wish)
  local answer, err = ask(self, {
    method = "POST", headers = headers_of(wish), check = true, lifecycle = wish.lifecycle, idle = true,
    meter = wish.meter, file = wish.file.path, body = wish.file.data, stamp = wish.stamp,
  }, "/files/upload")
  if not answer then return nil, err end
  return url_in(json.decode(answer.body))
end

--- Reads the CDN's answer to an upload in parts that is to begin, or one that was kept.
---@param text string
---@return table|nil upload see fal.storage.parts for what that is
---@return table err
function Token:read_upload(text)
  local body = json.decode(text)
  local url, err = url_in(body)
  if not url then return nil, err end
  local id = body.uploadId
  if type(id) ~= "string" or not id:find "^[%w%-._~]+$" then return nil, nonsense "it has no uploadId" end
  return {
    file_url = url, answer = text, complete_url = ("%s/multipart/%s/complete"):format(url, id),
    part_url = function(number) return ("%s/multipart/%s/%d"):format(url, id, number) end,
    ask = function(fields) return ask(self, fields) end,
  }
end

--- Opens an upload in parts.
---@param wish table `{name, type, lifecycle}`
---@return table|nil upload
---@return table err
function Token:open(wish)
  local headers = headers_of(wish)
  headers.Accept = "application/json"
  local answer, err = ask(self, {
    method = "POST", headers = headers, check = true, body = "", lifecycle = wish.lifecycle,
  }, "/files/upload/multipart")
  if not answer then return nil, err end
  return self:read_upload(answer.body)
end

-- Files that not everybody may read --------------------------------------------------

local function is_below(url, base) return url:sub(1, #base + 1) == base .. "/" end

-- "fal.media" of "https://v3.fal.media/files/...": hosts of one family may be one CDN.
local function family_of(url)
  local host = url:match "^%a+://([^/?#]+)" or ""
  return host:match "^[^.]+%.([^.]+%..+)$" or host
end

--- Asks for a file, with 'check'. When it is refused, and is one of the CDN's, asks again with the token: a file may
-- be forbidden or hidden for all but its owner. The token goes nowhere else.
---@param fields table of client.http
---@return table|nil answer
---@return table err
function Token:fetch(fields)
  local client, cdn_url = self.client, self.client.option "cdn_url"
  local answer, err = client.http(fields)
  if answer or err.status ~= 403 and err.status ~= 404 then return answer, err end
  local token = family_of(fields.url) == family_of(cdn_url) and self:get()
  if not token or not is_below(fields.url, token.base) and not is_below(fields.url, cdn_url) then return nil, err end
  return with_token(self, function(good)
    fields.headers.Authorization = good.header
    return client.http(fields)
  end)
end

--- How large the file under a URL is.
---@param url string
---@return integer|nil bytes nil when it is not there, or the service does not tell
function Token:size_of(url)
  local answer = self:fetch {
    method = "HEAD", url = url, anonymous = true, check = true, headers = { ["Accept-Encoding"] = "identity" },
  }
  return answer and math.tointeger(tonumber(answer.headers["content-length"]))
end

return M
