---@meta
-- The functions of a client: of `require "fal"` for the default client, of what
-- fal.new gives for others. Never loaded; the language server reads it.

---@class fal.client
local client = {}

--- Changes the options of this client.
---@param options fal.options
function client.config(options) end

-- Calling a model ----------------------------------------------------------------

---@class fal.run_options
---@field hint? string  prefer a runner that served this hint before
---@field start_timeout? number  seconds until it must have started
---@field no_fallback? boolean  not another model in place of this one
---@field store_io? boolean  whether the service keeps input and output
---@field tags? table<string, string|number>
---@field lifecycle? fal.lifecycle  of the files that the request makes
---@field headers? table<string, string|number>
---@field path? string  what follows the endpoint in the URL
---@field validate? boolean  false: send the input unchecked

---@class fal.submit_options : fal.run_options
---@field webhook_url? string
---@field priority? "normal"|"low"
---@field max_queue_length? integer  do not queue it behind more requests than that
---@field no_retry? boolean  no second attempt at the service

---@class fal.status_options
---@field logs? boolean

---@class fal.events_options : fal.status_options
---@field stall_timeout? number  seconds in which nothing changes
---@field interval? number  seconds between polls
---@field mode? "auto"|"stream"|"poll"

---@class fal.wait_options : fal.events_options
---@field on_update? fun(status: fal.status)
---@field timeout? number  seconds for everything; then the request is cancelled

---@class fal.subscribe_options : fal.submit_options, fal.wait_options
---@field on_enqueue? fun(request: fal.request)

---@class fal.info
---@field request_id? string
---@field billable_units? number
---@field price? number  dollars, where anything is known of the price
---@field price_how? string  how the price was found
---@field headers table<string, string>

--- Calls a model in one HTTP exchange, which lasts as long as it works.
---@param endpoint string
---@param input table
---@param opts? fal.run_options
---@return any output
---@return fal.info|fal.error info
function client.run(endpoint, input, opts) end

--- Puts a request into the queue.
---@param endpoint string
---@param input table
---@param opts? fal.submit_options
---@return fal.request? request
---@return fal.error? err
function client.submit(endpoint, input, opts) end

--- Asks for the status of a request: (request, opts) or (endpoint, id, opts).
---@param target fal.request|string
---@param id? string|fal.status_options
---@param opts? fal.status_options
---@return fal.status? status
---@return fal.error? err
function client.status(target, id, opts) end

--- Fetches a result; an error of kind `pending` while there is none.
---@param target fal.request|string
---@param id? string
---@return any output
---@return fal.error? err
function client.result(target, id) end

--- Cancels a request.
---@param target fal.request|string
---@param id? string
---@return true? cancelled
---@return fal.error? err
function client.cancel(target, id) end

--- Submits, waits, and fetches the result.
---@param endpoint string
---@param input table
---@param opts? fal.subscribe_options
---@return any output
---@return fal.request|fal.error request
function client.subscribe(endpoint, input, opts) end

--- Waits for a request and fetches its result.
---@param req fal.request
---@param opts? fal.wait_options
---@return any output
---@return fal.request|fal.error request
function client.wait(req, opts) end

--- Iterates over the changes of a request's status; raises when the wait fails.
---@param req fal.request
---@param opts? fal.events_options
---@return fun(): fal.status? step
---@return nil
---@return nil
---@return table follow  to be closed, as `for` does
function client.events(req, opts) end

--- Streams a model's events; the last one is the result. A stream that breaks raises its error from the loop.
---@param endpoint string
---@param input table
---@param opts? fal.run_options
---@return (fun(): any)? step
---@return fal.error? err
---@return nil
---@return fal.stream? stream  to be closed, as `for` does
function client.stream(endpoint, input, opts) end

--- A request object for an id that was kept.
---@param endpoint string
---@param id string
---@return fal.request request
function client.request(endpoint, id) end

-- Files --------------------------------------------------------------------------

---@class fal.lifecycle
---@field expires_in? integer|"immediate"|"1h"|"1d"|"7d"|"30d"|"1y"|"never"
---@field acl? table

---@class fal.upload_options
---@field content_type? string
---@field name? string
---@field lifecycle? fal.lifecycle
---@field on_progress? fun(sent: integer, total: integer)
---@field part_size? integer  bytes of a part; 10 MiB
---@field concurrency? integer  parts under way at once; 4
---@field fresh? boolean  send it even if the history knows a URL of the same bytes

