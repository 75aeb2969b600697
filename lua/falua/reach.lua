-- Whether the hosts of the service can be reached, and if not where it ends:
-- at the name, the proxy, the connection, the encryption, or behind it. Also
-- how far this machine's clock is from theirs. Asks without the key.
local fal = require "fal"
local sys = require "fal.core.sys"
local timestamp = require "fal.timestamp"

local reach = {}

local patience <const> = 10 -- seconds for one host

local hosts <const> = { "run_url", "queue_url", "rest_url", "cdn_url", "api_url", "site_url", "proxy_url" }

--- What to do about a fault, by the place where it is.
reach.remedies = {
  name = "its name cannot be found: check the network, and the address for a slip",
  proxy = "check HTTPS_PROXY and HTTP_PROXY; NO_PROXY lists hosts to be reached without a proxy",
  connection = "nobody answers there: check the network, a firewall, and the address for a slip",
  encryption = "install the package ca-certificates; where a proxy opens connections, set the option ca_file",
  answer = "something answers, but not as the service does: a proxy or a captive portal in between?",
}

-- The first of these that a complaint of libcurl fits says where the fault is.
local signs <const> = {
  { "resolve proxy", "proxy" }, { "proxy", "proxy" }, { "connect tunnel", "proxy" }, { "resolve host", "name" },
  { "resolving", "name" }, { "ssl", "encryption" }, { "certificate", "encryption" }, { "tls", "encryption" },
  { "connect", "connection" }, { "timed out", "connection" },
}

local function host_in(url) return url:match "^%a+://%[?([^/%]:]+)" end

--- Says where a failed exchange ended.
---@param message string  libcurl's
---@param url string
---@return string place  a name in reach.remedies
function reach.place(message, url)
  local text = message:lower()
  local asked = text:match "connect to (%S+) port"
  if asked and (asked ~= host_in(url):lower() or text:find " via ") then return "proxy" end
  for _, sign in ipairs(signs) do
    if text:find(sign[1], 1, true) then return sign[2] end
  end
  return "answer"
end

local function ask(url)
  local began = sys.monotonic()
  local answer, err = fal.http { url = url .. "/", method = "HEAD", anonymous = true, timeout = patience }
  if not answer then return { url = url, message = err.message, place = reach.place(err.message, url) } end
  local date = timestamp.of_http(answer.headers.date)
  return { url = url, took = sys.monotonic() - began, ahead = date and sys.now() - date }
end

-- Each host once, with the options that name it.
local function places()
  local list, by_origin = {}, {}
  for _, option in ipairs(hosts) do
    local url = fal.option(option)
    local origin = url and url:match "^%a+://[^/]+"
    if origin and not by_origin[origin] then
      by_origin[origin] = { url = origin, options = {} }
      list[#list + 1] = by_origin[origin]
    end
    if origin then table.insert(by_origin[origin].options, option) end
  end
  return list
end

--- Asks every host at once.
---@return table[] findings  { url, options, took, ahead } or { url, options, message, place }
function reach.all()
  fal.config { connect_timeout = patience / 2 }
  local list = places()
  local tasks = {}
  for i, place in ipairs(list) do tasks[i] = fal.async(ask, place.url) end
  for i, task in ipairs(tasks) do
    local options = list[i].options
    list[i] = task:await()
    list[i].options = options
  end
  return list
end

return reach
