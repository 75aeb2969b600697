-- The CDN's token: uploads by it when no signed URL is to be had, also when it
-- ends in their middle; and files that only their owner may read. What counts
-- is how often one is asked for, and that it goes to the CDN alone.
local harbour = require "fal.harbour"

local bytes = harbour.bytes(500000)
local parts <const> = { part_size = 100000, concurrency = 1 } -- five of them

local at

before_each(function() at = harbour.open() end)
after_each(function() at:close() end)

local function upload(opts) return at.client.upload(at:write("in.bin", bytes), opts) end

local function tokens() return (at:count "token") end

-- All tokens end when the answer to a request for such a path has come, once.
local function end_tokens_at(pattern)
  local over
  at.client.config { on_response = function(seen)
    if over or not seen.url:find(pattern) then return end
    over = true
    at.sandbox.tokens = {}
  end }
end

local function with_status(call, status)
  local count = 0
  for _, seen in ipairs(at.sandbox:requests(call)) do
    if seen.status == status then count = count + 1 end
  end
  return count
end

describe("a token that ends", function()
  before_each(function() at.sandbox:fault { what = 400, match = { call = "initiate" } } end)

  it("in the middle of an upload is replaced, and the upload goes on", function()
    end_tokens_at "/2$"
    assert.equal(bytes, at:stored(assert(upload(parts))))
    assert.equal(2, tokens())
    assert.equal(1, (at:count "upload"))
    assert.equal(5 + 1 + 1, (at:count "part"))
    assert.equal(1, with_status("part", 401))
  end)

  it("before the parts are put together is replaced too", function()
    end_tokens_at "/5$"
    assert.equal(bytes, at:stored(assert(upload(parts))))
    assert.equal(2, tokens())
    assert.equal(5 + 1 + 1, (at:count "part"))
  end)

  it("while several parts are under way is replaced once", function()
    end_tokens_at "/multipart$"
    assert.equal(bytes, at:stored(assert(upload { part_size = 100000, concurrency = 4 })))
    assert.equal(2, tokens())
    assert.equal(4, with_status("part", 401))
  end)

  it("soon is replaced before", function()
    local sys = require "fal.core.sys"
    local now = sys.now
    local _ <close> = setmetatable({}, { __close = function() sys.now = now end })
    assert(upload())
    assert(upload())
    assert.equal(1, tokens())
    sys.now = function() return now() + 30 * 86400 - 200 end
    assert.equal(bytes, at:stored(assert(upload())))
    assert.equal(2, tokens())
    assert.equal(0, with_status("upload", 401))
  end)

  it("and whose successor is refused as well is an error", function()
    at.sandbox:fault { what = 401, match = { method = "PUT" } }
    local url, err = upload(parts)
    assert.is_nil(url)
    assert.equal(401, err.status)
    assert.equal(2, tokens())
    assert.equal(2, (at:count "part"))
  end)

  it("or not: the file must stay as it is by this way too", function()
    local fal = require "fal"
    local path = at:write("in.bin", bytes)
    at.sandbox:fault { what = "delay", delay = 0.1, match = { call = "token" } }
    local task = fal.async(at.client.upload, path)
    at.client.config { on_request = function(seen)
      if seen.url:find "auth/token" then at:write("in.bin", "less") end
    end }
    local url, err = task:await()
    assert.is_nil(url)
    assert.equal("io", err.kind)
  end)
end)

describe("a file that only its owner may read", function()
  local function restricted(decision) return assert(upload { lifecycle = { acl = { default = decision } } }) end

  local function download(url, client) return (client or at.client).download(url, at:path "x.bin") end

  -- Nobody but the service may see the key, and nobody but the CDN its token.
  local function authorizations(sandbox)
    local list = {}
    for i, seen in ipairs(sandbox:requests "download") do
      list[i] = (seen.headers.authorization or "none"):match "^%a+"
    end
    return list
  end

  for decision, status in pairs { forbid = 403, hide = 404 } do
    it(("comes with the token when others get %d"):format(status), function()
      local path = assert(download(restricted(decision)))
      assert.equal(bytes, at:read(path))
      assert.same({ "none", "Bearer" }, authorizations(at.sandbox))
      assert.equal(status, at.sandbox:requests("download")[1].status)
      assert.equal(1, tokens())
    end)
  end

  it("goes on where a connection broke", function()
    local large = harbour.bytes(3000000)
    local url = assert(at.client.upload({ data = large }, { lifecycle = { acl = { default = "forbid" } } }))
    at.sandbox:fault { what = "cut", match = { call = "download" }, after = 1, times = 1 }
    assert.equal(large, at:read(assert(download(url))))
    local list = at.sandbox:requests "download"
    assert.equal(206, list[#list].status)
  end)

  it("is recognised by a history that knows its bytes, and by its size after an upload in parts", function()
    at.client.config { history = at:path "history.db" }
    local lifecycle = { acl = { default = "hide" } }
    at.sandbox:fault { what = "reset_after", match = { path = "/complete$" }, times = 1 }
    local url = assert(upload { lifecycle = lifecycle, part_size = 100000 })
    assert.equal(url, upload { lifecycle = lifecycle })
    at.sandbox.files = {}
    assert.are_not.equal(url, upload { lifecycle = lifecycle })
  end)

  it("stays closed to a client without a key", function()
    local url = restricted "forbid"
    at.client.config { key = "" }
    local path, err = download(url)
    assert.is_nil(path)
    assert.equal(403, err.status)
    assert.same({ "in.bin" }, at:list())
  end)

  it("is asked for once more and no oftener when it is simply not there", function()
    local url = restricted "forbid"
    at.sandbox.files = {}
    local path, err = download(url)
    assert.is_nil(path)
    assert.equal(404, err.status)
    assert.same({ "none", "Bearer" }, authorizations(at.sandbox))
  end)

  it("elsewhere gets no token, whether it is asked for or redirected to", function()
    local other = harbour.open()
    local url = assert(other.client.upload({ data = bytes }, { lifecycle = { acl = { default = "forbid" } } }))
    local path, err = download(url)
    assert.is_nil(path)
    assert.equal(403, err.status)
    at.sandbox:fault { what = "redirect", match = { call = "download" }, location = url }
    path, err = download(restricted "forbid")
    assert.is_nil(path)
    assert.equal(403, err.status)
    assert.same({ "none", "none" }, authorizations(other.sandbox))
    assert.equal(0, tokens())
    other:close()
  end)

  it("is told from one whose address only begins like the CDN's", function()
    local url = restricted "forbid"
    local cut_short = url:sub(1, -4)
    at.client.config { cdn_url = cut_short }
    local answer = require("fal.core.json").encode { token = "secret", base_url = cut_short }
    at.sandbox:fault { what = "nonsense", body = answer, match = { call = "token" } }
    local path, err = download(url)
    assert.is_nil(path)
    assert.equal(403, err.status)
    assert.equal(1, tokens())
    assert.same({ "none" }, authorizations(at.sandbox))
  end)
end)
