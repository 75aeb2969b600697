-- Uploads by both ways, whole and in parts, and downloads with their ranges.
local json = require "fal.core.json"
local wire = require "fal.sandbox.wire"

local initiate <const> = "/rest/storage/upload/initiate?storage_type=fal-cdn-v3"
local initiate_parts <const> = "/rest/storage/upload/initiate-multipart?storage_type=fal-cdn-v3"
local none <const> = { Authorization = false }

local w
before_each(function() w = wire.open() end)
after_each(function() w:close() end)

-- Headers of a request that carries a type and no key.
local function typed(content_type) return { Authorization = false, ["Content-Type"] = content_type } end

local function begin(path, headers)
  local answer = w:post(path or initiate, { content_type = "text/plain", file_name = "../a b.txt" }, headers)
  assert(answer.status == 200, answer.body)
  return answer.json
end

local function cdn_token(body)
  return w:post("/rest/storage/auth/token?storage_type=fal-cdn-v3", body or {}).json
end

local function bearer(token, more)
  local headers = { Authorization = "Bearer " .. token, ["Content-Type"] = "image/png", ["X-Fal-File-Name"] = "a.png" }
  for name, value in pairs(more or {}) do headers[name] = value end
  return headers
end

-- `part_url(n)` with the query where it belongs.
local function behind(url, tail)
  local path, query = url:match "^([^?]*)(.*)$"
  return path .. tail .. query
end

describe("a signed URL", function()
  it("takes the bytes, once the type is repeated, and nothing else is changed", function()
    local urls = begin()
    assert.is_truthy(urls.file_url:find "/cdn/files/b/%x%x%x%x%x%x%x%x/[%w_-]+_[%w._-]+%.txt$")
    assert.are.equal(404, w:get(urls.file_url).status)
    assert.are.equal(403, w:put(urls.upload_url, "x", typed "image/png").status)
    assert.are.equal(403, w:put(urls.upload_url:gsub("%%3D", "="), "x", typed "text/plain").status)
    assert.are.equal(403, w:put(urls.file_url, "x", typed "text/plain").status)
    assert.are.equal(200, w:put(urls.upload_url, "bytes\0", typed "text/plain").status)
    local answer = w:get(urls.file_url, none)
    assert.are.same({ "bytes\0", "text/plain" }, { answer.body, answer.headers["content-type"] })
    assert.are.equal("*", answer.headers["access-control-allow-origin"])
  end)

  it("is given for a whole wish, a key and the right storage only", function()
    assert.are.same({ detail = "Invalid storage type" }, w:post("/rest/storage/upload/initiate?storage_type=gcs").json)
    assert.are.equal(400, w:post("/rest/storage/upload/initiate").status)
    assert.are.equal(422, w:post(initiate, { content_type = "x/y" }).status)
    assert.are.equal(401, w:post(initiate, {}, none).status)
  end)

  it("takes parts in any order, and puts them together", function()
    local urls = begin(initiate_parts)
    local parts = json.array {}
    for _, n in ipairs { 3, 1, 2 } do
      local answer = w:put(behind(urls.upload_url, "/" .. n), ("part%d "):format(n), none)
      assert.are.equal(200, answer.status)
      assert.are.equal(n, answer.json.partNumber)
      assert.are.equal(answer.headers.etag, answer.json.etag)
      parts[n] = { partNumber = n, etag = answer.json.etag }
    end
    local complete = behind(urls.upload_url, "/complete")
    assert.are.equal(400, w:post(complete, { parts = json.array { parts[2], parts[1] } }, none).status)
    assert.are.equal(400, w:post(complete, { parts = json.array { { partNumber = 1, etag = "x" } } }, none).status)
    assert.are.equal(400, w:post(complete, { parts = json.array {} }, none).status)
    assert.are.equal(404, w:get(urls.file_url).status)
    assert.are.equal(200, w:post(complete, { parts = parts }, none).status)
    assert.are.equal("part1 part2 part3 ", w:get(urls.file_url).body)
    assert.are.equal(404, w:put(behind(urls.upload_url, "/4"), "x", none).status)
    assert.are.equal(403, w:put(urls.file_url .. "?x", "x", none).status)
  end)
end)

