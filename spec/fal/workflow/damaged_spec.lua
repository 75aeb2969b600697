-- Files that are no sound journal: refused, and left as they are, for a journal
-- tells what was paid.
local bench = require "fal.workflow.bench"
local file = require "support.file"
local store = require "fal.core.store"

describe("a journal", function()
  local b, path

  before_each(function()
    b = bench.echo()
    path = b:path "kept.journal"
  end)

  after_each(function() b:close() end)

  it("that is no database is refused and left as it is", function()
    file.write(path, ("my diary "):rep(400))
    assert.matches("kept.journal", b:refused "damaged")
    assert.are.equal(("my diary "):rep(400), file.read(path))
  end)

  it("that belongs to another program is refused and left as it is", function()
    local db = assert(store.open(path))
    assert(db:exec "CREATE TABLE diary (day TEXT)")
    db:close()
    assert.matches("SQLite file of another program", b:refused "damaged")
    db = assert(store.open(path))
    assert(db:rows "SELECT * FROM diary")
    assert(db:run "PRAGMA application_id = 42")
    db:close()
    assert.matches("SQLite file of another program", b:refused "damaged")
  end)

  it("of another version is refused with one sentence", function()
    assert(b:one():run())
    for version, advice in pairs { [0] = "older fal", [9] = "newer fal" } do
      local db = assert(store.open(path))
      assert(db:run("PRAGMA user_version = " .. version))
      db:close()
      local text = b:refused "damaged"
      assert.matches(("of version %d; this fal reads version 1"):format(version), text)
      assert.matches(advice, text)
    end
  end)

  it("that was damaged is refused and never replaced", function()
    local wf = b:workflow "one"
    for i = 1, 60 do wf:call("me/echo", { x = ("long "):rep(200) .. i }) end
    assert(wf:run())
    local text = file.read(path)
    local broken = text:sub(1, 4096) .. ("\xA5"):rep(#text - 4096)
    file.write(path, broken)
    assert.matches("left as it is", b:refused "damaged")
    assert.are.equal(broken, file.read(path))
  end)

  it("of which next to nothing is left is refused and never replaced", function()
    assert(b:one():run())
    for _, bytes in ipairs { "", "S", "SQLite format 3\0" } do
      file.write(path, bytes)
      assert.matches(#bytes .. " bytes are left of it", b:refused "damaged")
      assert.are.equal("damaged", select(2, b:one():plan()).type)
      assert.are.equal(bytes, file.read(path))
    end
    os.execute(("rm -r %s %s.files && mkdir %s"):format(path, path, path))
    assert.matches("this is no file", b:refused "damaged")
  end)

  -- A step whose key no longer stands where the index says would be taken for a new one.
  it("with a single bit turned in a key is refused", function()
    assert(b:one():run())
    local key, text = b:rows()[1].key, file.read(path)
    local from, places = 1, 0
    while text:find(key, from, true) do
      local at = text:find(key, from, true)
      local changed = text:sub(1, at) .. string.char(text:byte(at + 1) ~ 1) .. text:sub(at + 2)
      file.write(path, changed)
      assert.matches("left as it is", b:refused "damaged")
      assert.are.equal(changed, file.read(path))
      from, places = at + 1, places + 1
    end
    assert.is_true(places >= 2)
    file.write(path, text)
    assert(b:one():run())
    assert.are.equal(1, b.sandbox:accepted())
  end)

  it("in which an output was damaged says which, and sends nothing", function()
    assert(b:one():run())
    local db <close> = assert(store.open(path))
    assert(db:run "UPDATE calls SET output = substr(output, 3)")
    assert.matches("the output of 's' is damaged", tostring(select(2, b:one():plan())))
    local _, err = b:one():run()
    assert.are.same({ "io", "damaged" }, { err.kind, err.type })
    assert.are.equal(1, b.sandbox:accepted())
    assert(b:one():redo "s")
    assert(b:one():run())
    assert.are.equal(2, b.sandbox:accepted())
  end)
end)
