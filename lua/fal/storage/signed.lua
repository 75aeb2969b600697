--- Uploads in parts by signed URLs. The number of a part goes into the path,
-- before the query, which is a signature and stays as it is byte for byte.

local attempts = require "fal.attempts"
local failure = require "fal.core.error"
local json = require "fal.core.json"

local M = {}

local function is_url(text) return type(text) == "string" and text:find "^https?://[^%s%c]+$" ~= nil end

--- Reads the service's answer, or one that was kept.
---@param client table
---@param text string
---@return table|nil upload
---@return table err
function M.read(client, text)
  local body = json.decode(text)
  if type(body) ~= "table" or not is_url(body.upload_url) or not is_url(body.file_url) then
    return nil, failure.new {
      kind = "protocol", message = "the service's answer cannot be understood: it has no upload_url and file_url",
    }
  end
  local path, query = body.upload_url:match "^([^?]*)(.*)$"
  return {
    file_url = body.file_url, answer = text, complete_url = path .. "/complete" .. query,
    part_url = function(number) return ("%s/%d%s"):format(path, number, query) end,
    ask = function(fields)
      fields.anonymous = true
      return attempts.run(client, "upload", client.http, fields)
    end,
  }
end

--- Opens an upload in parts; see fal.storage.parts for what that is.
---@param client table
---@param wish table `{name, type, lifecycle}`
---@return table|nil upload
---@return table err
function M.open(client, wish)
  local answer, err = attempts.run(client, "upload", client.http, {
    method = "POST", url = client.option "rest_url" .. "/storage/upload/initiate-multipart?storage_type=fal-cdn-v3",
    headers = { ["Content-Type"] = "application/json" }, lifecycle = wish.lifecycle, check = true,
    body = json.encode { content_type = wish.type, file_name = wish.name },
  })
  if not answer then return nil, err end
  return M.read(client, answer.body)
end

return M
