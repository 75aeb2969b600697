--- The file beside a target that a download fills: its name, and a note on what
-- the server said, by which a later download knows that it may go on. Small
-- ones are not worth a note and go when the download fails.

local filename = require "fal.filename"
local json = require "fal.core.json"
local sys = require "fal.core.sys"

local M = {}

local WORTH_KEEPING = 1024 * 1024 -- bytes
local LONGEST_NAME = 200

local Partial = {}
Partial.__index = Partial

-- FNV-1a: tells URLs apart in the names of temporary files.
local function hash(text)
  local h = 0xcbf29ce484222325
  for i = 1, #text do h = (h ~ text:byte(i)) * 0x100000001b3 end
  return ("%016x"):format(h)
end

local function random_hex()
  return (sys.random(8):gsub(".", function(char) return ("%02x"):format(char:byte()) end))
end

-- What makes sure that it is still the same file: a strong ETag, else the time of its last change.
local function validator_of(headers)
  local etag = headers.etag
  if etag and etag:find '^"' then return etag end
  return headers["last-modified"]
end

local function total_of(status, headers)
  if status == 206 then return math.tointeger(tonumber((headers["content-range"] or ""):match "/(%d+)$")) end
  return math.tointeger(tonumber(headers["content-length"]))
end

--- The partial file of a target and a URL.
---@param folder string
---@param name string
---@param url string
---@return table partial
function M.of(folder, name, url)
  local path = ("%s.%s.%s.part"):format(folder, filename.shorten(name, LONGEST_NAME), hash(url))
  return setmetatable({ path = path, note_path = path .. ".json" }, Partial)
end

--- Another one, when somebody else is filling this one.
---@return table partial
function Partial:another()
  local path = self.path:gsub("%.part$", "-" .. random_hex() .. ".part")
  return setmetatable({ path = path, note_path = path .. ".json" }, Partial)
end

function Partial:size()
  local stat = sys.stat(self.path)
  return stat and stat.kind == "file" and stat.size or 0
end

local function read_note(self)
  local file <close> = io.open(self.note_path, "rb")
  local note = file and json.decode(file:read "a" or "")
  if type(note) == "table" and type(note.validator) == "string" and not note.validator:find "%c" then return note end
end

--- How much is there already, when it may be continued.
---@return integer bytes
---@return table|nil note `{validator, total}`
function Partial:resumable()
  self.note = self.note or read_note(self)
  if not self.note then return 0 end
  return self:size(), self.note
end

--- Notes what the server said, once it has said it.
---@param status integer|nil
---@param headers table|nil
function Partial:learn(status, headers)
  if status ~= 200 and status ~= 206 then return end
  local validator = validator_of(headers)
  self.total = total_of(status, headers)
  self.type = headers["content-type"]
  self.note = validator and { validator = validator, total = self.total } or nil
end

--- Keeps the note where a later process finds it.
function Partial:save()
  if not self.note or self.saved == self.note.validator then return end
  local file <close> = io.open(self.note_path, "wb")
  if file and file:write(json.encode(self.note)) then self.saved = self.note.validator end
end

function Partial:begin_again()
  self.note, self.saved = nil, nil
  os.remove(self.note_path)
end

--- After a success the note is of no use.
function Partial:forget() os.remove(self.note_path) end

function Partial:remove()
  os.remove(self.path)
  os.remove(self.note_path)
end

--- After a failure: stays when a later download can go on from it.
---@param passing boolean whether another time may be better
function Partial:leave(passing)
  if passing and self.note and self:size() >= WORTH_KEEPING then self:save() else self:remove() end
end

return M
