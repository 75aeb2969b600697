-- The journal: one SQLite file that knows what was sent, what it may cost and
-- what came back. This room opens it, refuses what is no journal, keeps two
-- processes from running one workflow at once, and makes transactions. What is
-- written in it is the ledger's business.
--
-- Beside FILE lies the folder FILE.files: downloaded results by their hash, and
-- for each workflow a lock, which the system lets go when its holder dies.
local digest = require "fal.core.digest"
local failure = require "fal.core.error"
local store = require "fal.core.store"
local sys = require "fal.core.sys"
local task = require "fal.task"

local journal = {}

local version <const> = 1
local application <const> = 0x66616c77 -- "falw", which tells a journal from other SQLite files
local lock_patience <const> = 0.05 -- seconds a try for the lock takes
local lock_pause <const> = 0.5 -- seconds between two tries

local schema <const> = [[
  CREATE TABLE calls (
    id INTEGER PRIMARY KEY, service TEXT NOT NULL, workflow TEXT NOT NULL, step TEXT NOT NULL, kind TEXT NOT NULL,
    key TEXT NOT NULL,
    endpoint TEXT NOT NULL, basis TEXT NOT NULL, input TEXT NOT NULL, run INTEGER NOT NULL, sender TEXT NOT NULL,
    low INTEGER, high INTEGER, price TEXT, held INTEGER NOT NULL, intent_at REAL NOT NULL,
    request_id TEXT, urls TEXT, sent_at REAL, unsure TEXT,
    output TEXT, seconds REAL, units REAL, settled TEXT, done_at REAL,
    error TEXT, billed TEXT, failed_at REAL,
    discarded TEXT, discarded_at REAL);
  CREATE INDEX calls_by_key ON calls (workflow, key);
  CREATE UNIQUE INDEX calls_under_way ON calls (workflow, step, key)
    WHERE output IS NULL AND error IS NULL AND discarded IS NULL;
  CREATE TABLE runs (id INTEGER PRIMARY KEY, workflow TEXT NOT NULL, began REAL NOT NULL, ended REAL);
  CREATE TABLE owners (workflow TEXT PRIMARY KEY, pid INTEGER NOT NULL, since REAL NOT NULL);
  CREATE TABLE decisions (workflow TEXT, gate TEXT, fingerprint TEXT NOT NULL, decision TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (workflow, gate));
  CREATE TABLE seeds (workflow TEXT, step TEXT, seed INTEGER NOT NULL, PRIMARY KEY (workflow, step));
  CREATE TABLE media (url TEXT PRIMARY KEY, hash TEXT NOT NULL, size INTEGER NOT NULL, name TEXT NOT NULL);
]]

local Journal = { __name = "fal.workflow.journal" }
Journal.__index = Journal

-- What to do about trouble with the file, by the store's word for it.
local advice <const> = {
  full = "no space is left; what was paid is not lost: make room and run it again",
  access = "the journal must be in a folder that can be written",
  locked = "another program holds the file; try again when it is done",
  damaged = "it was left as it is; move it away to begin anew, or restore a copy, for it tells what was paid",
}

local function with_advice(err)
  err.hint, err.retryable, err.billed = err.hint or advice[err.type], false, err.billed or "no"
  return err
end

local function refused(path, message, hint)
  return nil, failure.new {
    kind = "io", type = "damaged", message = ("%s: %s"):format(path, message), hint = hint, retryable = false,
    billed = "no",
  }
end

-- Statements -------------------------------------------------------------------

--- Runs a statement.
---@return integer? changed, table? err
function Journal:run(sql, ...)
  local changed, err = self.db:run(sql, ...)
  if not changed then return nil, with_advice(err) end
  return changed
end

--- The rows of a query.
---@return table? rows, table? err
function Journal:rows(sql, ...)
  local rows, err = self.db:rows(sql, ...)
  if not rows then return nil, with_advice(err) end
  return rows
end

-- A file of this size lies beside the journal and makes room when the disk is full: what is under way by then, and
-- paid, can still be written down.
local spare_size <const> = 512 * 1024

local function spare_of(self) return self.folder .. "/spare" end

local function make_spare(self)
  local stat = sys.stat(spare_of(self))
  if stat and stat.size == spare_size then return true end
  local file <close>, why = io.open(spare_of(self), "wb")
  local done = file
  if file then done, why = file:write(("\0"):rep(spare_size)) end
  if done then done, why = file:close() end
  if done then return true end
  os.remove(spare_of(self))
  return nil, with_advice(failure.new { kind = "io", type = "full", message = why })
end

--- Runs a statement about something that has happened already and must not be
--- forgotten: on a full disk it gets the spare room. Then `is_full` is set, and
--- nothing more should be begun.
---@return integer? changed, table? err
function Journal:note(sql, ...)
  local changed, err = self:run(sql, ...)
  if changed or err.type ~= "full" then return changed, err end
  self.is_full = err
  os.remove(spare_of(self))
  return self:run(sql, ...)
end

-- COMMIT may fail on a full disk and leave the transaction open.
local function leave(self, failed, ...)
  if not failed then
    local done, err = self:run "COMMIT"
    if done then return ... end
    self.db:run "ROLLBACK"
    return nil, err
  end
  self.db:run "ROLLBACK"
  return ...
end

--- Runs a function in a transaction that other processes see whole or not at
--- all. Nothing in it may wait. When it returns nil and an error, or raises,
--- nothing was written.
---@param fn fun(): any, table?
function Journal:atomically(fn)
  local begun, err = self:run "BEGIN IMMEDIATE"
  if not begun then return nil, err end
  local results = table.pack(pcall(fn))
  if not results[1] then
    self.db:run "ROLLBACK"
    error(results[2], 0)
  end
  return leave(self, results[2] == nil and results[3] ~= nil, table.unpack(results, 2, results.n))