describe("a CDN token", function()
  it("takes uploads", function()
    local token = cdn_token()
    assert.are.same({ "Bearer", w.url .. "/cdn" }, { token.token_type, token.base_url })
    assert.is_truthy(token.expires_at:find "^%d+%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%d%d%d%+00:00$")
    local answer = w:post("/cdn/files/upload", "bytes", bearer(token.token))
    assert.are.same({ 200, true }, { answer.status, answer.json.uploaded })
    assert.are.equal("bytes", w:get(answer.json.access_url, none).body)
    assert.are.equal(401, w:post("/cdn/files/upload", "bytes").status)
    assert.are.equal(401, w:post("/cdn/files/upload", "bytes", bearer "guessed").status)
  end)

  it("takes parts", function()
    local headers = bearer(cdn_token().token)
    local opened = w:post("/cdn/files/upload/multipart", "", headers).json
    local parts = json.array {}
    for n = 1, 2 do
      local url = ("%s/multipart/%s/%d"):format(opened.access_url, opened.uploadId, n)
      parts[n] = { partNumber = n, etag = w:put(url, "part" .. n, headers).headers.etag }
      assert.are.equal(401, w:put(url, "x").status)
    end
    assert.are.equal(404, w:put(opened.access_url .. "/multipart/other/1", "x", headers).status)
    local url = ("%s/multipart/%s/complete"):format(opened.access_url, opened.uploadId)
    assert.are.equal(200, w:post(url, { parts = parts }, headers).status)
    assert.are.equal("part1part2", w:get(opened.access_url).body)
  end)

  it("comes to an end", function()
    w:hold()
    local token = cdn_token({ expiration_seconds = 60 }).token
    w:pass(59)
    assert.are.equal(200, w:post("/cdn/files/upload", "x", bearer(token)).status)
    w:pass(2)
    assert.are.equal(401, w:post("/cdn/files/upload", "x", bearer(token)).status)
  end)
end)

describe("a download", function()
  local function file(lifecycle, token)
    local headers = bearer(token or cdn_token().token, { ["X-Fal-Object-Lifecycle"] = lifecycle })
    return w:post("/cdn/files/upload", "0123456789", headers).json.access_url
  end

  it("comes whole or in ranges", function()
    local url = file()
    for range, expected in pairs {
      ["bytes=0-3"] = "0123 bytes 0-3/10", ["bytes=7-"] = "789 bytes 7-9/10", ["bytes=-2"] = "89 bytes 8-9/10",
      ["bytes=8-99"] = "89 bytes 8-9/10", ["bytes=-99"] = "0123456789 bytes 0-9/10",
    } do
      local answer = w:get(url, { Range = range })
      assert.are.equal(206, answer.status)
      assert.are.equal(expected, answer.body .. " " .. answer.headers["content-range"])
    end
    for _, range in ipairs { "bytes=10-", "bytes=-0" } do
      local answer = w:get(url, { Range = range })
      assert.are.same({ 416, "bytes */10" }, { answer.status, answer.headers["content-range"] })
    end
    for _, range in ipairs { "bytes=5-4", "lines=1-2", "bytes=0-1,4-5", "bytes=-" } do
      assert.are.equal(200, w:get(url, { Range = range }).status)
    end
  end)

  it("goes on only with what it began with", function()
    local url = file()
    local whole = w:send("HEAD", url)
    assert.are.same({ "", "10" }, { whole.body, whole.headers["content-length"] })
    local conditions = { [whole.headers.etag] = 206, [whole.headers["last-modified"]] = 206, ['"x"'] = 200 }
    for condition, status in pairs(conditions) do
      assert.are.equal(status, w:get(url, { Range = "bytes=5-", ["If-Range"] = condition }).status)
    end
  end)

  it("ends with the file's lifetime", function()
    w:hold()
    local url = file '{"expiration_duration_seconds":60}'
    w:pass(59)
    assert.are.equal(200, w:get(url).status)
    w:pass(2)
    assert.are.equal(404, w:get(url).status)
  end)

  it("is for whom the file is", function()
    for decision, status in pairs { allow = 200, forbid = 403, hide = 404 } do
      local token = cdn_token().token
      local url = file(('{"initial_acl":{"default":"%s","rules":[]}}'):format(decision), token)
      assert.are.equal(status, w:get(url, none).status)
      assert.are.equal(200, w:get(url, { Authorization = "Bearer " .. token }).status)
      local signed = w:post(url .. "/sign", { duration = 60 }, bearer(token)).body
      assert.are.equal(200, w:get(signed, none).status)
      assert.are.equal(status, w:get(url .. "?identity=guessed", none).status)
      local acl = "/rest/storage/files/acl?url=" .. url
      assert.are.equal(decision, w:get(acl).json.default)
      assert.are.equal(200, w:put(acl, { default = "allow" }).status)
      assert.are.equal(200, w:get(url, none).status)
    end
  end)

  it("of an output keeps to the lifecycle of its request", function()
    w:hold()
    local headers = { ["X-Fal-Object-Lifecycle-Preference"] = '{"expiration_duration_seconds":60}' }
    local url = w:post("/run/fal-ai/veo3/fast", { prompt = "x" }, headers).json.video.url
    w:pass(61)
    assert.are.equal(404, w:get(url).status)
  end)
end)

