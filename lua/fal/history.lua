-- The history: what was sent from here, written down before it is sent, and
-- what became of it. This room stands between the functions of a client and
-- the C verbs and decides what is noted when; without a history it only lets
-- calls through. A call whose record cannot be written is not sent. One that
-- was sent never fails because of its record.
local attempts = require "fal.attempts"
local bill = require "fal.bill"
local failure = require "fal.core.error"
local place = require "fal.history.place"
local reactor = require "fal.core.reactor"
local sys = require "fal.core.sys"

local history = {}

local books = setmetatable({}, { __mode = "k" }) -- client -> its book, as long as the client lives

--- Opens the client's history to read in it; see fal.history.search.
---@param client table
---@return table|nil book  nil without an error when the client has none
---@return table err
function history.open(client)
  local here = place.of(client.option "history")
  if not here then return nil end
  local book = books[client]
  if book and book.path == here.path and book.private == here.private and book:is_there() then return book end
  local err
  book, err = require("fal.history.book").open(here)
  books[client] = book
  return book, err
end

-- One call ---------------------------------------------------------------------

local Entry = {}
Entry.__index = Entry

-- Entries whose answer nobody has seen: under way, or ended by a plain error such as Ctrl-C.
local unheard = {}

-- While the verb runs, its exchange is in the entry; after it there is nothing that was sent and not answered.
local function with_record(entry, verb)
  return function(endpoint, input, opts)
    local made, err = verb(endpoint, input, opts, entry)
    entry.exchange = nil
    return made, err
  end
end

local function in_doubt(entry) return entry.exchange ~= nil and reactor.is_sent(entry.exchange) end

local function begin(client, how, endpoint, input)
  local book, err = history.open(client)
  if not book then return nil, err end
  local bounds = bill.bounds(endpoint, input)
  local text = require "fal.history.text"
  local kept = text.of(require("fal.models").without_secrets(endpoint, input))
  local call = { how = how, endpoint = endpoint, input = kept, low = bounds.low, high = bounds.high }
  call.id, err = book:begin(call)
  if not call.id then return nil, err end
  call.book, call.client = book, client
  unheard[call] = true
  return setmetatable(call, Entry)
end

local function note_files(book, id, output)
  for _, file in ipairs((require("fal.download.shape").find(output))) do
    if not file.is_data then
      book:note("INSERT OR IGNORE INTO files (call, url) VALUES (?, ?)", id, file.url)
    end
  end
end

local function done(client, book, row, output, units)
  units = tonumber(units)
  local paid, how = bill.paid(client, row, units)
  local text = not book.private and require("fal.history.text").of(output) or nil
  book:note([[UPDATE calls SET state = 'done', ended_at = ?, output = ?, error = NULL, units = ?, paid = ?, paid_how = ?
    WHERE id = ?]], sys.now(), text, units, paid, how, row.id)
  if type(output) == "table" then note_files(book, row.id, output) end
end

local function failed(book, id, err)
  local object = failure.is(err) and err or { message = tostring(err), billed = "unknown" }
  book:note("UPDATE calls SET state = ?, ended_at = ?, error = ?, paid = ? WHERE id = ?",
    object.kind == "unconfirmed" and "unconfirmed" or "failed", sys.now(),
    require("fal.history.text").of_error(object, book.private), object.billed == "no" and 0 or nil, id)
end

-- A call that was ended before its answer came (Ctrl-C, a cancelled task, a limit of time), or before it was sent (a
-- mistake in a hook, too many calls before it).
function Entry:__close(err)
  if err == nil or self.settled then return end
  local sent = in_doubt(self)
  if failure.is(err) or not sent then unheard[self] = nil end
  local told = failure.is(err) and err or { kind = "script", message = tostring(err):match "[^\n]*" }
  failed(self.book, self.id, failure.new {
    kind = sent and "unconfirmed" or told.kind, billed = sent and "unknown" or "no",
    message = ("ended before %s: %s"):format(sent and "the answer came" or "anything was sent", told.message),
  })
end

