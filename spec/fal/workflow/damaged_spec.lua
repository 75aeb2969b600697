-- Files that are no sound journal: refused, and left as they are, for a journal
-- tells what was paid.
local bench = require "fal.workflow.bench"
local store = require "fal.core.store"

local function slurp(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
end

describe("a journal", function()
  local b, path

  before_each(function()
    b = bench.open { endpoints = { ["me/echo"] = function(input) return { got = input.x } end } }
    path = b:path "kept.journal"
  end)

  after_each(function() b:close() end)

  local function one(x)
    local wf = b:workflow "one"
    wf:call("me/echo", { x = x or 1 }, { name = "s" })
    return wf
  end

  -- A run that fails with an io error; nothing is sent.
  local function refused(kind)
    local before = b.sandbox:accepted()
    local out, err = one(2):run()
    assert.is_nil(out)
    assert.are.same({ "io", kind }, { err.kind, err.type }, tostring(err))
    assert.are.equal(before, b.sandbox:accepted())
    return tostring(err)
  end

  it("that is no database is refused and left as it is", function()
    write(path, ("my diary "):rep(400))
    assert.matches("kept.journal", refused "damaged")
    assert.are.equal(("my diary "):rep(400), slurp(path))
  end)

  it("that belongs to another program is refused and left as it is", function()
    local db = assert(store.open(path))
    assert(db:exec "CREATE TABLE diary (day TEXT)")
    db:close()
    assert.matches("SQLite file of another program", refused "damaged")
    db = assert(store.open(path))
    assert(db:rows "SELECT * FROM diary")
    assert(db:run "PRAGMA application_id = 42")
    db:close()
    assert.matches("SQLite file of another program", refused "damaged")
  end)

  it("of another version is refused with one sentence", function()
    assert(one():run())
    for version, advice in pairs { [0] = "older fal", [9] = "newer fal" } do
      local db = assert(store.open(path))
      assert(db:run("PRAGMA user_version = " .. version))
      db:close()
      local text = refused "damaged"
      assert.matches(("of version %d; this fal reads version 1"):format(version), text)
      assert.matches(advice, text)
    end
  end)

  it("that was damaged is refused and never replaced", function()
    local wf = b:workflow "one"
    for i = 1, 60 do wf:call("me/echo", { x = ("long "):rep(200) .. i }) end
    assert(wf:run())
    local text = slurp(path)
    local broken = text:sub(1, 4096) .. ("\xA5"):rep(#text - 4096)
    write(path, broken)
    assert.matches("left as it is", refused "damaged")
    assert.are.equal(broken, slurp(path))
  end)

  it("of which next to nothing is left is refused and never replaced", function()
    assert(one():run())
    for _, bytes in ipairs { "", "S", "SQLite format 3\0" } do
      write(path, bytes)
      assert.matches(#bytes .. " bytes are left of it", refused "damaged")
      assert.are.equal("damaged", select(2, one():plan()).type)
      assert.are.equal(bytes, slurp(path))
    end
    os.execute(("rm -r %s %s.files && mkdir %s"):format(path, path, path))
    assert.matches("this is no file", refused "damaged")
  end)

  -- A step whose key no longer stands where the index says would be taken for a new one.
  it("with a single bit turned in a key is refused", function()
    assert(one():run())
    local key, text = b:rows()[1].key, slurp(path)
    local from, places = 1, 0
    while text:find(key, from, true) do
      local at = text:find(key, from, true)
      local changed = text:sub(1, at) .. string.char(text:byte(at + 1) ~ 1) .. text:sub(at + 2)
      write(path, changed)
      assert.matches("left as it is", refused "damaged")
      assert.are.equal(changed, slurp(path))
      from, places = at + 1, places + 1
    end
    assert.is_true(places >= 2)
    write(path, text)
    assert(one():run())
    assert.are.equal(1, b.sandbox:accepted())
  end)

  it("in which an output was damaged says which, and sends nothing", function()
    assert(one():run())
    local db <close> = assert(store.open(path))
    assert(db:run "UPDATE calls SET output = substr(output, 3)")
    assert.matches("the output of 's' is damaged", tostring(select(2, one():plan())))
    local _, err = one():run()
    assert.are.same({ "io", "damaged" }, { err.kind, err.type })
    assert.are.equal(1, b.sandbox:accepted())
    assert(one():redo "s")
    assert(one():run())
    assert.are.equal(2, b.sandbox:accepted())
  end)
end)
