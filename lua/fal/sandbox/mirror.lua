-- The sandbox as a mirror: what it is asked goes on to the service, and what
-- that says is taped and handed back; or it comes from a tape. URLs of the
-- service are turned into our own on the way, so that whoever asked goes on
-- asking here; on the tape a mark stands for our address.
local core = require "fal.core"

local access = require "fal.sandbox.access"
local exchange = require "fal.sandbox.exchange"
local reply = require "fal.sandbox.reply"
local tape = require "fal.sandbox.tape"

local Mirror = { __name = "fal.sandbox.mirror" }
Mirror.__index = Mirror

local mirror = {}

local mark <const> = "{sandbox}"

local areas <const> = {
  run = "run_url", queue = "queue_url", rest = "rest_url", cdn = "cdn_url", api = "api_url", site = "site_url",
}
local open <const> = { cdn = true, site = true, via = true } -- areas that need no key

-- Addresses ------------------------------------------------------------------------

-- The service's base URLs and the path that stands for each, the longest first.
local function bases_of(client)
  local list = {}
  for area, option in pairs(areas) do
    list[#list + 1] = { url = client.option(option), path = area == "api" and "/api/v1" or "/" .. area }
  end
  table.sort(list, function(a, b) return #a.url > #b.url end)
  return list
end

local function is_under(url, base)
  local after = url:sub(#base + 1, #base + 1)
  return url:sub(1, #base) == base and (after == "" or after:find "[/?]" ~= nil)
end

-- A URL of the service as our own; those of other hosts keep scheme and host in the path.
local function ours(self, url)
  for _, base in ipairs(self.bases) do
    if is_under(url, base.url) then return mark .. base.path .. url:sub(#base.url + 1) end
  end
  return (url:gsub("^(%l+)://", mark .. "/via/%1/"))
end

local function theirs(self, address)
  for _, base in ipairs(self.bases) do
    if is_under(address, base.path) then return base.url .. address:sub(#base.path + 1) end
  end
  local scheme, rest = address:match "^/via/(https?)/(.+)$"
  return scheme and scheme .. "://" .. rest
end

-- Texts of JSON that are a URL and nothing else, with what `fn` makes of it.
local function each_url(text, fn)
  return (text:gsub('"(https?:[^"%s]*)"', function(url) return '"' .. fn((url:gsub("\\/", "/"))) .. '"' end))
end

local function is_text(headers)
  local type = headers["content-type"] or ""
  return type:find("json", 1, true) or type:find("event-stream", 1, true)
end

-- What goes there and back -----------------------------------------------------------

local function with_query(x, url) return x.query and x.query ~= "" and url .. "?" .. x.query or url end

local function name_of(x, body) return tape.name(x.method, with_query(x, x.path), body) end

-- The body with the mark for our address.
local function marked_body(x)
  local body, here = exchange.body(x), x.sandbox.url
  if not is_text(x.headers) then return body end
  return each_url(body, function(url) return is_under(url, here) and mark .. url:sub(#here + 1) or url end)
end

local function unmarked_body(self, body)
  return (body:gsub('"' .. mark .. '([^"]*)"', function(address)
    return '"' .. (theirs(self, address) or mark .. address) .. '"'
  end))
end

local function headers_to_send(x)
  local all = {}
  for name, value in pairs(x.headers) do
    if name:find "^x%-" or name == "accept" or name == "content-type" or name == "range" then all[name] = value end
  end
  return all
end

local kept <const> = { ["content-type"] = true, ["retry-after"] = true, etag = true }

local function headers_to_keep(headers)
  local all = {}
  for name, value in pairs(headers) do
    if name:find "^x%-fal" or kept[name] then all[name] = value end
  end
  return all
end

-- Tokens open what the key opens, if not for long.
local function without_tokens(text) return (text:gsub("eyJ[%w_-]+%.[%w_-]+%.[%w_-]+", "token")) end

local function answer_of(self, answer)
  local headers, body = headers_to_keep(answer.headers), answer.body
  if is_text(headers) then body = each_url(body, function(url) return ours(self, url) end) end
  return { status = answer.status, headers = headers, body = body }
end

local function hand_out(x, answer)
  local headers = {}
  for name, value in pairs(answer.headers) do headers[name] = value end
  local here = '"' .. x.sandbox.url .. "/"
  local body = is_text(headers) and answer.body:gsub('"' .. mark .. "/", (here:gsub("%%", "%%%%"))) or answer.body
  reply.pass_on(x, { status = answer.status, headers = headers, body = body })
end

local page <const> = "<html><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></html>"

-- The service gave no answer. Only where nothing can have been accepted it is said to be turned away.
local function give_up(x, err)
  x.answered = true
  if err.accepted == false then return x.request:respond(502, { ["content-type"] = "text/html" }, page) end
  x.request:abort "close"
end

-- Recording and playing ----------------------------------------------------------------

local function is_paid(x) return x.method == "POST" and (x.path:find "^/run/" or x.path:find "^/queue/") and true end

local function record(x)
  local self, body = x.sandbox.mirror, marked_body(x)
  local url = theirs(self, x.path)
  if not url then return reply.not_found(x) end
  local answer, err = self.client.http {
    url = with_query(x, url), method = x.method, body = unmarked_body(self, body), headers = headers_to_send(x),
    paid = is_paid(x), idle = true,
  }
  if not answer then return give_up(x, err) end
  local made = answer_of(self, answer)
  local kept_body = is_text(made.headers) and without_tokens(made.body) or made.body
  self.tape:add(name_of(x, body), { status = made.status, headers = made.headers, body = kept_body })
  hand_out(x, made)
end

local function play(x)
  local answer = x.sandbox.mirror.tape:next(name_of(x, marked_body(x)))
  if not answer then return reply.detail(x, 404, "sandbox: this is not in the recording") end
  hand_out(x, answer)
end

--- Answers an exchange.
---@param x table
function Mirror:serve(x)
  if not open[x.path:match "^/(%l+)" or ""] and not access.by_key(x, true) then return end
  if self.client then return exchange.later(x, record, x) end
  play(x)
end

--- Closes the file.
function Mirror:close() self.tape:close() end

--- Makes a mirror.
---@param given table  record or replay (a file), service (options of the client that asks the service)
---@return table? mirror, table? err
function mirror.open(given)
  local made, err = (given.record and tape.record or tape.play)(given.record or given.replay)
  if not made then return nil, err end
  local self = setmetatable({ tape = made }, Mirror)
  if given.record then
    -- with a hook in place, the core strikes the key out of every answer
    self.client = core.new(given.service)
    self.client.config { on_response = function() end }
    self.bases = bases_of(self.client)
  end
  return self
end

return mirror
