-- The tables of a journal: makes them in a new file, and refuses a file that is
-- no sound journal of this version. What is refused is left as it is.
local failure = require "fal.core.error"

local schema = {}

local version <const> = 1
local application <const> = 0x66616c77 -- "falw", which tells a journal from other SQLite files

local tables <const> = [[
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

local function refused(journal, message, hint)
  return nil, failure.new {
    kind = "io", type = "damaged", message = ("%s: %s"):format(journal.path, message), hint = hint, retryable = false,
    billed = "no",
  }
end

local function number_of(journal, pragma)
  local rows, err = journal:rows("PRAGMA " .. pragma)
  if not rows then return nil, err end
  return rows[1] and select(2, next(rows[1])), nil
end

local function create(journal)
  return journal:atomically(function()
    local made, err = journal.db:exec(tables)
    if not made then return nil, err end
    for _, pragma in ipairs { "application_id = " .. application, "user_version = " .. version } do
      made, err = journal:run("PRAGMA " .. pragma)
      if not made then return nil, err end
    end
    return true
  end)
end

-- Makes the tables, unless another process was faster.
local function prepare_new(journal)
  local rows, err = journal:rows "SELECT count(*) AS n FROM sqlite_master"
  if not rows then return nil, err end
  if rows[1].n > 0 then
    return refused(journal, "this is an SQLite file of another program", "name another file as the journal")
  end
  return create(journal)
end

-- What is written twice in the file, in a table and its index, must agree: or a step that was paid would not be found.
local function check_soundness(journal)
  local state, why = number_of(journal, "integrity_check(1)")
  if state == "ok" then return true end
  if not state then return nil, why end
  return refused(journal, "the journal is damaged: " .. state)
end

--- Makes the tables of a new journal, or sees whether an old one can be used.
---@param journal table
---@return boolean? sound, table? err
function schema.check(journal)
  local id, err = number_of(journal, "application_id")
  if not id then return nil, err end
  if id == 0 then
    local made, why = prepare_new(journal)
    if made or number_of(journal, "application_id") ~= application then return made, why end
    id = application
  end
  if id ~= application then return refused(journal, "this is an SQLite file of another program") end
  local found = number_of(journal, "user_version")
  if found ~= version then
    return refused(journal, ("the journal is of version %d; this fal reads version %d"):format(found or 0, version),
      (found or 0) > version and "use the newer fal that wrote it" or "finish it with the older fal that wrote it")
  end
  return check_soundness(journal)
end

return schema
