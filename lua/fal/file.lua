--- File values: a path or bytes, to be put anywhere into an input. Making one
-- opens nothing; it is read when it is sent. Also says what a file is called
-- and of which type it is, and writes it as a data URI.

local base64 = require "fal.base64"
local copy = require "fal.copy"
local failure = require "fal.core.error"
local filename = require "fal.filename"
local ioerror = require "fal.ioerror"
local mime = require "fal.mime"
local misuse = require "fal.misuse"
local options = require "fal.options"
local sys = require "fal.core.sys"

local M = {}

local LARGEST_INLINE = 10 * 1024 * 1024 -- the service refuses longer data URIs

local File = { __name = "fal.file" }

local FIELDS = options.set "path:string data:string name:string type:text inline:flag lifecycle:lifecycle"

function File:__tostring()
  return self.path and ("fal.file: %s"):format(self.path)
    or ("fal.file: %s (%d bytes)"):format(self.name or "data", #self.data)
end

--- Whether a value is a file value.
---@param value any
---@return boolean
function M.is(value) return getmetatable(value) == File end

--- Makes a file value.
---@param given string|table a path, or `{path = or data =, name =, type =, inline =, lifecycle =}`
---@param what string|nil the public function, for messages
---@return table file
function M.new(given, what)
  what = what or "file"
  if type(given) == "string" then given = { path = given } end
  misuse.check(given, "table", 1, what)
  if M.is(given) then return given end
  options.check(given, FIELDS, what)
  local file = copy(given)
  if (file.path == nil) == (file.data == nil) then misuse.raise "a file needs either a path or data" end
  if file.path and file.path:find "\0" then misuse.raise "a path must not have a zero in it" end
  return setmetatable(file, File)
end

--- What a file is called at the service.
---@param file table
---@return string
function M.name_of(file)
  if file.name or file.path then return filename.safe(file.name or file.path) end
  local suffix = mime.suffix_of(file.type)
  return suffix and "file." .. suffix or "file"
end

--- The content type of a file: what was said, or what its name tells.
---@param file table
---@return string
function M.type_of(file) return file.type or mime.type_of(file.name or file.path or "") end

--- The same file under another name or type.
---@param file table
---@param name string|nil
---@param content_type string|nil
---@return table file
function M.renamed(file, name, content_type)
  local other = setmetatable(copy(file), File)
  other.name, other.type = name or file.name, content_type or file.type
  return other
end

local why_not = { folder = "it is a folder", other = "it is not a regular file" }

--- Size and stamp of a file; the stamp is nil for bytes in memory.
---@param file table
---@return integer|nil size
---@return string|table|nil stamp or err
function M.measure(file)
  if file.data then return #file.data end
  local stat, message = sys.stat(file.path)
  if not stat then return nil, ioerror(message, file.path) end
  if stat.kind ~= "file" then return nil, ioerror(why_not[stat.kind], file.path) end
  return stat.size, stat.stamp
end

--- All bytes of a file.
---@param file table
---@return string|nil bytes
---@return table err
function M.read(file)
  if file.data then return file.data end
  local handle <close>, message = io.open(file.path, "rb")
  if not handle then return nil, ioerror(message, file.path) end
  local bytes
  bytes, message = handle:read "a"
  if not bytes then return nil, ioerror(message, file.path) end
  return bytes
end

--- Writes a small file as a data URI.
---@param file table
---@return string|nil uri
---@return table err
function M.data_uri(file)
  local size, err = M.measure(file)
  if not size then return nil, err end
  if size > LARGEST_INLINE then
    return nil, failure.new {
      kind = "validation", retryable = false, billed = "no", hint = "upload it",
      message = ("%s has %d bytes; the service takes at most 10 MiB inside an input"):format(M.name_of(file), size),
    }
  end
  local bytes
  bytes, err = M.read(file)
  if not bytes then return nil, err end
  return ("data:%s;base64,%s"):format(M.type_of(file), base64.encode(bytes))
end

return M
