---@meta fal
-- What `require "fal"` gives: the functions of every client (client.lua beside
-- this file), and those that there are only once. Never loaded; the language
-- server reads it.

---@class fal : fal.client
---@field _VERSION string
---@field null userdata  JSON's null
---@field pollable fal.pollable  what cqueues drives as it stands
local fal = {}

--- Makes an independent client with the same functions.
---@param options? fal.options
---@return fal.client client
function fal.new(options) end

--- Marks a table as an array, so that an empty one is sent as [].
---@generic T: table
---@param list? T
---@return T list
function fal.array(list) end

--- A number that neither an integer nor a float holds without loss.
---@param digits string
---@return fal.number number
function fal.number(digits) end

--- Starts a task; it begins at the next wait.
---@param fn function
---@param ... any  its arguments
---@return fal.task task
function fal.async(fn, ...) end

---@class fal.all_options
---@field cancel? boolean  a failure cancels the others

--- Waits for all: the first result of each, in order. On a failure what is under way is finished.
---@param items (fal.task|function)[]
---@param opts? fal.all_options
---@return any[]? results
---@return fal.error? err  with `results` (what succeeded, by index) and `failures`
function fal.all(items, opts) end

---@class fal.settled
---@field ok boolean
---@field value? any
---@field err? any

--- Waits for all and never fails.
---@param items (fal.task|function)[]
---@return fal.settled[] list
function fal.settle(items) end

--- The first success; the others are cancelled, at the service too.
---@param items (fal.task|function)[]
---@return any value
---@return fal.error? err  when all failed, with `failures`
function fal.race(items) end

---@class fal.map_options
---@field concurrency? integer  how many at once; 8

--- Calls a function for each item; after a failure no further item is started.
---@generic T
---@param list T[]
---@param fn fun(item: T, index: integer): any
---@param opts? fal.map_options
---@return any[]? results
---@return fal.error? err
function fal.map(list, fn, opts) end

--- Waits.
---@param seconds number
function fal.sleep(seconds) end

--- Runs until no task is left. Raises the error of a task that nobody waited for.
function fal.loop() end

--- Does what is ready, for hosts with a loop of their own.
---@param timeout? number  seconds to wait at most for something to do; none when absent
function fal.step(timeout) end

--- The descriptor that becomes readable when there is something to do.
---@return integer fd
function fal.pollfd() end

--- How long to wait at most before the next step.
---@return number? seconds  nil: until the descriptor is readable
function fal.timeout() end

---@class fal.luv_hook
---@field close fun()  lets go of the loop

--- Hooks into a luv loop.
---@param uv table  the module luv
---@return fal.luv_hook hook
function fal.attach_luv(uv) end

--- The names of all options of a client.
---@private
---@return string[] names
function fal.option_names() end

--- What is wrong with the values of options, in words.
---@private
---@param options table
---@return string? complaint
function fal.complaint(options) end

---@class fal.options  of fal.config and fal.new; docs/configuration.md tells more
---@field key? string|fun(): string  the API key
---@field run_url? string
---@field queue_url? string
---@field rest_url? string
---@field cdn_url? string
---@field realtime_url? string
---@field api_url? string  the platform API
---@field site_url? string  where models are described
---@field proxy_url? string  a server-side proxy that has the key
---@field connect_timeout? number  seconds; 30
---@field exchange_timeout? number  seconds; 120
---@field retries? integer  5
---@field retry_base? number  seconds; 0.5
---@field retry_max? number  seconds; 30
---@field history? string|boolean  where calls are recorded
---@field max_connections? integer  64
---@field max_answer? integer  bytes of an answer that is read into memory
---@field validate? boolean  whether inputs are checked before they are sent; true
---@field user_agent? string
---@field headers? table<string, string>
---@field ca_file? string
---@field connect_to? string|string[]  "host:port:host:port": another address for a host
---@field on_request? fun(request: fal.seen_request)  must not wait
---@field on_response? fun(answer: fal.seen_answer)  must not wait
---@field webhook_token? string  added to every webhook URL

---@class fal.seen_request
---@field method string
---@field url string
---@field headers table<string, string>  without the key
---@field body? string
---@field note? string  of the check of the input: what it could not check, or let pass

---@class fal.seen_answer
---@field status? integer
---@field url string
---@field headers? table<string, string>
---@field body? string

return fal
