---@meta fal.core.sys
-- What Lua lacks: what the C module fal.core.sys offers. Never loaded; the
-- language server reads it.

---@class fal.core.sys
local sys = {}

--- Unix time.
---@return number seconds
function sys.now() end

--- A clock that never goes back.
---@return number seconds
function sys.monotonic() end

---@param count integer  at most 1024
---@return string bytes
function sys.random(count) end

---@return integer pid
function sys.pid() end

--- The libraries with their versions, as libcurl writes them.
---@return string text
function sys.libraries() end

---@param file file*
---@return boolean
function sys.isatty(file) end

---@class fal.sys.stat
---@field size integer
---@field mtime number
---@field kind "file"|"folder"|"other"
---@field stamp string  changes whenever the file does

---@param path string
---@return fal.sys.stat? stat
---@return string? message
function sys.stat(path) end

--- Makes a folder; one that is there is a success.
---@param path string
---@return true? made
---@return string? message
function sys.mkdir(path) end

--- Makes a folder and those above it; what is there is a success.
---@param path string
---@return true? made
---@return string? message
function sys.makedirs(path) end

--- Renames, but never replaces what is there.
---@param from string
---@param to string
---@return true? settled
---@return string? message
---@return integer|"exists"|nil code
function sys.settle(from, to) end

--- Brings what was written to the disk.
---@param file file*
---@return true? synced
---@return string? message
function sys.sync(file) end

--- Puts all of a file into another, at an offset.
---@param from string
---@param to string
---@param offset integer
---@return integer? bytes
---@return string? message
function sys.copy(from, to, offset) end

return sys
