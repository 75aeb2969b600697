-- For the sandbox's specs: a sandbox, and a client that sends what it is told,
-- key and all, and tells what came back.
local core = require "fal.core"
local json = require "fal.core.json"
local service = require "support.service"

local Wire = {}
Wire.__index = Wire

local wire = {}

local right <const> = "Key sandbox-key:sandbox-secret"

--- A sandbox in which nothing takes time, unless told otherwise.
function wire.open(options)
  local all = { seed = 7 }
  for name, value in pairs(options or {}) do all[name] = value end
  local sandbox = service.start(all)
  local client = core.new { key = "of:another", retries = 0, exchange_timeout = 10 }
  return setmetatable({ sandbox = sandbox, url = sandbox.url, client = client }, Wire)
end

--- Sends a request: the answer, with `json` where it is JSON; or nil, err.
--- Headers with the value false are left out.
function Wire:send(method, path, body, headers)
  local all = { Authorization = right }
  for name, value in pairs(headers or {}) do all[name] = value or nil end
  if type(body) == "table" then body = assert(json.encode(body)) end
  local url = path:find "^http" and path or self.url .. path
  local answer, err = self.client.http { method = method, url = url, body = body, headers = all }
  if answer and (answer.headers["content-type"] or ""):find "json" then answer.json = json.decode(answer.body) end
  return answer, err
end

function Wire:post(path, body, headers) return self:send("POST", path, body or {}, headers) end

function Wire:get(path, headers) return self:send("GET", path, nil, headers) end

function Wire:put(path, body, headers) return self:send("PUT", path, body or "", headers) end

--- Submits, and gives the id and the path of the request.
function Wire:submit(endpoint, input, headers)
  local answer = assert(self:post("/queue/" .. endpoint, input, headers))
  assert(answer.status == 200, answer.body)
  return answer.json.request_id, answer.json.response_url:sub(#self.url + 1)
end

--- Takes the sandbox's clock into the hand: from now on time passes by `pass`.
function Wire:hold()
  local pass = service.hold(self.sandbox)
  self.pass = function(_, seconds) pass(seconds) end
end

--- Lets the sandbox's time pass no faster than the machine looks.
function Wire:walk() service.walk(self.sandbox) end

function Wire:close() self.sandbox:stop() end

Wire.__close = Wire.close

return wire
