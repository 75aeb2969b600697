---@meta fal.core.store
-- One SQLite file: what the C module fal.core.store offers. Never loaded; the
-- language server reads it.

---@class fal.core.store
local library = {}

---@class fal.store.options
---@field readonly? boolean
---@field private? boolean  for its owner alone
---@field patience? number  seconds to wait for somebody else's lock

---@param path string
---@param options? fal.store.options
---@return fal.store? store
---@return fal.error? err  of kind `io`
function library.open(path, options) end

---@class fal.store
local Store = {}

---@param sql string
---@param ... any
---@return integer? changed  how many rows
---@return fal.error? err
function Store:run(sql, ...) end

---@param sql string
---@param ... any
---@return table[]? rows  columns by name
---@return fal.error? err
function Store:rows(sql, ...) end

--- Several statements without parameters.
---@param sql string
---@return true? done
---@return fal.error? err
function Store:exec(sql) end

function Store:close() end

return library
