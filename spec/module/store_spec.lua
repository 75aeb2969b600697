-- The store: what was committed is there again, values come back as they were,
-- and each kind of trouble has its own word.
local process = require "support.process"
local store = require "fal.core.store"

describe("fal.core.store", function()
  local folder, path

  before_each(function()
    folder = process.temporary()
    path = folder.path .. "/kept.db"
  end)

  after_each(function() folder:remove() end)

  local function opened()
    local db = assert(store.open(path))
    assert(db:exec "CREATE TABLE IF NOT EXISTS t (k TEXT PRIMARY KEY, v)")
    return db
  end

  it("gives values back as they were", function()
    local db <close> = opened()
    local values = { 1, -(1 << 63), 0.5, "text", "with \0 zero", "", "'); DROP TABLE t" }
    for i, value in ipairs(values) do
      assert.are.equal(1, db:run("INSERT INTO t VALUES (?, ?)", "k" .. i, value))
    end
    local rows = assert(db:rows "SELECT v FROM t ORDER BY k")
    for i, value in ipairs(values) do
      assert.are.equal(value, rows[i].v)
      assert.are.equal(math.type(value), math.type(rows[i].v))
    end
  end)

  it("keeps nil and booleans", function()
    local db <close> = opened()
    assert(db:run("INSERT INTO t VALUES ('a', ?), ('b', ?)", nil, true))
    local rows = assert(db:rows "SELECT v FROM t ORDER BY k")
    assert.is_nil(rows[1].v)
    assert.are.equal(1, rows[2].v)
  end)

  it("is there after it was closed", function()
    local db = opened()
    assert(db:run("INSERT INTO t VALUES ('a', 1)"))
    db:close()
    local again <close> = assert(store.open(path, { readonly = true }))
    assert.are.equal(1, #assert(again:rows "SELECT * FROM t"))
    local _, err = again:run "DELETE FROM t"
    assert.are.equal("access", err.type)
  end)

  it("is read without a trace, whatever its name", function()
    path = folder.path .. "/a?mode=rwc#b%41.db"
    local db = opened()
    assert(db:run("INSERT INTO t VALUES ('a', 1)"))
    db:close()
    os.execute(("chmod 444 '%s'"):format(path))
    local again <close> = assert(store.open(path, { readonly = true }))
    assert.are.equal(1, #assert(again:rows "SELECT * FROM t"))
    local pipe <close> = io.popen("ls " .. folder.path)
    assert.are.equal("a?mode=rwc#b%41.db\n", pipe:read "a")
  end)

  it("names what is wrong", function()
    local db <close> = opened()
    assert(db:run "INSERT INTO t VALUES ('a', 1)")
    local _, err = db:run "INSERT INTO t VALUES ('a', 2)"
    assert.are.same({ "io", "constraint" }, { err.kind, err.type })
    _, err = db:rows "SELECT nothing FROM nowhere"
    assert.are.equal("other", err.type)
    _, err = store.open(folder.path .. "/no/such/folder.db")
    assert.are.equal("access", err.type)
    assert.is_truthy(tostring(err):find("folder.db", 1, true))
  end)

  it("knows a damaged file", function()
    local file = assert(io.open(path, "w"))
    file:write(("this is no database "):rep(100))
    file:close()
    local _, err = store.open(path)
    assert.are.equal("damaged", err.type)
  end)

  it("waits for a lock as long as it was told", function()
    local first <close> = opened()
    assert(first:exec "BEGIN IMMEDIATE")
    local second <close> = assert(store.open(path, { patience = 0.01 }))
    local _, err = second:run "INSERT INTO t VALUES ('b', 1)"
    assert.are.equal("locked", err.type)
    assert(first:exec "COMMIT")
    assert(second:run "INSERT INTO t VALUES ('b', 1)")
  end)

  it("raises on misuse", function()
    local db = opened()
    assert.has_error(function() db:run("INSERT INTO t VALUES (?, ?)", 1) end,
      "the statement takes 2 parameters, not 1")
    assert.has_error(function() db:run("INSERT INTO t VALUES ('x', ?)", {}) end,
      "parameter 1: a table cannot be stored")
    db:close()
    db:close()
    assert.has_error(function() db:rows "SELECT 1" end, "attempt to use a closed store")
  end)
end)
