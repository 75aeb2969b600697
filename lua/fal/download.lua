--- Downloads: what goes where. Finds the files, chooses their names, lets each
-- be fetched beside its target and puts it there when it is complete.

local base64 = require "fal.base64"
local copy = require "fal.copy"
local failure = require "fal.core.error"
local fetch = require "fal.download.fetch"
local filename = require "fal.filename"
local fingerprint = require "fal.fingerprint"
local gather = require "fal.gather"
local history = require "fal.history"
local mime = require "fal.mime"
local misuse = require "fal.misuse"
local options = require "fal.options"
local partial = require "fal.download.partial"
local progress = require "fal.progress"
local shape = require "fal.download.shape"
local sys = require "fal.core.sys"
local task = require "fal.task"

local M = {}

local AT_ONCE = 4

local DOWNLOAD = options.set "on_progress:function overwrite:flag max_bytes:count concurrency:width sha256:text"

-- The system's words begin with a path too, perhaps that of a partial file.
local function io_error(path, why, kind)
  local bare = why:gsub("^.*: ", "")
  return failure.new { kind = "io", type = kind, message = ("%s: %s"):format(path, bare), retryable = false }
end

-- Where to --------------------------------------------------------------------------

local function is_folder(path)
  local stat = sys.stat(path)
  return stat and stat.kind == "folder"
end

-- Makes a folder and those above it.
local function make_folder(path)
  if path == "" or is_folder(path) then return true end
  local bare = path:gsub("/+$", "")
  local _, message = sys.makedirs(bare)
  if is_folder(bare) then return true end
  if sys.stat(bare) then message = "it is not a folder" end
  return nil, io_error(bare, message)
end

-- Folder (with its slash, or "") and name of a destination; no name for a folder.
local function split(destination)
  if destination:find "/$" then return destination end
  if is_folder(destination) then return destination .. "/" end
  local folder, name = destination:match "^(.*/)([^/]*)$"
  return folder or "", name or destination
end

local function with_suffix(name, content_type)
  if filename.has_suffix(name) then return name end
  local suffix = mime.suffix_of(content_type)
  return suffix and name .. "." .. suffix or name
end

local function type_in_data(url) return url:match "^%a+:([^,;]*)" end

local function name_of(file)
  if file.file_name then return with_suffix(filename.safe(file.file_name), file.content_type) end
  if file.is_data then return with_suffix("file", file.content_type or type_in_data(file.url)) end
  return with_suffix(filename.of_url(file.url), file.content_type)
end

-- The first free name in the folder: not there (unless it may be overwritten), and no other file of this call's.
local function free_name(name, folder, taken, overwrite)
  local n = 1
  while true do
    local candidate = filename.numbered(name, n)
    local key = candidate:lower()
    if not taken[key] and (overwrite or not sys.stat(folder .. candidate)) then
      taken[key] = true
      return candidate
    end
    n = n + 1
  end
end

-- How ------------------------------------------------------------------------------

-- Puts a complete file in its place. Another program may have taken the name meanwhile.
local function settle(part, job)
  if job.overwrite then
    local done, message = os.rename(part.path, job.folder .. job.name)
    if done then return job.folder .. job.name end
    return nil, io_error(job.folder .. job.name, message)
  end
  for n = 1, math.huge do
    local path = job.folder .. filename.numbered(job.name, n)
    local done, message, code = sys.settle(part.path, path)
    if done then return path end
    if code ~= "exists" then return nil, io_error(path, message) end
    if job.fixed then return nil, io_error(path, message, code) end
  end
end

local function check_hash(part, job)
  local wanted = job.file.sha256
  if not wanted then return true end
  if not fingerprint.is_built() then
    return nil, failure.new { kind = "config", message = "sha256 cannot be checked: fal.core.digest is not built" }
  end
  local got, err = fingerprint.of_file(part.path)
  if not got then return nil, err end
  if got == wanted:lower() then return true end
  return nil, failure.new {
    kind = "protocol", retryable = false, message = ("the file has SHA-256 %s, not %s"):format(got, wanted),
  }
end

