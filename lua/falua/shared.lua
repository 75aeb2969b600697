-- What several commands have in common: lists of options put together, the
-- operands that name a request.
local shared = {}

--- Joins lists into a new one.
---@param ... table[]
---@return table[] list
function shared.join(...)
  local all = {}
  for _, list in ipairs { ... } do table.move(list, 1, #list, #all + 1, all) end
  return all
end

--- For commands that print tables on a terminal.
shared.json = { name = "json", help = "JSON on one line, on a terminal too" }

--- For commands that submit.
shared.webhook = {
  name = "webhook", value = "URL", wanted = "a URL", help = "let the service tell this URL when it is done",
  convert = function(text) return #text <= 2000 and text:find "^https?://[^%s%c]+$" and text end,
}

--- What names a request: for commands about one that was submitted.
shared.request = {
  { name = "ENDPOINT", help = "the model; or ENDPOINT#ID in one word" },
  { name = "ID", help = "the id that submit printed", optional = true },
}

--- The request that such operands name.
---@param values table
---@return table|nil request
---@return string|nil problem
function shared.named_request(values)
  local endpoint, id = values.endpoint, values.id
  if not id then endpoint, id = endpoint:match "^(.-)#(.+)$" end
  if not id then return nil, "ID is missing" end
  return require("fal").request(endpoint, id)
end

return shared