-- A stream that writes its end down. Who leaves it early has paid all the same.
local function recorded_stream(entry, stream)
  local last, over
  local methods = {}
  local function ends(broken)
    if over then return end
    over = true
    if broken then failed(entry.book, entry.id, broken) else done(entry.client, entry.book, entry, last) end
  end
  function methods.next()
    local event, broken = stream:next()
    if event == nil then ends(broken) else last = event end
    return event, broken
  end
  function methods.close()
    ends()
    return stream:close()
  end
  return setmetatable({}, { __index = methods, __close = methods.close, __name = "fal.history.stream" })
end

function Entry:answered(made, other)
  self.settled = true
  unheard[self] = nil
  if made == nil then
    failed(self.book, self.id, other)
  elseif self.how == "submit" then
    self.book:accepted(self.id, made)
  elseif self.how == "run" then
    self.book:note("UPDATE calls SET request_id = ? WHERE id = ?", other.request_id, self.id)
    done(self.client, self.book, self, made, other.billable_units)
  else
    self.book:note("UPDATE calls SET state = 'open' WHERE id = ?", self.id)
    return recorded_stream(self, made), other
  end
  return made, other
end

--- Calls a verb that costs money, with the record before and after it.
---@param client table
---@param how string  "submit", "run" or "stream"
---@param verb function
---@param endpoint string
---@param input table
---@param opts table|nil
---@return any first, any second  as the verb
function history.paid(client, how, verb, endpoint, input, opts)
  local entry <close>, err = begin(client, how, endpoint, input)
  if err then return nil, err end
  if not entry then return attempts.run(client, "paid", verb, endpoint, input, opts) end
  return entry:answered(attempts.run(client, "paid", with_record(entry, verb), endpoint, input, opts))
end

-- What became of it ----------------------------------------------------------------

-- Errors after which nothing more will come of a request.
local function is_final(err)
  return err.kind == "model" or err.kind == "http" and (err.status == 404 or err.status == 410)
end

local function row_of(book, id)
  local rows = book.db:rows("SELECT id, endpoint, state, low, high FROM calls WHERE request_id = ?", id)
  return rows and rows[1]
end

--- Fetches a result, and writes it down when the request is one of ours.
---@param client table
---@param verb function
---@param target string|table  an endpoint or a request
---@param id string|nil
---@return any output, table err
function history.result(client, verb, target, id)
  local book = history.open(client)
  if not book then return attempts.run(client, "result", verb, target, id) end
  local request = type(target) == "table" and target or client.request(target, id)
  local output, err = attempts.run(client, "result", verb, request)
  local row = row_of(book, request.id)
  if row then bill.expect(request, row) end -- also of one that another process has sent
  if row and output ~= nil and row.state ~= "done" then
    done(client, book, row, output, request.billable_units)
  end
  if row and output == nil and row.state == "open" and is_final(err) then failed(book, row.id, err) end
  return output, err
end

--- Cancels a request, and writes that down.
---@param client table
---@param verb function
---@param target string|table
---@param id string|nil
---@return boolean|nil cancelled, table err
function history.cancel(client, verb, target, id)
  local cancelled, err = attempts.run(client, "read", verb, target, id)
  local book = cancelled and history.open(client)
  if book then
    book:note("UPDATE calls SET state = 'cancelled', ended_at = ? WHERE request_id = ? AND state = 'open'", sys.now(),
      type(target) == "table" and target.id or id)
  end
  return cancelled, err
end

--- Writes down where files of a result were put.
---@param client table
---@param files table  a list, each with its `url`
---@param paths table  by the same index
function history.downloaded(client, files, paths)
  local book = history.open(client)
  for i, path in pairs(book and paths or {}) do
    book:note("UPDATE files SET path = ? WHERE url = ?", path, files[i].url)
  end
end

--- Tells which calls may have been accepted though nobody has seen an answer.
---@return table calls  a list, each with its id (in the history), how ("submit", say) and endpoint
function history.unheard()
  local calls = {}
  for entry in pairs(unheard) do
    if in_doubt(entry) then calls[#calls + 1] = entry end
  end
  table.sort(calls, function(a, b) return a.id < b.id end)
  return calls
end

return history