describe("a large file", function()
  local mega <const> = 1024 * 1024

  local function on_disk()
    local folder, list = w.sandbox.folder, {}
    if not folder then return 0 end
    local pipe <close> = io.popen("ls '" .. folder .. "' 2>/dev/null")
    for name in pipe:lines() do list[#list + 1] = name end
    return #list
  end

  -- Puts parts of two MiB each at a signed URL: what completes them has to list.
  local function put_parts(urls, count)
    local parts = json.array {}
    for n = 1, count do
      local answer = w:put(behind(urls.upload_url, "/" .. n), tostring(n):rep(2 * mega), none)
      parts[n] = { partNumber = n, etag = answer.headers.etag }
    end
    return parts
  end

  it("goes through the disk, and goes with the sandbox", function()
    local headers = bearer(cdn_token().token)
    local data = ("0123456789abcdef"):rep(3 * mega // 16)
    local url = w:post("/cdn/files/upload", data, headers).json.access_url
    assert.are.equal(1, on_disk())
    assert.is_true(data == w:get(url).body)
    assert.are.equal("89abcdef", w:get(url, { Range = "bytes=-8" }).body)
    local folder = w.sandbox.folder
    w:close()
    assert.is_nil(io.open(folder))
  end)

  it("is put together on disk", function()
    local urls = begin(initiate_parts)
    local parts = put_parts(urls, 3)
    assert.are.equal(200, w:post(behind(urls.upload_url, "/complete"), { parts = parts }, none).status)
    assert.are.equal(1, on_disk())
    local range = ("bytes=%d-%d"):format(2 * mega - 2, 2 * mega + 1)
    assert.are.equal("1122", w:get(urls.file_url, { Range = range }).body)
    assert.are.equal(tostring(6 * mega), w:send("HEAD", urls.file_url).headers["content-length"])
  end)

  it("that cannot be put together is none, for those who wait as well", function()
    local urls = begin(initiate_parts)
    local parts = put_parts(urls, 2)
    os.remove(w.sandbox.paths[2])
    assert.are.equal(200, w:post(behind(urls.upload_url, "/complete"), { parts = parts }, none).status)
    assert.are.equal(404, w:get(urls.file_url).status)
    assert.are.equal(1, #w.sandbox.troubles)
    w.sandbox.troubles = {}
  end)

  -- A reader found nothing to wait for when the parts were together just before its task began.
  it("is read by who asks for it just before it is together", function()
    local task = require "fal.task"
    local url = w:post("/cdn/files/upload", "bytes", bearer(cdn_token().token)).json.access_url
    local file = require("fal.sandbox.files").at(w.sandbox, url)
    local joining = task.new_event()
    file.joining = joining
    local spawn = w.sandbox.spawn
    function w.sandbox.spawn(...)
      local made = spawn(...)
      task.set_event(joining)
      file.joining = nil
      return made
    end
    local answer = w:get(url, none)
    assert.are.same({ 200, "bytes" }, { answer.status, answer.body })
  end)
end)
