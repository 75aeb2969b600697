--- What was uploaded from here, in the client's history: content to URL, with
-- the lifetime it was uploaded with, and the parts of uploads that are not
-- finished. A record that cannot be written costs nothing but a second upload.

local fingerprint = require "fal.fingerprint"
local history = require "fal.history"
local json = require "fal.core.json"
local sys = require "fal.core.sys"
local token = require "fal.storage.token"

local M = {}

local MOST_USED = 0.5 -- of a lifetime; a URL that is older is not given out again
local PATIENCE = 24 * 3600 -- seconds after which an unfinished upload is forgotten

local SCHEMA = [[
  CREATE TABLE IF NOT EXISTS uploads (
    service TEXT NOT NULL, hash TEXT NOT NULL, kind TEXT NOT NULL, url TEXT NOT NULL, at REAL NOT NULL, lifetime REAL,
    PRIMARY KEY (service, hash, kind));
  CREATE TABLE IF NOT EXISTS unfinished (
    id INTEGER PRIMARY KEY, service TEXT NOT NULL, hash TEXT NOT NULL, kind TEXT NOT NULL, at REAL NOT NULL,
    part_size INTEGER NOT NULL, answer TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS parts (
    upload INTEGER NOT NULL REFERENCES unfinished ON DELETE CASCADE, number INTEGER NOT NULL, etag TEXT NOT NULL,
    PRIMARY KEY (upload, number));
]]

local Known = {}
Known.__index = Known

local function hash_of(file)
  if not fingerprint.is_built() then return nil end
  if file.data then return require("fal.core.digest").sha256(file.data) end
  return fingerprint.of_file(file.path)
end

-- Bytes alone do not make an upload: its type and who may read it belong to it.
local function kind_of(job)
  local acl = job.lifecycle and job.lifecycle.acl
  return json.encode(json.array { job.type, job.lifecycle and job.lifecycle.expires_in or false, acl or false })
end

--- What is known about a job's content; nil where there is no history.
---@param client table
---@param job table `{file, type, lifecycle, size}`
---@return table|nil known
---@return table err of a file that cannot be read
function M.of(client, job)
  local book = history.open(client)
  if not book or not book.db:exec(SCHEMA) then return nil end
  local hash, err = hash_of(job.file)
  if not hash then return nil, err end
  local expires = job.lifecycle and job.lifecycle.expires_in
  return setmetatable({
    book = book, client = client, service = client.option "rest_url", hash = hash, kind = kind_of(job),
    lifetime = expires and client.lifetime(expires),
  }, Known)
end

local function rows(self, sql, ...) return self.book.db:rows(sql, ...) or {} end

--- The URL under which the same bytes are still to be had.
---@param job table
---@return string|nil url
function Known:url(job)
  local row = rows(self, "SELECT url, at, lifetime FROM uploads WHERE service = ? AND hash = ? AND kind = ?",
    self.service, self.hash, self.kind)[1]
  if not row then return nil end
  if row.lifetime and sys.now() > row.at + row.lifetime * MOST_USED then return nil end
  return token.keeper(self.client):size_of(row.url) == job.size and row.url or nil
end

--- Writes down what was uploaded.
---@param url string
function Known:add(url)
  self.book:note("INSERT OR REPLACE INTO uploads (service, hash, kind, url, at, lifetime) VALUES (?, ?, ?, ?, ?, ?)",
    self.service, self.hash, self.kind, url, sys.now(), self.lifetime)
end

--- An upload of these bytes that was not finished.
---@return table|nil unfinished `{id, part_size, answer, etags}`
function Known:unfinished()
  self.book:note("DELETE FROM unfinished WHERE at < ?", sys.now() - PATIENCE)
  local row = rows(self, [[SELECT id, part_size, answer FROM unfinished
    WHERE service = ? AND hash = ? AND kind = ? ORDER BY id DESC]], self.service, self.hash, self.kind)[1]
  if not row then return nil end
  row.etags = {}
  for _, part in ipairs(rows(self, "SELECT number, etag FROM parts WHERE upload = ?", row.id)) do
    row.etags[part.number] = part.etag
  end
  return row
end

--- Writes down that an upload in parts has begun.
---@param answer string what opened it, as text
---@param part_size integer
---@return integer|nil id
function Known:begin(answer, part_size)
  return self.book:note("INSERT INTO unfinished (service, hash, kind, at, part_size, answer) VALUES (?, ?, ?, ?, ?, ?)",
    self.service, self.hash, self.kind, sys.now(), part_size, answer)
end

--- Writes down a part that has arrived.
---@param id integer of the upload
---@param number integer
---@param etag string
function Known:part(id, number, etag)
  self.book:note("INSERT OR REPLACE INTO parts (upload, number, etag) VALUES (?, ?, ?)", id, number, etag)
end

--- Forgets an upload that is finished, or can never be; its parts go with it.
---@param id integer
function Known:over(id) self.book:note("DELETE FROM unfinished WHERE id = ?", id) end

return M
