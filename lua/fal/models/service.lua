-- What a client can say about models: the catalogue, and beyond it what the
-- service answers to this client's requests. Ties the pure rooms to the wire,
-- the clock and the cache folder; decides when the service is asked.
local models = require "fal.models"
local paid = require "fal.models.paid"
local remote = require "fal.models.remote"
local shelf = require "fal.models.shelf"
local sys = require "fal.core.sys"
local xdg = require "fal.xdg"

local service = {}

local patience <const> = 15 -- seconds of silence; what is asked here is answered soon or not at all

local Service = {}
Service.__index = Service
Service.__name = "fal.models.service"

-- What this machine says of itself, a sandbox for one, can be had again at any
-- time, and tomorrow somebody else may listen there.
local function is_here(site_url)
  local host = site_url:match "^%a+://%[?([%w.:-]*)" or ""
  return host:find "^127%." ~= nil or host:find "^localhost%f[^%w.-]" ~= nil or host:find "^::1" ~= nil
end

-- Where the answers of one service are kept: a folder for each site; nil where
-- nothing is to be kept.
local function folder_of(site_url)
  local folder = not is_here(site_url) and xdg.folder "cache"
  return folder and ("%s/%s"):format(folder, (site_url:gsub("^%a+://", ""):gsub("[^%w.-]", "_"))) or nil
end

-- An exchange that gives the body of a good answer, or nil and an error.
local function fetcher(client)
  return function(url)
    local answer, err = client.http { url = url, check = true, idle = true, timeout = patience }
    return answer and answer.body, err
  end
end

-- Made when first needed, and again when the client is pointed elsewhere.
local function remote_of(self)
  local site, api = self.client.option "site_url", self.client.option "api_url"
  if not self.remote or self.site ~= site or self.api ~= api then
    self.site, self.api = site, api
    self.remote = remote.new {
      fetch = fetcher(self.client), shelf = shelf.open(folder_of(site)), now = sys.now, site_url = site, api_url = api,
    }
  end
  return self.remote
end

--- Lists models. Words are searched for at the service too, when there is a
--- key or `remote = true`; without that wish, a silent service is no failure.
---@param filter? string|table
---@return table? list, table? err
function Service:list(filter)
  local words, wanted = filter, false
  if type(filter) == "table" then words, wanted = filter.q, filter.remote == true end
  if not wanted and (not words or words == "" or not self.keyed()) then return models.list(filter) end
  local list, err = remote_of(self):search(words)
  if not list then return not wanted and models.list(filter) or nil, err end
  local category = type(filter) == "table" and filter.category
  if not category then return list end
  local kept = {}
  for _, entry in ipairs(list) do
    if entry.category == category then kept[#kept + 1] = entry end
  end
  return kept
end

--- The schema of any endpoint; see fal.models.remote.
---@param endpoint string
---@param opts? table  refresh = true asks the service in any case
---@return table? schema, table? err
function Service:schema(endpoint, opts) return remote_of(self):schema(endpoint, opts) end

--- The schema of an endpoint as far as it is known here; asks nobody.
---@param endpoint string
---@return table? schema
function Service:known(endpoint) return remote_of(self):known(endpoint) end

--- Lists the endpoints whose schemas are kept here, besides the built-in ones.
---@return string[] endpoints
function Service:kept() return remote_of(self):kept() end

--- Checks an input against the schema that is known here; asks nobody.
---@param endpoint string
---@param input table
---@return table? input, table|string|nil detail
function Service:validate(endpoint, input)
  return models.validate(remote_of(self):known(endpoint) or endpoint, input)
end

--- Says what an input costs; asks for a unit price where none is listed and
--- there is a key.
---@param endpoint string
---@param input? table
---@return number? lowest, number|table highest, string? line
function Service:cost(endpoint, input)
  local here = remote_of(self)
  local quote = self.keyed() and function(id) return here:quote(id) end or nil
  return models.cost(here:known(endpoint) or endpoint, input, quote)
end

--- The service's unit price of an endpoint, asked for once a day.
---@param endpoint string
---@return table? price, table? err
function Service:quote(endpoint) return remote_of(self):quote(endpoint) end

--- What a finished call has cost, by a listed price or by the unit price that
--- the service told before; asks nobody. See fal.models.paid.
---@param bounds table  endpoint, low, high
---@param units? number|string
---@return integer? amount, string how
function Service:paid(bounds, units)
  local quote = units and not paid.is_listed(bounds.endpoint) and remote_of(self):kept_quote(bounds.endpoint) or nil
  return paid.of(bounds, units, quote)
end

--- Makes what a client can say about models.
---@param client table  with http and option
---@param keyed fun(): boolean  whether the client has a key
---@return table service
function service.new(client, keyed) return setmetatable({ client = client, keyed = keyed }, Service) end

local made = setmetatable({}, { __mode = "k" }) -- client -> its service

--- What a client can say about models, one for each client.
---@param client table
---@return table service
function service.of(client)
  made[client] = made[client] or service.new(client, function() return client.option "key" end)
  return made[client]
end

return service