end

-- Opening ------------------------------------------------------------------------

local function number_of(self, pragma)
  local rows, err = self:rows("PRAGMA " .. pragma)
  if not rows then return nil, err end
  return rows[1] and select(2, next(rows[1])), nil
end

local function create(self)
  return self:atomically(function()
    local made, err = self.db:exec(schema)
    if not made then return nil, with_advice(err) end
    for _, pragma in ipairs { "application_id = " .. application, "user_version = " .. version } do
      made, err = self:run("PRAGMA " .. pragma)
      if not made then return nil, err end
    end
    return true
  end)
end

-- Makes the tables, unless another process was faster.
local function prepare_new(self)
  local rows, err = self:rows "SELECT count(*) AS n FROM sqlite_master"
  if not rows then return nil, err end
  if rows[1].n > 0 then
    return refused(self.path, "this is an SQLite file of another program", "name another file as the journal")
  end
  return create(self)
end

-- Anything but a sound journal of this version is refused and left as it is.
local function examine(self)
  local id, err = number_of(self, "application_id")
  if not id then return nil, err end
  if id == 0 then
    local made, why = prepare_new(self)
    if made or number_of(self, "application_id") ~= application then return made, why end
    id = application
  end
  if id ~= application then return refused(self.path, "this is an SQLite file of another program") end
  local found = number_of(self, "user_version")
  if found ~= version then
    return refused(self.path, ("the journal is of version %d; this fal reads version %d"):format(found or 0, version),
      (found or 0) > version and "use the newer fal that wrote it" or "finish it with the older fal that wrote it")
  end
  local state, why = number_of(self, "quick_check(1)")
  if state ~= "ok" then return refused(self.path, "the journal is damaged: " .. (state or why), advice.damaged) end
  return true
end

-- What a sandbox said must never be taken for the service's word: each has its part of the file. All services on
-- this machine are one, so that a workflow can be tried from one sandbox to the next.
local function service_of(url)
  local host = (url or "https://queue.fal.run"):match "^%a+://([^/:]+)" or "unknown"
  local here = host == "localhost" or host:find "^127%." or host:find "^%[::1%]"
  return here and "local" or host
end

--- Opens a journal, or makes a new one where there is none.
---@param path string
---@param workflow string  whose part of the journal is meant
---@param url? string  the service's queue
---@return table? journal, table? err
function journal.open(path, workflow, url)
  local service = service_of(url)
  local db, err = store.open(path)
  if not db then return nil, with_advice(err) end
  local self = setmetatable({
    db = db, path = path, name = workflow, service = service, workflow = workflow .. "@" .. service,
    folder = path .. ".files",
    token = ("%d-%s"):format(sys.pid(), digest.hex(sys.random(6))),
  }, Journal)
  local sound
  sound, err = examine(self)
  if sound then return self end
  self:close()
  return nil, err
end

--- Whether there is a journal to be opened.
---@param path string
---@return boolean
function journal.exists(path) return sys.stat(path) ~= nil end

--- The folder for files, made when it is first needed.
---@return string? folder, table? err
function Journal:files()
  local made, why = sys.mkdir(self.folder)
  if made then return self.folder end
  return nil, with_advice(failure.new { kind = "io", type = "access", message = why })
end

-- One process at a time ----------------------------------------------------------

local function clock_text(seconds) return os.date("%Y-%m-%d %H:%M:%S", math.floor(seconds)) end

local function busy(self)
  local owner = (self:rows("SELECT pid, since FROM owners WHERE workflow = ?", self.workflow) or {})[1]
  local who = owner and ("process %d, since %s"):format(owner.pid, clock_text(owner.since)) or "another process"
  return failure.new {
    kind = "io", type = "locked", retryable = true, billed = "no",
    message = ("%s: the workflow '%s' is being run by %s"):format(self.path, self.name, who),
    hint = "wait for it, or run with wait = true",
  }
end

local function try_lock(path)
  local held, err = store.open(path, { patience = lock_patience })
  if not held then return nil, err end
  local begun
  begun, err = held:run "BEGIN IMMEDIATE"
  if begun then return held end
  held:close()
  return nil, err
end

--- Takes the workflow for this process until close; the lock is a transaction
--- that stays open in a file of its own, so that it goes with the process.
---@param patience boolean|number  whether, or for how many seconds, to wait for another process
---@return boolean? locked, table? err
function Journal:lock(patience)
  local folder, err = self:files()
  if not folder then return nil, err end
  local path = ("%s/%s.lock"):format(folder, digest.sha256(self.workflow):sub(1, 16))
  local deadline = sys.monotonic() + (patience == true and math.huge or patience or 0)
  while true do
    self.held, err = try_lock(path)
    if self.held then break end
    if err.type ~= "locked" then return nil, with_advice(err) end
    if sys.monotonic() >= deadline then return nil, busy(self) end
    task.sleep(lock_pause)
  end
  local noted
  noted, err = make_spare(self)
  if not noted then return nil, err end
  noted, err = self:run("INSERT OR REPLACE INTO owners VALUES (?, ?, ?)", self.workflow, sys.pid(), sys.now())
  return noted and true, err
end

--- Lets go of everything; safe to call twice.
function Journal:close()
  if self.held then self.held:close() end
  self.db:close()
  self.held = nil
end

Journal.__close = Journal.close

return journal
