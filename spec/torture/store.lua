-- The store: opened, written, read, and each kind of trouble. It writes into
-- memory; SQLite's own allocations are not denied.
local store = require "fal.core.store"

return function()
  local db <close> = assert(store.open ":memory:")
  assert(db:exec "CREATE TABLE t (k TEXT PRIMARY KEY, v)")
  assert(db:run("INSERT INTO t VALUES (?, ?), (?, ?)", "a", 1.5, "b", true) == 2)
  local rows = assert(db:rows("SELECT * FROM t WHERE k > ? ORDER BY k", ""))
  assert(#rows == 2 and rows[1].v == 1.5)
  local done, err = db:run "INSERT INTO t VALUES ('a', 2)"
  assert(done == nil and err.type == "constraint")
  assert(#tostring(db) > 0)
  local none, why = store.open("/nowhere/at%/all?", { readonly = true })
  assert(none == nil and why.type == "access")
end
