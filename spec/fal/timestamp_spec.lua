-- Times as services write them.
local timestamp = require "fal.timestamp"

describe("a time in ISO 8601", function()
  it("is read with any zone", function()
    assert.equal(0, timestamp.of_iso "1970-01-01T00:00:00Z")
    assert.equal(1787565600, timestamp.of_iso "2026-08-24T10:00:00.000000+00:00")
    assert.equal(1787565600, timestamp.of_iso "2026-08-24T12:00:00+02:00")
    assert.equal(1787565600.5, timestamp.of_iso "2026-08-24T04:30:00.5-0530")
    assert.equal(951782400, timestamp.of_iso "2000-02-29T00:00:00Z")
  end)

  it("is nothing without a zone, or when it is none", function()
    for _, text in ipairs { "2026-08-24T10:00:00", "soon", "" } do assert.is_nil(timestamp.of_iso(text)) end
    assert.is_nil(timestamp.of_iso(nil))
    assert.is_nil(timestamp.of_iso(12))
  end)
end)

describe("a time in a header", function()
  it("is read", function()
    assert.equal(784111777, timestamp.of_http "Sun, 06 Nov 1994 08:49:37 GMT")
    assert.equal(951782400, timestamp.of_http "Tue, 29 Feb 2000 00:00:00 GMT")
  end)

  it("is nothing when it is none", function()
    for _, text in ipairs { "", "yesterday", "Sun, 06 Nix 1994 08:49:37 GMT" } do
      assert.is_nil(timestamp.of_http(text))
    end
    assert.is_nil(timestamp.of_http(nil))
  end)
end)
