-- What several commands have in common: options, operands, and what becomes of
-- them.
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

--- For commands about one model.
shared.model = { name = "ENDPOINT", help = "the model, such as fal-ai/veo3/fast" }

--- For commands that send an input.
shared.unchecked = { name = "unchecked", help = "send the input as it is, also when it does not fit the schema" }

--- What the model of a command takes, below its help.
---@param values table
---@return string|nil text
function shared.fields_of_model(values)
  return values.endpoint and require("falua.fields").help(values.endpoint) or nil
end

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

--- The command that picks a request up again.
---@param request table
---@return string line
function shared.again(request) return ("falua result --wait %s %s"):format(request.endpoint, request.id) end

return shared
