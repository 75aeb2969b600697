-- Percent-encoding: what stays, and that nothing else does.
local percent = require "fal.percent"

describe("percent-encoding", function()
  it("keeps what is unreserved, and a path's slashes", function()
    local plain = "azAZ09-._~"
    assert.equal(plain, percent.component(plain))
    assert.equal(plain .. "/x", percent.path(plain .. "/x"))
    assert.equal("a%2Fb", percent.component "a/b")
  end)

  it("encodes every other byte", function()
    assert.equal("%00%25%3F%26%3D%2B%20%C3%A9%FF", percent.component "\0%?&=+ \u{e9}\xff")
    assert.equal("%00%25%3F%26%3D%2B%20%C3%A9%FF", percent.path "\0%?&=+ \u{e9}\xff")
  end)
end)
