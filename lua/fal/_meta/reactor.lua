---@meta fal.core.reactor
-- The loop: what the C module fal.core.reactor offers to the scheduler and to
-- whoever waits. Never loaded; the language server reads it.

---@class fal.core.reactor
local reactor = {}

--- Waits for something: an exchange, a timer, a server, a request.
---@param waitable userdata
---@return any ...
function reactor.wait(waitable) end

--- A timer to wait for.
---@param seconds number
---@return fal.timer timer
function reactor.after(seconds) end

---@class fal.timer
local Timer = {}

function Timer:stop() end

--- Lets a debug hook raise that could not in the caller.
---@private
function reactor.breathe() end

--- Does what is ready.
---@param timeout? number
function reactor.step(timeout) end

---@return integer fd
function reactor.pollfd() end

---@return number? seconds
function reactor.timeout() end

--- What has become ready since it was last asked.
---@private
---@return userdata? waitable
function reactor.ready() end

--- Nobody waits for it any more.
---@private
---@param waitable userdata
function reactor.cancel(waitable) end

---@private
---@param waitable userdata
---@return boolean
function reactor.is_sent(waitable) end

---@private
---@param waitable userdata
---@return boolean
function reactor.is_set(waitable) end

---@private
---@param waitable userdata
---@return boolean
function reactor.is_shielded(waitable) end

---@private
---@param value any
---@return boolean
function reactor.is_waitable(value) end

---@private
---@param thread thread
function reactor.mark_task(thread) end

---@private
---@param driver function
function reactor.drive_with(driver) end

--- The loop itself, to be kept alive.
---@private
---@return userdata loop
function reactor.loop() end

--- The most exchanges under way at once, as the last client was told.
---@private
---@return integer
function reactor.most() end

--- What is under way, for those who look for what is left over.
---@private
---@return any ...
function reactor.census() end

return reactor
