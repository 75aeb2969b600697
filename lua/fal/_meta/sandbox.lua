---@meta fal.sandbox
-- The sandbox: what `require "fal.sandbox"` gives. Never loaded; the language
-- server reads it.

---@class fal.sandbox.options
---@field port? integer  0 (the default): any free one
---@field host? string  127.0.0.1
---@field key? string  the key that is right
---@field seed? integer  the same ids in the same order each time
---@field queue_time? number  seconds that a request waits; 0.3
---@field run_time? number  seconds that a request runs; 0.5
---@field speed? number  how much faster the service's own periods pass
---@field endpoints? table<string, fun(input: any, job: fal.sandbox.job): any>
---@field faults? fal.sandbox.fault[]
---@field lenient? boolean  accept a sub-path in the URL of a request
---@field remember? integer  how many HTTP requests are told about
---@field record? string  a file: what the real service says goes there
---@field replay? string  a file: what it said comes from there
---@field service? table  with `record`: options of the client that asks the service

---@class fal.sandbox.match
---@field call? string
---@field endpoint? string
---@field method? string
---@field path? string  a Lua pattern

---@class fal.sandbox.fault  docs/sandbox.md tells what can go wrong
---@field what string|integer
---@field match? fal.sandbox.match
---@field after? integer
---@field times? integer
---@field accepted? boolean
---@field done? integer  how often it has struck
---@field delay? number
---@field location? string
---@field body? string
---@field status? integer|string
---@field detail? any
---@field error_type? string
---@field headers? table<string, string>
---@field retry_after? number|string
---@field needs_retry? boolean

---@class fal.sandbox.job  what an endpoint's function gets beside its input
---@field id string
---@field request_id string
---@field endpoint string
---@field headers? table<string, string>
---@field units? number  what is billed
local Job = {}

--- Adds a log line.
---@param message string
---@param level? string  INFO when absent
function Job:log(message, level) end

--- Sends an event to a caller that streams.
---@param event any
function Job:send(event) end

--- Ends the function, and the job with an error status.
---@param status integer
---@param body any  text becomes the detail
---@param headers? table<string, string>
function Job:fail(status, body, headers) end

--- Ends the function, and the job with one of the platform's errors.
---@param kind string
function Job:break_down(kind) end

--- Puts a file where the caller can download it.
---@param data string
---@param name string
---@param content_type string
---@return table value  a file of an output
function Job:file(data, name, content_type) end

---@class fal.sandbox.price
---@field unit_price number
---@field unit string
---@field currency? string

---@class fal.sandbox.description
---@field openapi? table|string  the document: a table, or a text that is served as it is
---@field title? string
---@field category? string
---@field price? fal.sandbox.price

---@class fal.sandbox.seen
---@field at number  when, by the sandbox's own clock
---@field method string
---@field path string
---@field query? string
---@field headers table<string, string>
---@field body? string
---@field status? integer
---@field call? string
---@field endpoint? string
---@field accepted? boolean
---@field fault? string|integer

---@class fal.sandbox.webhook
---@field request_id string
---@field url string
---@field tries integer
---@field status? integer
---@field accepted? boolean
---@field over? boolean

---@class fal.sandbox.server
---@field url string
---@field key string
---@field config fal.options  what points a client here
local Sandbox = {}

--- How many jobs were accepted: every one of them would have cost.
---@param endpoint? string
---@return integer
function Sandbox:accepted(endpoint) end

--- The latest HTTP requests, oldest first.
---@param call? string
---@return fal.sandbox.seen[]
function Sandbox:requests(call) end

---@return fal.sandbox.webhook[]
function Sandbox:webhooks() end

--- Gives an endpoint a function, another one, or (with false) takes it away.
---@param id string
---@param fn false|fun(input: any, job: fal.sandbox.job): any
function Sandbox:endpoint(id, fn) end

--- Says what the service tells about an endpoint.
---@param id string
---@param what fal.sandbox.description
function Sandbox:describe(id, what) end

--- Lets something go wrong.
---@param rule fal.sandbox.fault
---@return fal.sandbox.fault rule
function Sandbox:fault(rule) end

--- Lets nothing go wrong any more.
function Sandbox:mend() end

--- Stops serving and removes what was stored.
function Sandbox:stop() end

--- Runs a function in a background task that ends with the sandbox.
---@private
---@param fn function
---@param ... any
---@return fal.task task
function Sandbox:spawn(fn, ...) end

--- Keeps a mistake of the sandbox itself for whoever asks.
---@private
---@param err any
function Sandbox:complain(err) end

---@class fal.sandbox
local sandbox = {}

--- Starts a sandbox on the loop of this process.
---@param given? fal.sandbox.options
---@return fal.sandbox.server? sandbox
---@return fal.error? err
function sandbox.start(given) end

return sandbox
