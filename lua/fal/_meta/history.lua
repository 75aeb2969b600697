---@meta fal.history
-- The history: what was sent from here. Never loaded; the language server reads
-- it.

---@class fal.history.book  an open history, to be given to fal.history.search
---@field path string
local Book = {}

--- Closes the file.
function Book:close() end

---@class fal.history
local history = {}

--- Opens the client's history to read in it; see fal.history.search.
---@param client fal.client
---@return fal.history.book? book  nil without an error when the client has none
---@return fal.error? err
function history.open(client) end

---@class fal.history.unheard_call
---@field id integer
---@field how string
---@field endpoint string

--- Tells which calls may have been accepted though nobody has seen an answer.
---@return fal.history.unheard_call[] calls
function history.unheard() end

--- Calls a verb that costs money, with the record before and after it.
---@private
---@param client fal.client
---@param how string
---@param verb function
---@param endpoint string
---@param input table
---@param opts? table
---@return any first
---@return any second
function history.paid(client, how, verb, endpoint, input, opts) end

--- Fetches a result, and writes it down when the request is one of ours.
---@private
---@param client fal.client
---@param verb function
---@param target fal.request|string
---@param id? string
---@return any output
---@return fal.error? err
function history.result(client, verb, target, id) end

--- Cancels a request, and writes that down.
---@private
---@param client fal.client
---@param verb function
---@param target fal.request|string
---@param id? string
---@return true? cancelled
---@return fal.error? err
function history.cancel(client, verb, target, id) end

--- Writes down where files of a result were put.
---@private
---@param client fal.client
---@param files table[]
---@param paths table<integer, string>
function history.downloaded(client, files, paths) end

return history
