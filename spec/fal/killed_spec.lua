-- kill -9 in the middle of a download and of an upload, and start again. The
-- sandbox runs on this process' loop: while it does not turn, no byte moves.
local harbour = require "fal.harbour"
local sys = require "fal.core.sys"

local at

before_each(function() at = harbour.open() end)
after_each(function() at:close() end)

local bytes = harbour.bytes(64 * 1024 * 1024)

local function run(code, ...)
  return at:start { "lua", at:write("script.lua", 'local fal = require "fal"\n' .. code), ... }
end

local function size_of(pattern)
  for _, name in ipairs(at:list()) do
    local stat = name:find(pattern) and sys.stat(at:path(name))
    if stat then return stat.size end
  end
  return 0
end

describe("a download that was killed", function()
  local code = "print(assert(fal.download(arg[1], arg[2])))"

  it("goes on where it was, and leaves nothing but the file", function()
    local url = at:publish(bytes)
    do
      local child <close> = run(code, url, at:path "x.bin")
      assert(child:until_true(function() return size_of "%.part$" > 2 * 1024 * 1024 end))
      local patience = sys.monotonic() + 20
      repeat os.execute "sleep 0.02" until size_of "%.json$" > 0 or sys.monotonic() > patience
      child:kill "KILL"
      assert(child:wait())
    end
    local before = size_of "%.part$"
    assert.is_true(before > 2 * 1024 * 1024 and before < #bytes)
    local child <close> = run(code, url, at:path "x.bin")
    local done = child:wait()
    assert.equal("", done.err)
    assert.is_true(at:read "x.bin" == bytes)
    assert.same({ "script.lua", "x.bin" }, at:list())
    local list = at.sandbox:requests "download"
    assert.equal(2, #list)
    assert.equal(206, list[2].status)
    assert.equal(("bytes=%d-"):format(before), list[2].headers.range)
  end)
end)

describe("an upload that was killed", function()
  local code = "print(assert(fal.upload(arg[1], { part_size = 4 << 20, concurrency = 2 })))"

  it("starts again, and all bytes are there", function()
    local path = at:write("in.bin", bytes)
    do
      local child <close> = run(code, path)
      assert(child:until_true(function() return at:count "part" > 4 end))
      child:kill "KILL"
      assert(child:wait())
    end
    local child <close> = run(code, path)
    local done = child:wait()
    assert.equal("", done.err)
    assert.is_true(at:stored(done.out:match "%S+") == bytes)
  end)
end)
