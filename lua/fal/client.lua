--- Dresses a client: lets each room add its functions to the table of C verbs.

local copy = require "fal.copy"
local download = require "fal.download"
local inputs = require "fal.inputs"
local misuse = require "fal.misuse"
local options = require "fal.options"
local queue = require "fal.queue"
local storage = require "fal.storage"
local stream = require "fal.stream"

local M = {}

local FILTER, SCHEMA = options.set "q:string category:string remote:flag", options.set "refresh:flag"

-- The models room is loaded at the first call that needs it.
local function install_models(client)
  local function models() return require("fal.models.service").of(client) end

  function client.models(filter)
    if type(filter) ~= "string" then options.check(filter, FILTER, "models") end
    return models():list(filter)
  end

  function client.schema(endpoint, opts)
    misuse.check(endpoint, "string", 1, "schema")
    options.check(opts, SCHEMA, "schema")
    return models():schema(endpoint, opts)
  end

  function client.validate(endpoint, input)
    misuse.check(endpoint, "string", 1, "validate")
    misuse.check(input, "table", 2, "validate")
    return models():validate(endpoint, input)
  end

  function client.cost(endpoint, input)
    misuse.check(endpoint, "string", 1, "cost")
    if input ~= nil then misuse.check(input, "table", 2, "cost") end
    return models():cost(endpoint, input)
  end

  -- What a call's input goes through before it is sent: the input and the options to send, or nil and an error.
  function client.prepare(endpoint, input, opts)
    local detail
    if not (opts and opts.validate == false or client.option "validate" == false) then
      input, detail = client.validate(endpoint, input)
      if not input then return nil, detail end
    end
    local ready, err = inputs.with_urls(client, input)
    if not ready then return nil, err end
    if detail and client.option "on_request" then
      opts = copy(opts or {})
      opts.note = detail
    end
    return ready, opts
  end
end

--- Adds the Lua layer's functions to a table of C verbs and returns it.
function M.dress(client)
  local verbs = copy(client)
  install_models(client)
  queue.install(client, verbs)
  stream.install(client, verbs)
  storage.install(client, verbs)
  download.install(client)
  return client
end

return M
