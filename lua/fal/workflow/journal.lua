-- The journal: one SQLite file that knows what was sent, what it may cost and
-- what came back. This room opens it, keeps two processes from running one
-- workflow at once, and makes transactions. Its tables are the schema's business;
-- calls are written by the ledger, the rest by the rooms that it is for.
--
-- Beside FILE lies the folder FILE.files: downloaded results by their hash, and
-- for each workflow a lock, which the system lets go when its holder dies.
local digest = require "fal.core.digest"
local failure = require "fal.core.error"
local schema = require "fal.workflow.schema"
local store = require "fal.core.store"
local sys = require "fal.core.sys"
local task = require "fal.task"

local journal = {}

local lock_patience <const> = 0.05 -- seconds a try for the lock takes
local lock_pause <const> = 0.5 -- seconds between two tries
local note_patience <const> = 60 -- seconds
local smallest <const> = 512 -- bytes of a database

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

-- Statements -------------------------------------------------------------------

--- Runs a statement.
---@return integer? changed, integer|table id_or_err  the number of the last new row
function Journal:run(sql, ...)
  local changed, id = self.db:run(sql, ...)
  if not changed then return nil, with_advice(id) end
  return changed, id
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
  local made, err = self:files()
  if not made then return nil, err end
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
--- forgotten: it waits longer for others, and on a full disk it gets the spare
--- room. Then `is_full` is set, and nothing more should be begun.
---@return integer? changed, table? err
function Journal:note(sql, ...)
  local changed, err = self:run(sql, ...)
  local deadline = sys.monotonic() + note_patience
  while not changed and err.type == "locked" and sys.monotonic() < deadline do
    task.sleep(lock_pause)
    changed, err = self:run(sql, ...)
  end
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

-- What a sandbox said must never be taken for the service's word: each has its part of the file. All services on
-- this machine are one, so that a workflow can be tried from one sandbox to the next.
local function service_of(url)
  local host = url:match "^%a+://(%[[^%]]*%])" or url:match "^%a+://([^/:]+)" or "unknown"
  local here = host == "localhost" or host == "[::1]" or host:find "^127%."
  return here and "local" or host
end

-- SQLite takes a file of a few bytes for an empty one, and an empty one for a new one. Who makes a journal at this
-- moment makes the folder last, so it is looked for first.
local function refuse_remains(path, folder)
  local had_folder = sys.stat(folder)
  local stat = sys.stat(path)
  if not stat then return nil end
  local message, hint
  if stat.kind ~= "file" then
    message, hint = "this is no file", "name another one as the journal"
  elseif stat.size < smallest and (stat.size > 0 or had_folder) then
    message = ("the journal is damaged: %d bytes are left of it"):format(stat.size)
  end
  return message and with_advice(failure.new {
    kind = "io", type = "damaged", message = ("%s: %s"):format(path, message), hint = hint,
  })
end

--- Opens a journal, or makes a new one where there is none.
---@param path string
---@param workflow string  whose part of the journal is meant
---@param url string  the service's queue
---@param opts? table  of the store
---@return table? journal, table? err
function journal.open(path, workflow, url, opts)
  local folder, service = path .. ".files", service_of(url)
  local err = refuse_remains(path, folder)
  if err then return nil, err end
  local db
  db, err = store.open(path, opts)
  if not db then return nil, with_advice(err) end
  local self = setmetatable({
    db = db, path = path, name = workflow, service = service, workflow = workflow .. "@" .. service, folder = folder,
    token = ("%d-%s"):format(sys.pid(), digest.hex(sys.random(6))),
  }, Journal)
  local sound
  sound, err = schema.check(self)
  if sound then return self end
  self:close()
  return nil, with_advice(err)
end

--- Opens a journal that is there for reading, also where nothing can be written.
---@return table? journal, table? err
function journal.look(path, workflow, url)
  local self, err = journal.open(path, workflow, url)
  if self or err.type ~= "access" then return self, err end
  return journal.open(path, workflow, url, { readonly = true })
end

local function folder_at(path)
  local made, why = sys.mkdir(path)
  if made then return path end
  return nil, with_advice(failure.new { kind = "io", type = "access", message = why })
end

--- The folder for files, made when it is first needed.
---@return string? folder, table? err
function Journal:files() return folder_at(self.folder) end

-- One process at a time ----------------------------------------------------------

local function clock_text(seconds) return os.date("%Y-%m-%d %H:%M:%S", math.floor(seconds)) end

local function busy(self)
  local owner = (self:rows("SELECT pid, since FROM owners WHERE workflow = ?", self.workflow) or {})[1]
  local who = owner and ("process %d, since %s"):format(owner.pid, clock_text(owner.since)) or "another process"
  return failure.new {
    kind = "io", type = "locked", retryable = true, billed = "no",
    message = ("%s: the workflow '%s' is being run by %s"):format(self.path, self.name, who),
    hint = "wait for it, or run with --wait (in Lua wait = true)",
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

-- Beside the file itself, whatever name it was opened by: a link must not lead to another lock.
local function lock_path(self)
  local rows, err = self:rows "PRAGMA database_list"
  if not rows then return nil, err end
  local folder
  folder, err = folder_at(rows[1].file .. ".files")
  if not folder then return nil, err end
  return ("%s/%s.lock"):format(folder, digest.sha256(self.workflow):sub(1, 16))
end

--- Takes the workflow for this process until close; the lock is a transaction
--- that stays open in a file of its own, so that it goes with the process.
---@param patience boolean|number  whether, or for how many seconds, to wait for another process
---@return boolean? locked, table? err
function Journal:lock(patience)
  local path, err = lock_path(self)
  if not path then return nil, err end
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
  if not noted then return nil, err end
  return true
end

--- Lets go of everything; safe to call twice.
function Journal:close()
  if self.held then self.held:close() end
  self.db:close()
  self.held = nil
end

Journal.__close = Journal.close

return journal
