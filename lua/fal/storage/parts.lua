--- Sends a file in parts, several at once, each tried again alone, and has them
-- put together in order. An upload is `{file_url, complete_url, part_url(n),
-- ask(fields)}`, where `ask` is an exchange with whatever opens the door; who
-- opened the upload does not matter here. Parts that came earlier are in its
-- `etags`, and `on_part(number, etag)` hears of those that come now.

local failure = require "fal.core.error"
local gather = require "fal.gather"
local json = require "fal.core.json"
local task = require "fal.task"
local token = require "fal.storage.token"

local M = {}

local LOOKS = 3 -- for a file that should be there any moment

-- The part's name at the service: from the header, else from the body. Goes back exactly as it came.
local function etag_of(answer)
  if answer.headers.etag then return answer.headers.etag end
  local body = json.decode(answer.body)
  if type(body) == "table" and type(body.etag) == "string" then return body.etag end
  return nil, failure.new { kind = "protocol", message = "the service gave a part no ETag", retryable = false }
end

local function put(upload, job, part)
  local answer, err = upload.ask {
    method = "PUT", url = upload.part_url(part.number), idle = true, check = true,
    headers = { ["Accept-Encoding"] = "identity", ["Content-Type"] = job.type },
    file = job.file.path, body = job.file.data, stamp = job.stamp, offset = part.offset, length = part.length,
    meter = job.meter,
  }
  if not answer then return nil, err end
  return etag_of(answer)
end

local function missing(parts, etags)
  local list = {}
  for _, part in ipairs(parts) do
    if not etags[part.number] then list[#list + 1] = part end
  end
  return list
end

local function send_all(upload, job)
  local etags = upload.etags or {}
  local function send(part)
    local etag, err = put(upload, job, part)
    if not etag then return nil, err end
    etags[part.number] = etag
    if upload.on_part then upload.on_part(part.number, etag) end
    return true
  end
  local done, err = gather.over(missing(job.parts, etags), send, { concurrency = job.concurrency, cancel = true })
  if not done then return nil, err.cause end
  return etags
end

local function complete(upload, etags)
  local list = {}
  for number, etag in ipairs(etags) do list[number] = { partNumber = number, etag = etag } end
  return upload.ask {
    method = "POST", url = upload.complete_url, idle = true, check = true,
    headers = { ["Content-Type"] = "application/json" }, body = json.encode { parts = json.array(list) },
  }
end

-- When an earlier answer was lost (libcurl may have asked again by itself), the service refuses to do again what
-- is done, or is about to be.
local function is_done_already(client, upload, job)
  for look = 1, LOOKS do
    if look > 1 then task.sleep(client.option "retry_base") end
    if token.keeper(client):size_of(upload.file_url) == job.size then return true end
  end
  return false
end

local function check_size(client, upload, job)
  local size = token.keeper(client):size_of(upload.file_url)
  if not size or size == job.size then return true end
  return nil, failure.new {
    kind = "protocol", retryable = false,
    message = ("the service has %d bytes of a file of %d"):format(size, job.size),
  }
end

--- Sends the parts and has them put together.
---@param client table
---@param upload table an open one
---@param job table `{file, type, size, stamp, parts, meter, concurrency}`
---@return string|nil url
---@return table err
function M.send(client, upload, job)
  local etags, err = send_all(upload, job)
  if not etags then return nil, err end
  local answer
  answer, err = complete(upload, etags)
  if not answer then
    if is_done_already(client, upload, job) then return upload.file_url end
    err.message = "the parts were sent, but not put together: " .. err.message
    return nil, err
  end
  local good
  good, err = check_size(client, upload, job)
  return good and upload.file_url, err
end

return M
