-- Base64 by the examples of RFC 4648, and there and back.
local base64 = require "fal.base64"

describe("base64", function()
  local examples = {
    [""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg==", fooba = "Zm9vYmE=", foobar = "Zm9vYmFy",
  }
  for bytes, text in pairs(examples) do
    it(("writes and reads %q"):format(bytes), function()
      assert.equal(text, base64.encode(bytes))
      assert.equal(bytes, base64.decode(text))
    end)
  end

  it("brings every byte back", function()
    local all = {}
    for i = 0, 255 do all[i + 1] = string.char(i, 255 - i, i ~ 0x55) end
    local bytes = table.concat(all)
    assert.equal(bytes, base64.decode(base64.encode(bytes)))
  end)

  it("forgives white space and missing padding, nothing else", function()
    assert.equal("foob", base64.decode "Zm9v\r\nYg")
    for _, text in ipairs { "Z", "Zm9vY", "Zm9*", "Zm=9", "Zm-_" } do assert.is_nil(base64.decode(text), text) end
  end)
end)
