--- Uploads: which way a file goes to the service. One piece by a signed URL up
-- to 90 MiB, parts above; by the CDN's token where no signed URL can be had.
-- Bytes, parts and tokens are the business of the rooms below.

local attempts = require "fal.attempts"
local files = require "fal.file"
local known = require "fal.storage.known"
local options = require "fal.options"
local parts = require "fal.storage.parts"
local plan = require "fal.storage.plan"
local progress = require "fal.progress"
local signed = require "fal.storage.signed"
local token = require "fal.storage.token"

local M = {}

local CONCURRENCY = 4 -- parts under way at once
local SIGNATURE_TRIES = 3

local UPLOAD = options.set [[content_type:text name:string lifecycle:lifecycle on_progress:function part_size:width
  concurrency:width fresh:flag]]

-- Where it makes sense to try the other way: the service is there, but gives no signed URL.
local function may_fall_back(err)
  if err.status == 401 or err.status == 403 then return false end
  return err.kind == "http" or err.kind == "protocol" or err.kind == "network" or err.kind == "timeout"
    or err.kind == "model"
end

-- The other way, by the token. When not even a token can be had, the error stays that of the first way.
local function fallen_back(err, made, other)
  if made then return made end
  return nil, other.step == "initiate" and err or other
end

-- One piece ------------------------------------------------------------------------

local function in_one_piece(store, job)
  local url, err = attempts.run(store.client, "upload", store.verbs.upload, job.file, {
    content_type = job.type, name = job.name, lifecycle = job.lifecycle, meter = job.meter, stamp = job.stamp,
  })
  if url or err.step ~= "initiate" or not may_fall_back(err) then return url, err end
  return fallen_back(err, store.tokens:upload(job))
end

-- Parts ----------------------------------------------------------------------------

local function cut(job, part_size)
  job.part_size = plan.part_size(job.size, part_size)
  job.parts = plan.parts(job.size, job.part_size)
end

-- An upload that an earlier call, perhaps of a program that was killed, did not finish.
local function taken_up(store, job)
  local row = job.known and not job.fresh and job.known:unfinished()
  local upload = row and (signed.read(store.client, row.answer) or store.tokens:read_upload(row.answer))
  if not upload then return nil end
  upload.id, upload.etags, upload.is_old = row.id, row.etags, true
  cut(job, row.part_size)
  return upload
end

-- A new one, by a signed URL or by the token.
local function opened(store, job)
  cut(job, job.wanted_part_size)
  local upload, err = signed.open(store.client, job)
  if not upload and may_fall_back(err) then upload, err = fallen_back(err, store.tokens:open(job)) end
  if not upload then return nil, err end
  upload.id = job.known and job.known:begin(upload.answer, job.part_size)
  return upload
end

-- Whether a new upload may succeed where this one did not.
local function is_stale(upload, err) return err.status == 403 or upload.is_old and err.kind == "http" end

-- A signature that has expired is replaced: by a new upload, since it is for this one only.
local function in_parts(store, job)
  local url, err
  for _ = 1, SIGNATURE_TRIES do
    local upload = taken_up(store, job)
    if not upload then upload, err = opened(store, job) end
    if not upload then return nil, err end
    if upload.id then
      function upload.on_part(number, etag) job.known:part(upload.id, number, etag) end
    end
    url, err = parts.send(store.client, upload, job)
    if upload.id and (url or not err.retryable) then job.known:over(upload.id) end
    if url or not is_stale(upload, err) then break end
    job.meter:reset()
  end
  return url, err
end

-- ----------------------------------------------------------------------------------

local function send(store, job)
  if not plan.in_parts(job.size, job.wanted_part_size) then return in_one_piece(store, job) end
  return in_parts(store, job)
end

-- Everything about one upload.
local function job_of(store, file, opts)
  local size, stamp = files.measure(file)
  if not size then return nil, stamp end
  local named = files.renamed(file, opts.name, opts.content_type)
  return {
    file = file, size = size, stamp = stamp, name = files.name_of(named), type = files.type_of(named),
    lifecycle = opts.lifecycle or file.lifecycle, meter = store.verbs.meter(),
    wanted_part_size = opts.part_size, fresh = opts.fresh, concurrency = opts.concurrency or CONCURRENCY,
  }
end

-- Bytes that the service has from here are not sent again.
local function send_or_know(store, job)
  local err, url
  job.known, err = known.of(store.client, job)
  if err then return nil, err end
  url = job.known and not job.fresh and job.known:url(job)
  if url then return url end
  url, err = send(store, job)
  if url and job.known then job.known:add(url) end
  return url, err
end

local function upload(store, file, opts)
  local job, err = job_of(store, file, opts)
  if not job then return nil, err end
  local on_progress = opts.on_progress
  if not on_progress then return send_or_know(store, job) end
  local tell = progress.teller(job.meter, on_progress, function() return job.size end)
  local url
  url, err = progress.run(tell, send_or_know, store, job)
  if url and job.meter:count() < job.size then on_progress(job.size, job.size) elseif url then tell() end
  return url, err
end

--- Adds upload, file and data_uri to a client.
---@param client table
---@param verbs table the C verbs
function M.install(client, verbs)
  local store = { client = client, verbs = verbs, tokens = token.keeper(client) }

  --- Uploads a file.
  ---@param what string|table a path, or a file value
  ---@param opts table|nil `content_type`, `name`, `lifecycle`, `on_progress`, `part_size`, `concurrency`, `fresh`
  ---@return string|nil url
  ---@return table err
  function client.upload(what, opts)
    options.check(opts, UPLOAD, "upload")
    local url, err = upload(store, files.new(what, "upload"), opts or {})
    if url then return url end
    return nil, err
  end

  --- Makes a file value, to be put into an input.
  ---@param given string|table a path, or `{path = or data =, name =, type =, inline =, lifecycle =}`
  ---@return table file
  function client.file(given) return files.new(given, "file") end

  --- Writes a small file as a data URI.
  ---@param what string|table a path, or a file value
  ---@return string|nil uri
  ---@return table err
  function client.data_uri(what) return files.data_uri(files.new(what, "data_uri")) end
end

return M