--- Uploads a file.
---@param what string|fal.file  a path, or a file value
---@param opts? fal.upload_options
---@return string? url
---@return fal.error? err
function client.upload(what, opts) end

---@class fal.file_fields
---@field path? string
---@field data? string  the bytes themselves
---@field name? string
---@field type? string
---@field inline? boolean  put it into the input as a data URI
---@field lifecycle? fal.lifecycle

--- Makes a file value, to be put into an input.
---@param given string|fal.file_fields
---@return fal.file file
function client.file(given) end

--- Writes a small file as a data URI.
---@param what string|fal.file
---@return string? uri
---@return fal.error? err
function client.data_uri(what) end

---@class fal.download_options
---@field on_progress? fun(received: integer, total: integer?)
---@field overwrite? boolean
---@field max_bytes? integer  of each file
---@field concurrency? integer  files at once; 4
---@field sha256? string  what the file must have, in hex

--- Downloads one file, or every file of an output.
---@param what string|table  a URL, a file, a list of them, or a whole output
---@param destination string  a file, or a folder ending in /
---@param opts? fal.download_options
---@return string|string[]|nil path
---@return fal.error? err  with `results` and `failures` by index for several files
function client.download(what, destination, opts) end

-- Models: see also models.lua ------------------------------------------------------

--- Lists models.
---@param filter? string|fal.models_filter  words that must all occur
---@return fal.model[]? list
---@return fal.error? err
function client.models(filter) end

--- What an endpoint takes and gives.
---@param endpoint string
---@param opts? fal.schema_options
---@return fal.schema? schema
---@return fal.error? err
function client.schema(endpoint, opts) end

--- Checks an input, and makes the exact conversions that the model's page allows.
---@param endpoint string
---@param input table
---@return table? input  as it will be sent
---@return fal.error|string|nil detail  the error; or a note about an accepted input
function client.validate(endpoint, input) end

--- Says what an input costs.
---@param endpoint string
---@param input? table
---@return number? lowest  dollars
---@return number|fal.error highest
---@return string? line  the working
function client.cost(endpoint, input) end

-- One level below ------------------------------------------------------------------

---@class fal.http_request
---@field url string
---@field method? "GET"|"HEAD"|"POST"|"PUT"|"DELETE"
---@field headers? table<string, string|number>
---@field body? string
---@field file? string  a path whose bytes are sent
---@field offset? integer  of the slice to send
---@field length? integer
---@field stamp? string  what the file must still have
---@field to? string  a path that is filled
---@field keep? integer  bytes of it that stay
---@field max_bytes? integer
---@field hold? boolean  it stays locked until the answer's freight is closed
---@field meter? fal.meter
---@field timeout? number  seconds
---@field idle? boolean  only silence is too slow
---@field paid? boolean  never sent twice
---@field urgent? boolean  does not queue
---@field anonymous? boolean  no key goes along
---@field check? boolean  an error status is an error
---@field lifecycle? fal.lifecycle

---@class fal.http_answer
---@field status integer
---@field headers table<string, string>
---@field body string
---@field freight? userdata

--- One HTTP exchange. The key goes to the configured hosts only.
---@param request fal.http_request
---@return fal.http_answer? answer
---@return fal.error? err
function client.http(request) end

---@class fal.meter
local Meter = {}

--- The bytes so far.
---@return integer count
function Meter:count() end

--- Status and headers, once they are there.
---@return integer? status
---@return table<string, string>? headers
function Meter:answer() end

--- Begins at nothing.
function Meter:reset() end

--- Makes a meter to give to `http`.
---@return fal.meter meter
function client.meter() end

--- A lifetime in seconds.
---@param expires_in integer|string  "1h", "1d", ...
---@return integer? seconds  nil of "never"
function client.lifetime(expires_in) end

--- The value of an option.
---@param name string
---@return any value
function client.option(name) end

--- The events of one of the service's own URLs.
---@private
---@param url string
---@return fal.stream? stream
---@return fal.error? err
function client.event_stream(url) end

--- What a call's input goes through before it is sent.
---@private
---@param endpoint string
---@param input table
---@param opts? table
---@return table? input
---@return table|fal.error|nil sent  the options to send; or the error
function client.prepare(endpoint, input, opts) end

return client
