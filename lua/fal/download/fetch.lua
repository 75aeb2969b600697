--- Brings one URL into a partial file, whatever it takes: goes on where a
-- connection broke, follows redirects, begins again where a server cannot go
-- on. Sends no key to anybody; what the CDN refuses, its token may open.

local attempts = require "fal.attempts"
local failure = require "fal.core.error"
local progress = require "fal.progress"
local token = require "fal.storage.token"

local M = {}

local MOST_REDIRECTS = 5

local redirects = { [301] = true, [302] = true, [303] = true, [307] = true, [308] = true }

local function resolved(location, base)
  if location:find "^%a[%w+.-]*:" then return location end
  if location:find "^//" then return base:match "^%a+:" .. location end
  if location:find "^/" then return base:match "^%a+://[^/?#]*" .. location end
  return base:gsub("[?#].*$", ""):match "^(.*/)" .. location
end

local function protocol(message) return failure.new { kind = "protocol", message = message, retryable = false } end

-- The next URL, or nil and why it is not followed.
local function followed(err, headers, url, count)
  if not headers.location then return nil, err end
  if count >= MOST_REDIRECTS then return nil, protocol "redirected too often" end
  local to = resolved(headers.location, url)
  if not to:find "^[hH][tT][tT][pP][sS]?://[^%s%c]+$" then return nil, protocol "redirected to no web address" end
  if url:lower():find "^https:" and not to:lower():find "^https:" then
    return nil, protocol "redirected from https to http"
  end
  return to
end

local function ask_for(client, job, part)
  local keep, note = part:resumable()
  local headers = { ["Accept-Encoding"] = "identity" }
  if keep > 0 then headers.Range, headers["If-Range"] = ("bytes=%d-"):format(keep), note.validator end
  return token.keeper(client):fetch {
    url = job.url, headers = headers, anonymous = true, idle = true, check = true, meter = job.meter,
    to = part.path, keep = keep, hold = true, max_bytes = job.max_bytes,
  }
end

-- All bytes had come before: the server has none behind them.
local function is_whole(part)
  local size, note = part:resumable()
  return note and note.total == size
end

local function one_try(client, job, part)
  for count = 0, MOST_REDIRECTS do
    local answer, err = ask_for(client, job, part)
    local status, headers = job.meter:answer()
    part:learn(status, headers)
    if answer then return answer end
    if status == 416 and is_whole(part) then return {} end
    if status == 416 or err.type == "elsewhere" then
      part:begin_again()
    elseif redirects[status] and err.status then
      job.url, err = followed(err, headers, job.url, count)
      if not job.url then return nil, err end
    else
      return nil, err
    end
  end
  return nil, protocol "the server cannot say where the file goes on"
end

-- As often as the policy allows, and anew whenever bytes have come in between.
local function persist(client, job, part)
  local first = job.url
  local function try()
    job.url = first
    return one_try(client, job, part)
  end
  while true do
    local before = part:size()
    local answer, err = attempts.run(client, "status", try)
    if answer or not err.retryable or part:size() <= before then return answer, err end
  end
end

--- Fills a partial file.
---@param client table
---@param job table `{url, max_bytes, meter}`
---@param part table a partial file
---@return table|nil answer whose freight, where it has one, holds the file until it is closed
---@return table err
function M.run(client, job, part)
  local answer, err = progress.run(function()
    part:learn(job.meter:answer())
    part:save()
  end, persist, client, job, part)
  if not answer then return nil, err end
  if part.total and part:size() ~= part.total then
    return nil, failure.new {
      kind = "protocol", retryable = false,
      message = ("%d bytes were announced and %d came"):format(part.total, part:size()),
    }
  end
  return answer
end

return M
