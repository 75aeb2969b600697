---@meta fal.history.search
-- Reading in the history. Never loaded; the language server reads it.

---@class fal.history.row  docs/history.md tells more
---@field id integer
---@field endpoint string
---@field state string
---@field how string
---@field request_id? string
---@field input? string  JSON
---@field output? string  JSON
---@field units? number
---@field paid? integer  billionths of a dollar
---@field paid_how? string

---@class fal.history.sum
---@field name string
---@field calls integer
---@field units? number
---@field paid integer  billionths of a dollar
---@field at_most integer
---@field unknown integer

---@class fal.history.search
local search = {}

--- The latest calls, newest first; with words, those in which all of them occur.
---@param book fal.history.book
---@param limit integer
---@param words? string[]
---@return fal.history.row[]? rows
---@return fal.error? err
function search.latest(book, limit, words) end

--- One call by its number, its request id, or the beginning of that.
---@param book fal.history.book
---@param name string
---@return fal.history.row? row
---@return fal.error? err
function search.one(book, name) end

--- The calls in a state, oldest first.
---@param book fal.history.book
---@param ... string
---@return fal.history.row[]? rows
---@return fal.error? err
function search.in_state(book, ...) end

--- What was spent.
---@param book fal.history.book
---@param by "day"|"model"
---@return fal.history.sum[]? rows
---@return fal.error? err
function search.cost(book, by) end

return search