local function unpacked(url)
  local head, data = url:match "^%a+:([^,]*),(.*)$"
  if not head then return nil end
  if head:lower():find ";base64$" then return base64.decode(data) end
  return (data:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function write_data(job, part)
  local bytes = unpacked(job.url)
  if not bytes then return nil, failure.new { kind = "protocol", message = "the data URI cannot be read" } end
  if job.max_bytes and #bytes > job.max_bytes then
    return nil, io_error(job.name, ("the file is larger than max_bytes (%d)"):format(job.max_bytes), "too_large")
  end
  local file <close>, message = io.open(part.path, "wb")
  if not file then return nil, io_error(part.path, message) end
  local good
  good, message = file:write(bytes)
  if good then good, message = sys.sync(file) end
  if good then return {} end
  return nil, io_error(part.path, message)
end

-- Leaves nothing behind but what a later download can go on from.
local function cleared(part, state)
  return task.closing(function()
    if state.settled then return part:forget() end
    if state.err and state.err.type == "busy" then return end
    part:leave(not state.err or state.err.retryable)
  end)
end

local function fill(client, job, part)
  if job.file.is_data then return write_data(job, part) end
  return fetch.run(client, job, part)
end

local function bring(client, job, part)
  local state = {}
  local _ <close> = cleared(part, state)
  job.part = part
  local done, path
  done, state.err = fill(client, job, part)
  local _ <close> = done and done.freight
  if done then done, state.err = check_hash(part, job) end
  if done then
    if not job.fixed then job.name = with_suffix(job.name, part.type) end
    path, state.err = settle(part, job)
    state.settled = path
  end
  return path, state.err
end

-- The user knows the target, not the partial file.
local function name_in(err, job)
  local target, own = job.folder .. job.name, job.part.path
  if err.message:sub(1, #own) == own then
    err.message = target .. err.message:sub(#own + 1)
  elseif err.kind ~= "io" then
    err.message = ("%s: %s"):format(target, err.message)
  end
end

local function download_one(client, job)
  local made, err = make_folder(job.folder)
  if not made then return nil, err end
  local part = partial.of(job.folder, job.name, job.url)
  local path
  path, err = bring(client, job, part)
  if err and err.type == "busy" then path, err = bring(client, job, part:another()) end
  if err then name_in(err, job) end
  return path, err
end

-- Which ----------------------------------------------------------------------------

local function jobs_of(client, files, folder, name, opts)
  local jobs, taken = {}, {}
  for i, file in ipairs(files) do
    file.sha256 = opts.sha256 or file.sha256
    jobs[i] = {
      file = file, url = file.url, folder = folder, fixed = name ~= nil, overwrite = opts.overwrite,
      name = name or free_name(name_of(file), folder, taken, opts.overwrite),
      max_bytes = opts.max_bytes, meter = client.meter(),
    }
  end
  return jobs
end

local function refusal(what, files, folder, name, opts)
  if #files == 0 then
    local text = type(what) == "string" and "only http, https and data URLs can be downloaded"
      or "there is no file in it to download"
    return failure.new { kind = "validation", message = text, retryable = false }
  end
  if #files > 1 and name then
    local text = "%d files need a folder, a destination that ends in '/'"
    return failure.new { kind = "validation", message = text:format(#files), retryable = false }
  end
  if name and not opts.overwrite and sys.stat(folder .. name) then
    local err = io_error(folder .. name, "it is there already", "exists")
    err.hint = "overwrite = true replaces it"
    return err
  end
end

-- All of them, so many at once; a failure does not keep the others from coming.
local function download_all(client, jobs, at_once)
  local paths, failures, first = {}, {}, nil
  assert(gather.over(jobs, function(job, i)
    paths[i], failures[i] = download_one(client, job)
    return true
  end, { concurrency = at_once }))
  for i = #jobs, 1, -1 do first = failures[i] or first end
  if not first then return paths end
  local err = copy(first)
  err.results, err.failures = paths, failures
  return nil, failure.new(err)
end

-- Bytes of all files, and how many there will be, once every one has said so.
local function teller(jobs, on_progress)
  local function count()
    local sum = 0
    for _, job in ipairs(jobs) do sum = sum + job.meter:count() end
    return sum
  end
  local function total()
    local sum = 0
    for _, job in ipairs(jobs) do
      local size = job.file.is_data and 0 or job.part and job.part.total
      if not size then return nil end
      sum = sum + size
    end
    return sum
  end
  return progress.teller({ count = count }, on_progress, total)
end

local function run(client, jobs, opts)
  local at_once = opts.concurrency or AT_ONCE
  if not opts.on_progress then return download_all(client, jobs, at_once) end
  local look = teller(jobs, opts.on_progress)
  local paths, err = progress.run(look, download_all, client, jobs, at_once)
  look()
  return paths, err
end

--- Adds download to a client.
---@param client table
function M.install(client)
  --- Downloads one file, or every file of an output.
  ---@param what string|table a URL, a file, a list of them, or a whole output
  ---@param destination string a file, or a folder ending in `/`
  ---@param opts table|nil `on_progress`, `overwrite`, `max_bytes`, `concurrency`, `sha256`
  ---@return string|table|nil path a list of paths for several files
  ---@return table err with `results` and `failures` by index for several files
  function client.download(what, destination, opts)
    if type(what) ~= "string" then misuse.check(what, "table", 1, "download") end
    misuse.check(destination, "string", 2, "download")
    if destination:find "\0" then misuse.raise "a path must not have a zero in it" end
    options.check(opts, DOWNLOAD, "download")
    opts = opts or {}
    local files, single = shape.find(what)
    local folder, name = split(destination)
    local err = refusal(what, files, folder, name, opts)
    if err then return nil, err end
    local paths
    paths, err = run(client, jobs_of(client, files, folder, name, opts), opts)
    history.downloaded(client, files, paths or err.results)
    if not paths then return nil, err end
    if single or #paths == 1 and what[1] == nil then return paths[1] end
    return paths
  end
end

return M
