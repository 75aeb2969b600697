---@meta
-- The objects that the functions of a client give and take. Never loaded; the
-- language server reads it.

---@alias fal.kind
---| "config"
---| "validation"
---| "network"
---| "timeout"
---| "unconfirmed"
---| "http"
---| "model"
---| "pending"
---| "cancelled"
---| "budget"
---| "protocol"
---| "io"
---| "script"

---@class fal.error  docs/errors.md tells more
---@field kind fal.kind
---@field message string
---@field status? integer  of HTTP
---@field type? string  the service's own error type
---@field detail? any  the service's list, decoded
---@field field? string  the first field at fault
---@field allowed? any[]  its valid values
---@field request_id? string
---@field endpoint? string
---@field retryable? boolean
---@field accepted? boolean  false: no application saw the request
---@field billed? "no"|"yes"|"unknown"
---@field attempts? integer
---@field limit? "connect"|"exchange"|"start"|"stall"|"total"
---@field retry_after? string
---@field needs_retry? boolean  what the service says about trying again
---@field hint? string  what to do next
---@field cause? any  an error underneath
---@field results? table<integer|string, any>  of all, map, race
---@field failures? table<integer|string, any>
---@field done? string[]  of a workflow's run: names of steps
---@field failed? string[]
---@field blocked? string[]
---@field open? table[]  what is under way at the service
---@field paid? number  dollars
---@field reserved? number  dollars
---@field command? string  how to go on
---@field candidates? string[]  ids of requests that look like the unconfirmed one
---@field file? string  where a text is broken
---@field line? integer
---@field column? integer
---@operator concat(any): string

---@class fal.request  docs/calls.md tells more
---@field id string
---@field endpoint string
---@field status_url? string
---@field response_url? string
---@field cancel_url? string
---@field queue_position? integer  when it was submitted
---@field gateway_request_id? string
---@field metrics? table<string, any>  once completed
---@field billable_units? number  once its result is there
---@field price? number  dollars, where anything is known of the price
---@field price_how? string  how the price was found
local Request = {}

---@param opts? fal.status_options
---@return fal.status? status
---@return fal.error? err
function Request:status(opts) end

---@param opts? fal.wait_options
---@return any output
---@return fal.request|fal.error request
function Request:wait(opts) end

---@return any output
---@return fal.error? err
function Request:result() end

---@return true? cancelled
---@return fal.error? err
function Request:cancel() end

---@param opts? fal.events_options
---@return fun(): fal.status? step
---@return nil
---@return nil
---@return table follow  to be closed, as `for` does
function Request:events(opts) end

---@class fal.log
---@field message string
---@field timestamp string
---@field level? string
---@field source? string
---@field labels? table

---@class fal.status
---@field status "IN_QUEUE"|"IN_PROGRESS"|"COMPLETED"|string
---@field request_id string
---@field status_url? string
---@field response_url? string
---@field cancel_url? string
---@field queue_position? integer
---@field logs? fal.log[]
---@field metrics? table<string, any>
---@field error? string
---@field error_type? string

---@class fal.stream
---@overload fun(): any
local Stream = {}

---@return any event  nil at the end
---@return fal.error? err
function Stream:next() end

--- What the service said when the stream began.
---@return fal.info info
function Stream:info() end

function Stream:close() end

---@class fal.file
---@field path? string
---@field data? string
---@field name? string
---@field type? string
---@field inline? boolean
---@field lifecycle? fal.lifecycle

---@class fal.task
---@field done boolean
local Task = {}

--- Waits for the task's end and returns what its function returned; an error raised in it is raised here.
---@return any ...
function Task:await() end

--- Ends the task where it waits.
---@return boolean cancelled  false when it has already ended
function Task:cancel() end

---@class fal.number  prints its digits, equals itself, and is sent back unchanged

---@class fal.pollable
local pollable = {}

---@return integer fd
function pollable.pollfd() end

---@return string events
function pollable.events() end

---@return number? seconds
function pollable.timeout() end
