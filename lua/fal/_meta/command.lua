---@meta fal.core.command
-- Commands that run beside Lua: what the C module fal.core.command offers.
-- Never loaded; the language server reads it.

---@class fal.core.command
local command = {}

--- Starts a command, without a shell and with nothing to read.
---@param words string[]  the program, looked for as a shell does, and its arguments
---@param output? string  path of the file for what it writes; otherwise that goes to standard error
---@return fal.command? command
---@return fal.error? err  of kind `io`
function command.start(words, output) end

--- Something to wait for: `reactor.wait(command)` returns once it has ended, with "exit" and its status or "signal"
--- and which one. A to-be-closed value: it is killed with all that it has started.
---@class fal.command
local Command = {}

--- Sends a signal to the command and all that it has started.
---@param name? "INT"|"TERM"|"KILL"
function Command:kill(name) end

return command
