-- The files of a workflow: finds them in outputs, fetches each once and keeps it
-- by the hash of its bytes beside the journal, so that a link which dies later
-- does no harm.
local digest = require "fal.core.digest"
local filename = require "fal.filename"
local files = require "fal.file"
local fingerprint = require "fal.fingerprint"
local ioerror = require "fal.ioerror"
local json = require "fal.core.json"
local mime = require "fal.mime"
local sys = require "fal.core.sys"
local task = require "fal.task"

local media = {}

local function sorted_names(value)
  local names = {}
  for name in next, value do names[#names + 1] = name end
  table.sort(names, function(a, b)
    if type(a) == type(b) then return a < b end
    return type(a) == "number"
  end)
  return names
end

local function is_link(text)
  return type(text) == "string" and (text:find "^https?://%S+$" or text:find "^data:[%w/+.-]*[;,]") ~= nil
end

-- Whether a table is the result of a command: a file that is kept here by its hash. A model may answer with any path;
-- it must not lead to any other file of this machine.
local function is_ours(value, folder)
  local hash, path = value.sha256, value.path
  if not folder or type(hash) ~= "string" or type(path) ~= "string" then return false end
  if #hash ~= 64 or not hash:find "^%x+$" then return false end
  local start = folder .. "/" .. hash
  return path:sub(1, #start) == start and path:find("^%.?%w*$", #start + 1) ~= nil
end

-- Models leave names and types empty, or null.
local function text(value) return type(value) == "string" and value ~= "" and value or nil end

local function walk(value, folder, list)
  if is_link(value) then
    list[#list + 1] = { url = value }
  elseif type(value) == "table" and is_link(value.url) then
    list[#list + 1] = { url = value.url, file_name = text(value.file_name), content_type = text(value.content_type) }
  elseif type(value) == "table" and is_ours(value, folder) then
    list[#list + 1] = { path = value.path, sha256 = value.sha256, file_name = text(value.file_name) }
  elseif type(value) == "table" then
    for _, name in ipairs(sorted_names(value)) do walk(value[name], folder, list) end
  end
  return list
end

local function folder_of(journal) return journal and journal.folder end

--- The files in an output: tables with a `url`, links, and results of commands.
---@param output any
---@param journal table?  beside which the results of commands lie
---@return table list  of tables with url or path
function media.files(output, journal) return walk(output, folder_of(journal), {}) end

local function as_input(value, folder)
  if type(value) ~= "table" or getmetatable(value) and not json.is_array(value) then return value end
  if is_ours(value, folder) then return files.new { path = value.path } end
  local copy, changed = setmetatable({}, getmetatable(value)), false
  for name, item in next, value do
    copy[name] = as_input(item, folder)
    changed = changed or copy[name] ~= item
  end
  return changed and copy or value
end

--- An input in which the results of commands are files to be uploaded.
---@param value any
---@param journal table?
---@return any
function media.as_input(value, journal) return as_input(value, folder_of(journal)) end

--- Copies a file: into a temporary one beside it, then renamed.
---@return boolean? copied, table? err
function media.copy(from, to)
  local part = to .. ".part"
  os.remove(part)
  local done, why = sys.copy(from, part, 0)
  if done then done, why = os.rename(part, to) end
  if done then return true end
  os.remove(part)
  return nil, ioerror(why, ("copy of %s to %s"):format(from, to))
end

local function is_data(file) return file.url ~= nil and file.url:find "^data:" ~= nil end

local function suffix_of_type(file)
  local kind = file.content_type or is_data(file) and file.url:match "^data:([^;,]*)"
  local suffix = kind and mime.suffix_of(kind)
  return suffix and "." .. suffix or ""
end

-- The end of a name that says what the file is: ".mp4".
local function suffix_of(file)
  local name = file.file_name or file.path or not is_data(file) and file.url:gsub("[?#].*$", "")
  local suffix = type(name) == "string" and name:match "%.%w%w?%w?%w?%w?$"
  return suffix or suffix_of_type(file)
end
media.suffix_of = suffix_of

--- What a file is called at the service, as far as it can be believed.
function media.name_of(file)
  if file.file_name or file.path then return filename.safe(file.file_name or file.path) end
  return is_data(file) and "file" .. suffix_of(file) or filename.of_url(file.url)
end

-- What a file is known by: its link, or a hash where that is long or there is none.
local function source_of(file)
  if not file.url then return "sha256:" .. file.sha256 end
  return #file.url <= 1000 and file.url or "sha256:" .. digest.sha256(file.url)
end

-- The one place where bytes are fetched. The name depends on the link alone, so that what was cut off goes on.
local function fetch(ctx, file, folder)
  local part = ("%s/fetched-%s"):format(folder, digest.sha256(source_of(file)):sub(1, 24))
  local done, err
  if file.path then
    done, err = media.copy(file.path, part)
  else
    done, err = ctx.client.download(file.url, part, { overwrite = true })
  end
  if not done then return nil, err end
  local hash, why = fingerprint.of_file(part)
  if not hash then return nil, why end
  local name = hash .. suffix_of(file)
  local path = folder .. "/" .. name
  local renamed
  renamed, why = os.rename(part, path)
  if not renamed then return nil, ioerror(why, path) end
  return { hash = hash, path = path, size = sys.stat(path).size, name = name }
end

--- Where a link's bytes are kept already.
---@return table? kept  { hash, path, size, name }
function media.kept(journal, file)
  local rows = journal:rows("SELECT * FROM media WHERE url = ?", source_of(file))
  local row = rows and rows[1]
  if not row then return nil end
  row.path = journal.folder .. "/" .. row.name
  local stat = sys.stat(row.path)
  return stat and stat.size == row.size and row or nil
end

-- Two steps that want the same file fetch it one after the other: the second finds it.
local under_way = {} -- path of the journal's folder and source -> event

local function in_turn(name)
  while under_way[name] do task.wait_event(under_way[name]) end
  local event = task.new_event()
  under_way[name] = event
  return task.closing(function()
    under_way[name] = nil
    task.set_event(event)
  end)
end

--- Keeps a file, fetching it only when it is not kept yet.
---@param ctx table  client, journal
---@param file table  with url or path
---@return table? kept, table? err
function media.keep(ctx, file)
  local folder, err = ctx.journal:files()
  if not folder then return nil, err end
  local _ <close> = in_turn(folder .. "\0" .. source_of(file))
  local kept = media.kept(ctx.journal, file)
  if kept then return kept end
  kept, err = fetch(ctx, file, folder)
  if not kept then return nil, err end
  local noted
  noted, err = ctx.journal:run("INSERT OR REPLACE INTO media VALUES (?, ?, ?, ?)", source_of(file), kept.hash,
    kept.size, kept.name)
  if not noted then return nil, err end
  return kept
end

--- Whether some kept file has this hash.
function media.is_kept(journal, hash)
  local rows = journal:rows("SELECT 1 FROM media WHERE hash = ?", hash)
  return rows ~= nil and rows[1] ~= nil
end

return media
