-- Names from elsewhere become one safe component.
local filename = require "fal.filename"

describe("a safe name", function()
  local cases = {
    ["a.png"] = "a.png", ["../../etc/passwd"] = "passwd", ["a\\b\\c.mp4"] = "c.mp4", ["/"] = "file", [""] = "file",
    [".."] = "file", ["..."] = "file", [".bashrc"] = "bashrc", ["x/.."] = "file", ["a b.png"] = "a b.png",
    ['q"u\'o.png'] = 'q"u\'o.png', ["a\nb\0c\27.png"] = "a_b_c_.png", ["CON"] = "_CON", ["nul.txt"] = "_nul.txt",
    ["com1.a.b"] = "_com1.a.b", ["console.png"] = "console.png", ["a. "] = "a", ["名前.jpg"] = "名前.jpg",
    ["\xff\xfe.png"] = "__.png", ["a\u{202E}gpj.exe"] = "a_gpj.exe", ["a/b/"] = "b",
  }
  for given, wanted in pairs(cases) do
    it(("of %q"):format(given), function() assert.equal(wanted, filename.safe(given)) end)
  end

  it("has no more bytes than every file system takes, whole characters, and its suffix", function()
    local name = filename.safe(("ü"):rep(300) .. ".png")
    assert.is_true(#name <= 200)
    assert.is_truthy(utf8.len(name))
    assert.matches("%.png$", name)
    assert.is_true(#filename.safe(("x"):rep(300)) <= 200)
    assert.is_true(#filename.safe("x." .. ("y"):rep(300)) <= 200)
  end)

  it("never leaves its folder, whatever bytes it is made of", function()
    local seed = 1
    local function byte()
      seed = (seed * 1103515245 + 12345) & 0x7fffffff
      return seed >> 16 & 255
    end
    for _ = 1, 5000 do
      local bytes = {}
      for i = 1, byte() % 12 do bytes[i] = byte() % 3 == 0 and ("./\\"):byte(byte() % 3 + 1) or byte() end
      local name = filename.safe(string.char(table.unpack(bytes)))
      assert.is_nil(name:find "[/\\%z\1-\31\127]", name)
      assert.is_nil(name:find "^%.", name)
      assert.is_true(#name > 0 and utf8.len(name) ~= nil)
      assert.equal(name, filename.safe(name))
    end
  end)
end)

describe("the name in a URL", function()
  it("is the last component, decoded", function()
    assert.equal("a b.png", filename.of_url "https://v3.fal.media/files/b/1/a%20b.png?x=/y#z")
    assert.equal("c.png", filename.of_url "https://x.y/a/b%2F..%2Fc.png")
    assert.equal("file", filename.of_url "https://x.y")
    assert.equal("file", filename.of_url "https://x.y/?a.png")
  end)
end)

describe("a numbered name", function()
  it("has its number before the suffix", function()
    assert.equal("a.png", filename.numbered("a.png", 1))
    assert.equal("a-2.png", filename.numbered("a.png", 2))
    assert.equal("a-3", filename.numbered("a", 3))
  end)
end)
