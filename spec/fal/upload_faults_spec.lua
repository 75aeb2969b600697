-- Uploads on which something goes wrong at the service: what is sent again, how
-- often, and by which way. What the server has is compared byte by byte.
local harbour = require "fal.harbour"

local bytes = harbour.bytes(500000)
local parts <const> = { part_size = 100000 }  -- five of them

describe("a fault", function()
  local at

  before_each(function() at = harbour.open() end)
  after_each(function() at:close() end)

  local function upload(opts) return at.client.upload(at:write("in.bin", bytes), opts) end

  it("that resets a part three times is waited out, for this part alone", function()
    local rule = at.sandbox:fault { what = "reset_before", match = { method = "PUT", path = "/3$" }, times = 3 }
    assert.equal(bytes, at:stored(assert(upload(parts))))
    assert.equal(3, rule.done)
    assert.equal(5 + 3 + 1, (at:count "part"))
    assert.equal(1, (at:count "initiate"))
  end)

  it("that never ends is one error, and the parts stop", function()
    at.sandbox:fault { what = 503, match = { method = "PUT", path = "/2$" } }
    local url, err = upload { part_size = 100000, concurrency = 1 }
    assert.is_nil(url)
    assert.equal(503, err.status)
    assert.equal(6, err.attempts)
    assert.equal(1 + 6, (at:count "part"))
  end)

  it("that is final does not wait for a part that stands still", function()
    at.sandbox:fault { what = "hang", match = { method = "PUT", path = "/1$" } }
    at.sandbox:fault { what = 400, match = { method = "PUT", path = "/2$" } }
    local url, err = upload { part_size = 100000, concurrency = 2 }
    assert.is_nil(url)
    assert.equal(400, err.status)
    assert.equal(2, (at:count "part"))
  end)

  it("of an expired signature makes it ask for a new one", function()
    local rule = at.sandbox:fault { what = 403, match = { method = "PUT" }, times = 1 }
    assert.equal(bytes, at:stored(assert(upload())))
    assert.equal(1, rule.done)
    assert.equal(2, (at:count "initiate"))
    at.sandbox:mend()
    at.sandbox:fault { what = 403, match = { method = "PUT", path = "/4$" }, times = 1 }
    local told
    local url = assert(upload { part_size = 100000, on_progress = function(sent) told = sent end })
    assert.equal(bytes, at:stored(url))
    assert.equal(4, (at:count "initiate"))
    assert.equal(#bytes, told)
  end)

  it("of a signature that is always refused ends", function()
    at.sandbox:fault { what = 403, match = { method = "PUT" } }
    for _, opts in ipairs { {}, parts } do
      local before = at:count "initiate"
      local url, err = upload(opts)
      assert.is_nil(url)
      assert.equal(403, err.status)
      assert.equal(3, at:count "initiate" - before)
    end
  end)

  it("at the end, a refusal to put the parts together, is one clear error", function()
    local rule = at.sandbox:fault { what = 400, match = { path = "/complete$" } }
    local url, err = upload(parts)
    assert.is_nil(url)
    assert.matches("not put together", err.message)
    assert.equal(400, err.status)
    assert.equal(1, rule.done)
  end)

  it("that loses the answer to the last request is recognised as a success", function()
    at.sandbox:fault { what = "reset_after", match = { path = "/complete$" }, times = 1 }
    assert.equal(bytes, at:stored(assert(upload(parts))))
  end)

  it("that leaves the service with less than was sent is one clear error", function()
    at.client.config { on_response = function(seen)
      if not seen.url:find "/complete" then return end
      for _, file in pairs(at.sandbox.files) do file.size = file.size - 1 end
    end }
    local url, err = upload(parts)
    assert.is_nil(url)
    assert.equal("protocol", err.kind)
    assert.matches("has 499999 bytes of a file of 500000", err.message)
  end)

  it("in the name of a part is none: it comes in the header or in the body", function()
    local name = '"0123456789abcdef"'
    at.sandbox.chance.hex = function(_, n) return ("0123456789abcdef"):sub(1, n) end
    local json = require "fal.core.json"
    for _, rule in ipairs {
      { what = "nonsense", body = json.encode { partNumber = 1, etag = name } },
      { what = 200, accepted = true, headers = { etag = name } },
    } do
      rule.match = { method = "PUT" }
      at.sandbox:fault(rule)
      assert.equal(bytes, at:stored(assert(upload(parts))))
      at.sandbox:mend()
    end
    at.sandbox:fault { what = "empty", match = { method = "PUT" } }
    local url, err = upload(parts)
    assert.is_nil(url)
    assert.equal("protocol", err.kind)
    assert.matches("no ETag", err.message)
  end)

  it("of the initiation, whatever it is, leads to the other way in", function()
    for _, what in ipairs { 400, 404, 500, "nonsense", "reset_before" } do
      at.sandbox:fault { what = what, match = { call = "initiate" } }
      assert.equal(bytes, at:stored(assert(upload())))
      assert.equal(bytes, at:stored(assert(upload(parts))))
      at.sandbox:mend()
    end
    local tokens, sent = 0, at.sandbox:requests "upload"
    assert.is_true(#sent >= 5)
    for _, seen in ipairs(sent) do
      assert.equal("POST", seen.method)
      assert.matches("^Bearer ", seen.headers.authorization)
    end
    for _, seen in ipairs(at.sandbox:requests "token") do
      assert.equal(at.sandbox.authorization, seen.headers.authorization)
      tokens = tokens + 1
    end
    assert.equal(1, tokens)
  end)

  it("of the key is not answered with another way in", function()
    local fal = require("fal").new { key = "wrong:key", retries = 0, history = false }
    for name, value in pairs(at.sandbox.config) do
      if name ~= "key" then fal.config { [name] = value } end
    end
    local url, err = fal.upload(at:write("in.bin", bytes))
    assert.is_nil(url)
    assert.equal(401, err.status)
    assert.equal(0, (at:count "token"))
  end)

  it("of a token that is refused gets a new one, once", function()
    at.sandbox:fault { what = 400, match = { call = "initiate" } }
    assert(upload())
    at.sandbox.tokens = {}
    assert.equal(bytes, at:stored(assert(upload())))
    assert.equal(2, (at:count "token"))
  end)

  it("of silence is a timeout", function()
    at.client.config { exchange_timeout = 0.2, retries = 0 }
    at.sandbox:fault { what = "hang", match = { method = "PUT" } }
    local url, err = upload()
    assert.is_nil(url)
    assert.equal("timeout", err.kind)
  end)
end)
