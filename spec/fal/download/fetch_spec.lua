-- Redirects that the sandbox cannot serve, since it speaks no TLS: a client in
-- its stead answers with them, and tells where it was sent.
local failure = require "fal.core.error"
local fetch = require "fal.download.fetch"

-- Where a download of `url` goes when the first answer is a redirect, and its error.
local function follow(url, location)
  local asked = {}
  local client = { option = function(name) return name == "retries" and 0 or "https://v3.fal.media" end }
  function client.http(fields)
    asked[#asked + 1] = fields.url
    local status = asked[2] and 404 or 302
    return nil, failure.new { kind = "http", status = status, message = "no", retryable = false }
  end
  local meter = { answer = function() return 302, { location = location } end }
  local part = { resumable = function() return 0 end, size = function() return 0 end, learn = function() end }
  function part.save() end
  local _, err = fetch.run(client, { url = url, meter = meter }, part)
  return asked[2], err
end

describe("a redirect", function()
  it("is followed from https to https, wherever it is written", function()
    for location, to in pairs {
      ["https://b.example/y"] = "https://b.example/y", ["//b.example/y"] = "https://b.example/y",
      ["/y?z"] = "https://a.example/y?z", ["y"] = "https://a.example/in/y",
    } do
      assert.equal(to, (follow("https://a.example/in/x?q", location)))
    end
    assert.equal("https://b.example/y", (follow("http://a.example/x", "https://b.example/y")))
  end)

  it("is not followed from https to http, or to anything else", function()
    for _, location in ipairs { "http://a.example/x", "HTTP://a.example/x", "file:///etc/passwd", "ftp://a.example/x",
      "data:,x", "https://a.example/a b", "https:/a" } do
      local to, err = follow("https://a.example/x", location)
      assert.is_nil(to)
      assert.equal("protocol", err.kind)
    end
  end)
end)
