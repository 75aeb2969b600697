-- The file of the history: one row for each paid call of this user, written
-- before the call is sent and completed as more becomes known. This room opens
-- the file and writes; fal.history.search reads.
--
-- A row's state: sending (no answer yet), open (accepted and under way), done,
-- failed, cancelled, unconfirmed (nobody knows whether it was accepted).
-- Amounts of money are billionths of a dollar.
local failure = require "fal.core.error"
local sys = require "fal.core.sys"

local book = {}

local version <const> = 1
local application <const> = 0x66616c68 -- "falh", which tells a history from other SQLite files
local tries <const> = 5 -- several processes may make the file at once

local schema <const> = [[
  CREATE TABLE calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, how TEXT NOT NULL, endpoint TEXT NOT NULL, input TEXT,
    low INTEGER, high INTEGER, state TEXT NOT NULL DEFAULT 'sending',
    request_id TEXT, status_url TEXT, response_url TEXT, cancel_url TEXT,
    ended_at REAL, output TEXT, error TEXT, units REAL, paid INTEGER, paid_how TEXT);
  CREATE INDEX calls_by_request ON calls (request_id);
  CREATE INDEX calls_by_state ON calls (state);
  CREATE TABLE files (
    call INTEGER NOT NULL REFERENCES calls ON DELETE CASCADE, url TEXT NOT NULL, path TEXT, PRIMARY KEY (call, url));
  CREATE INDEX files_by_url ON files (url);
]]

local marks <const> = "PRAGMA user_version = %d; PRAGMA application_id = %d;"

local Book = { __name = "fal.history.book" }
Book.__index = Book

local remedy <const> = "FAL_HISTORY=off, falua --no-history or history = false send without a history"

local function refused(message, cause)
  return nil, failure.new {
    kind = "io", type = cause and cause.type or "damaged", retryable = false, billed = "no", cause = cause,
    message = "the history cannot be used, so nothing was sent: " .. (message or cause.message),
    hint = remedy,
  }
end

-- Opening ----------------------------------------------------------------------

local function number_of(db, pragma)
  local rows, err = db:rows("PRAGMA " .. pragma)
  if not rows then return nil, err end
  return select(2, next(rows[1]))
end

-- Whoever comes first makes the tables; the others wait for it. What is there
-- can be read although nothing can be written.
local function prepare(db)
  if (number_of(db, "user_version") or 0) > 0 then return true end
  local begun, err = db:exec "BEGIN IMMEDIATE"
  if not begun then return nil, err end
  local made = number_of(db, "user_version")
  local done = true
  if made == 0 then
    done, err = db:exec(schema .. marks:format(version, application))
  end
  if done then done, err = db:exec "COMMIT" end
  if done then return true end
  db:exec "ROLLBACK"
  return nil, err
end

local function opened(store, place)
  local db, err = store.open(place.path, place.readonly and { readonly = true } or { private = true })
  if not db then return nil, err end
  local ready
  ready, err = prepare(db)
  if ready then return db end
  db:close()
  return nil, err
end

local function is_installed(name)
  return package.preload[name] or package.loaded[name] or package.searchpath(name, package.cpath)
end

--- Opens the file, or makes it, for its owner alone.
---@param place table  see fal.history.place
---@return table? book, table? err
function book.open(place)
  if not is_installed "fal.core.store" then
    return refused("fal was built without SQLite, which keeps the history")
  end
  if not place.path then return refused("it has no place, since neither HOME nor XDG_DATA_HOME is set") end
  local store = require "fal.core.store"
  local db, err
  sys.makedirs(place.path:match "^(.*)/" or ".")
  for _ = 1, tries do
    db, err = opened(store, place)
    if db or err.type ~= "locked" then break end
  end
  if not db then return refused(nil, err) end
  if number_of(db, "application_id") ~= application then
    return refused(place.path .. " is not a history of fal")
  end
  if number_of(db, "user_version") > version then
    return refused(place.path .. " was written by a newer fal")
  end
  return setmetatable({ db = db, path = place.path, private = place.private, late = {} }, Book)
end

-- Writing ------------------------------------------------------------------------

-- "FULL": on the disk before it returns, also after a power cut. "NORMAL": safe
-- from the death of the process only, and for that fifty times as fast.
-- Returns what the store's `run` does: the changed rows and the number of the last new one, or nil and an error.
local function run_safely(self, level, sql, ...)
  if self.level ~= level then
    self.db:exec("PRAGMA synchronous = " .. level)
    self.level = level
  end
  return self.db:run(sql, ...)
end

-- What could not be written when it happened is written first.
local function catch_up(self)
  while self.late[1] do
    local note = self.late[1]
    local done, err = run_safely(self, "NORMAL", table.unpack(note, 1, note.n))
    if not done then return nil, err end
    table.remove(self.late, 1)
  end
  return true
end

local function note_at(self, level, ...)
  local done, more = catch_up(self)
  if done then done, more = run_safely(self, level, ...) end
  if done then return more end
  self.late[#self.late + 1] = table.pack(...)
  warn("fal: the history cannot be written: " .. more.message)
end

--- Writes a call down before it is sent.
---@param call table  how, endpoint, input (JSON), low, high
---@return integer? id, table? err
function Book:begin(call)
  local done, more = catch_up(self)
  if done then
    done, more = run_safely(self, "FULL", "INSERT INTO calls (at, how, endpoint, input, low, high) VALUES "
      .. "(?, ?, ?, ?, ?, ?)", sys.now(), call.how, call.endpoint, not self.private and call.input or nil, call.low,
      call.high)
  end
  if not done then return refused(nil, more) end
  return more
end

--- Writes down the id of what was accepted: it leads to something paid for.
--- Never fails, as `note`.
---@param id integer
---@param request table
function Book:accepted(id, request)
  note_at(self, "FULL", [[UPDATE calls SET state = 'open', request_id = ?, status_url = ?, response_url = ?,
    cancel_url = ? WHERE id = ?]], request.id, request.status_url, request.response_url, request.cancel_url, id)
end

--- Writes down what became of something that was sent. The call itself must
--- not suffer: what cannot be written now is kept, and written before the next
--- call is sent.
---@param sql string
---@param ... any
---@return integer? id  the number of the last new row; nil when it is written later
function Book:note(sql, ...) return note_at(self, "NORMAL", sql, ...) end

--- Whether the file is still there; who deletes it wants a new one.
function Book:is_there() return sys.stat(self.path) ~= nil end

--- Closes the file.
function Book:close() self.db:close() end

Book.__close = Book.close

return book
