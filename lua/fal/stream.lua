--- Streaming endpoints: an iterator over events.

local history = require "fal.history"
local misuse = require "fal.misuse"
local options = require "fal.options"

local M = {}

--- Adds stream to a client.
---@param client table
---@param verbs table the C verbs
function M.install(client, verbs)
  --- Streams a model's events: `for event in assert(fal.stream(endpoint, input)) do`.
  -- The last event is the final result. A stream that breaks raises its error from the loop, as io.lines does.
  ---@param endpoint string
  ---@param input table
  ---@param opts table|nil
  ---@return function|nil iterator
  ---@return table err
  function client.stream(endpoint, input, opts)
    misuse.check(endpoint, "string", 1, "stream")
    misuse.check(input, "table", 2, "stream")
    options.check(opts, options.call, "stream")
    local ready, sent = client.prepare(endpoint, input, opts)
    if not ready then return nil, sent end
    local stream, err = history.paid(client, "stream", verbs.stream, endpoint, ready, sent)
    if not stream then return nil, err end
    local function step()
      local event, broken = stream:next()
      if broken then error(broken, 0) end
      return event
    end
    return step, nil, nil, stream
  end
end

return M
