---@meta fal.core.server
-- Serving HTTP: what the C module fal.core.server offers. Never loaded; the
-- language server reads it.

---@class fal.core.server
local server = {}

---@class fal.server.options
---@field port? integer  0 (the default): any free one
---@field host? string  address to listen on; 127.0.0.1
---@field spool? integer  longer bodies go to a temporary file; 1 MiB
---@field spool_dir? string  where those files are made; $TMPDIR or /tmp
---@field max_body? integer  longer bodies are refused; no limit

--- Starts a server on the loop of this process.
---@param options fal.server.options
---@return fal.server? server
---@return fal.error? err  of kind `io`
function server.listen(options) end

--- Something to wait for: `reactor.wait(server)` returns once a request is there, with true, or once the server is
--- closed, with false.
---@class fal.server
local Server = {}

--- The request that has waited longest.
---@return fal.server.request? request  nil when none waits
function Server:next() end

---@return integer port
function Server:port() end

---@return integer connections
---@return integer requests  being read or answered
function Server:count() end

--- Closes all connections; answers that are complete are sent before.
function Server:close() end

--- Something to wait for: `reactor.wait(request)` returns once its answer was sent, with true, or once the client has
--- gone, with false. A request that is collected without an answer closes its connection.
---@class fal.server.request
---@field method string
---@field path string  not decoded
---@field query string?  not decoded
---@field headers table<string, string>  by lower-case names; repeated ones are joined
---@field body string?  nil when it is in a file
---@field body_path string?  a temporary file that goes with the request
---@field body_size integer
local Request = {}

---@alias fal.server.headers table<string, string|number|string[]>

--- Gives the whole answer.
---@param status integer
---@param headers? fal.server.headers
---@param body? string
---@return true? sent
---@return fal.error? err  of kind `network` when the client has gone
function Request:respond(status, headers, body) end

--- Answers with bytes of a file.
---@param status integer
---@param headers? fal.server.headers
---@param path string
---@param first? integer  0
---@param count? integer  up to the end
---@return true? sent
---@return fal.error? err  of kind `io`: the request is still to be answered
function Request:send_file(status, headers, path, first, count) end

--- Begins an answer of unknown length.
---@param status integer
---@param headers? fal.server.headers
---@return true? begun
---@return fal.error? err
function Request:start(status, headers) end

---@param bytes string
---@return true? taken
---@return fal.error? err
function Request:write(bytes) end

---@return true? ended
---@return fal.error? err
function Request:finish() end

--- A fault: sends some bytes and closes before the end.
---@param status integer
---@param headers? fal.server.headers
---@param bytes string
---@param announced? integer  as its length; without it the answer has an open end
---@return true? begun
---@return fal.error? err
function Request:cut(status, headers, bytes, announced) end

--- A fault: no answer, or no more of the one that was begun.
---@param how? "close"|"reset"
function Request:abort(how) end

---@return boolean alive  false once the client has gone, or all was sent
function Request:alive() end

return server
