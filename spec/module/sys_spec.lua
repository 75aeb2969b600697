-- What Lua's own libraries lack.
local process = require "support.process"

describe("fal.core.sys", function()
  local sys

  before_each(function() sys = require "fal.core.sys" end)

  it("tells the time in fractions of seconds", function()
    local now = os.time()
    assert.is_true(math.abs(sys.now() - now) <= 1.5)
    assert.are.equal("float", math.type(sys.now()))
    local before = sys.monotonic()
    for _ = 1, 1000 do
      local after = sys.monotonic()
      assert.is_true(after >= before)
      before = after
    end
  end)

  it("draws random bytes", function()
    for _, n in ipairs { 0, 1, 255, 256, 257, 1024 } do assert.are.equal(n, #sys.random(n)) end
    assert.are_not.equal(sys.random(16), sys.random(16))
    for _, wrong in ipairs { -1, 1025, 1.5, "x" } do assert.is_false((pcall(sys.random, wrong))) end
  end)

  it("knows its process and its terminal", function()
    assert.are.equal(io.popen("echo $PPID"):read "n", sys.pid())
    local file <close> = io.tmpfile()
    assert.is_false(sys.isatty(file))
    local closed = io.tmpfile()
    closed:close()
    assert.is_false(sys.isatty(closed))
    assert.is_false((pcall(sys.isatty, 5)))
  end)

  it("looks at files and makes folders", function()
    local folder <close> = process.temporary()
    local path = folder.path .. "/new"
    local nothing, message = sys.stat(path)
    assert.is_nil(nothing)
    assert.matches("new: ", message)
    assert.is_true(sys.mkdir(path))
    assert.is_true(sys.mkdir(path))
    assert.are.equal("folder", sys.stat(path).kind)
    do
      local file <close> = assert(io.open(path .. "/f", "w"))
      file:write "12345"
    end
    local found = sys.stat(path .. "/f")
    assert.are.equal(5, found.size)
    assert.are.equal("file", found.kind)
    assert.is_true(math.abs(found.mtime - os.time()) < 5)
    assert.are.equal("other", sys.stat("/dev/null").kind)
    assert.is_nil((sys.mkdir(folder.path .. "/a/b")))
    assert.is_nil((sys.mkdir(path .. "/f")))
  end)

  it("makes the folders above as well", function()
    local folder <close> = process.temporary()
    for _, path in ipairs { "/a/b/c", "/a/b/c", "/d//e/", "" } do
      assert.is_true(sys.makedirs(folder.path .. path))
    end
    assert.are.equal("folder", sys.stat(folder.path .. "/a/b/c").kind)
    assert.are.equal("folder", sys.stat(folder.path .. "/d/e").kind)
    io.open(folder.path .. "/f", "w"):close()
    local made, message = sys.makedirs(folder.path .. "/f/g")
    assert.is_nil(made)
    assert.matches("f/g: Not a directory", message)
    assert.is_nil((sys.makedirs ""))
  end)
end)
