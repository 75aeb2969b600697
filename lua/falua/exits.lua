-- The exit status of falua's commands: one number for each thing that a
-- script around it may want to tell apart.
local fal = require "fal"

local exits = {
  done = 0, failed = 1, key = 3, input = 4, refused = 5, timeout = 6, budget = 7, unconfirmed = 8, partly = 9,
}

--- What each status means, in their order.
exits.meanings = {
  { 0, "done" },
  { 1, "any other failure, an error in a script too" },
  { 2, "the command line is wrong" },
  { 3, "there is no key, or a wrong one" },
  { 4, "the input does not fit the model" },
  { 5, "the model refused it or failed" },
  { 6, "it took too long" },
  { 7, "it would cost too much" },
  { 8, "nobody knows whether it was accepted" },
  { 9, "partly done" },
  { 130, "interrupted" },
}

local by_kind <const> = {
  validation = exits.input, model = exits.refused, timeout = exits.timeout, unconfirmed = exits.unconfirmed,
}

--- The exit status for an error.
---@param err table
---@return integer status
function exits.of(err)
  if err.kind == "config" then return fal.option "key" and exits.failed or exits.key end
  if err.kind == "http" and (err.status == 401 or err.status == 403) then return exits.key end
  if err.kind == "budget" then return err.type == "unknown_price" and exits.failed or exits.budget end
  return by_kind[err.kind] or exits.failed
end

return exits
