-- The journal as a file: two processes never run one workflow at once, it is read
-- where nothing can be written, a full disk loses nothing, and the clock may go
-- backwards.
local bench = require "fal.workflow.bench"
local failure = require "fal.core.error"
local file = require "support.file"
local journal = require "fal.workflow.journal"
local process = require "support.process"
local store = require "fal.core.store"
local sys = require "fal.core.sys"
local task = require "fal.task"

describe("a journal", function()
  local b, path

  before_each(function()
    b = bench.echo()
    path = b:path "kept.journal"
  end)

  after_each(function() b:close() end)

  it("is no damaged one while another process makes it", function()
    file.write(path, "")
    local stat = sys.stat
    finally(function() sys.stat = stat end)
    function sys.stat(name)
      local seen = table.pack(stat(name))
      if name == path then sys.mkdir(path .. ".files") end -- right behind our look
      return table.unpack(seen, 1, seen.n)
    end
    local opened <close> = journal.open(path, "one", b.client.option "queue_url")
    assert.is_truthy(opened)
  end)

  it("has one lock, also when it is opened through a link", function()
    assert(b:one():run())
    local held <close> = assert(journal.open(path, "one", b.client.option "queue_url"))
    assert(held:lock())
    local link = b:path "link.journal"
    os.execute(("ln -s kept.journal %s"):format(link))
    local wf = b:workflow("one", { journal = link })
    wf:call("me/echo", { x = 2 }, { name = "s" })
    local _, err = wf:run()
    assert.are.equal("locked", err.type)
    assert.are.equal(1, b.sandbox:accepted())
  end)

  -- Somebody who may only read: root may do everything, and steps down first.
  local function words_of_reader(...)
    local pipe <close> = io.popen "id -u"
    if pipe:read "l" ~= "0" then return { ... } end
    return { "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", ... }
  end

  -- Only where a stranger may read this tree.
  if process.run(words_of_reader("test", "-r", process.root .. "/lua/fal/init.lua")).status == 0 then
    it("can be looked at where nothing can be written", function()
      assert(b:one():run())
      file.write(b:path "look.lua", [[
        local client = require("fal").new { key = "a:b", queue_url = "http://127.0.0.1:1" }
        local wf = require "fal.workflow"("one", { journal = arg[1], client = client })
        wf:call("me/echo", { x = 1 }, { name = "s" })
        print(assert(wf:plan()).steps[1].state, assert(wf:explain "s").state, #assert(wf:graph "dot") > 0)
        print(select(2, wf:run()))]])
      os.execute(("chmod 555 %s && chmod 444 %s %s"):format(b.folder.path, path, b:path "look.lua"))
      local done = process.run(words_of_reader(process.lua, b:path "look.lua", path))
      os.execute(("chmod 755 %s"):format(b.folder.path))
      assert.matches("^cached\tcached\ttrue\nio: .*folder that can be written", done.out, done.err)
    end)
  end

  it("in a folder that cannot be written says so", function()
    local _, err = b:workflow("one", { journal = b:path "none/kept.journal" }):run()
    assert.are.same({ "io", "access" }, { err.kind, err.type })
    assert.matches("folder that can be written", tostring(err))
  end)

  it("that another program holds says so after a while", function()
    assert(b:one():run())
    local other <close> = assert(store.open(path))
    assert(other:exec "BEGIN EXCLUSIVE")
    local open = store.open
    store.open = function(name) return open(name, { patience = 0.05 }) end
    local text = b:refused "locked"
    store.open = open
    assert.matches("another program holds the file", text)
  end)

  it("is one process's at a time; the second says so, or waits", function()
    assert(b:one():run())
    local first = assert(journal.open(path, "one", b.client.option "queue_url"))
    assert(first:lock())
    assert.matches(("'one' is being run by process %d, since 20"):format(sys.pid()), b:refused "locked")
    assert.matches("is being run by", tostring(select(2, b:one():redo "s")))
    local stranger = assert(journal.open(path, "two", b.client.option "queue_url"))
    assert(stranger:lock())
    stranger:close()
    local second = task.async(function() return b:one(2):run { wait = 20 } end)
    task.sleep(0.05)
    assert.are.equal(1, b.sandbox:accepted())
    first:close()
    assert(second:await())
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("is free again when its process was killed", function()
    file.write(b:path "holder.lua", [[
      local journal = require "fal.workflow.journal"
      local held = assert(journal.open(arg[1], "one", "http://127.0.0.1"))
      assert(held:lock())
      print "held"
      io.stdout:flush()
      require("fal.task").sleep(60)]])
    local child <close> = process.start { "lua", b:path "holder.lua", path }
    assert.is_truthy(child:expect "held")
    assert.matches("is being run by process " .. child.pid, tostring(select(2, b:one():run())))
    child:kill "KILL"
    assert(child:wait(10))
    assert(b:one():run())
  end)

  it("loses nothing on a full disk", function()
    local full = false
    local open = store.open
    -- SQLite's own limit of pages stands for the end of the disk.
    store.open = function(name, opts)
      local db, err = open(name, opts)
      if db and full and name == path then
        local pages = db:rows("PRAGMA page_count")[1].page_count
        db:run("PRAGMA max_page_count = " .. pages)
      end
      return db, err
    end
    assert(b:one(("x"):rep(3000)):run())
    full = true
    local wf = b:workflow "one"
    for i = 1, 5 do wf:call("me/echo", { x = ("y"):rep(20000) .. i }, { name = "big-" .. i }) end
    local _, err = wf:run()
    assert.are.same({ "io", "full" }, { err.kind, err.type })
    assert.matches("no space is left", tostring(err))
    assert.are.equal(1, b.sandbox:accepted())
    full = false
    store.open = open
    assert(wf:run())
    assert.are.equal(6, b.sandbox:accepted())
  end)

  -- A store that refuses some statements: `refuse(sql)` gives the type of the error, or nothing.
  local function with_trouble(refuse, fn)
    local open = store.open
    store.open = function(...)
      local db = assert(open(...))
      return setmetatable({}, { __index = function(_, name)
        return function(_, sql, ...)
          local kind = (name == "run" or name == "rows") and refuse(sql)
          if kind then return nil, failure.new { kind = "io", type = kind, message = "refused" } end
          return db[name](db, sql, ...)
        end
      end })
    end
    local ok, err = pcall(fn)
    store.open = open
    if not ok then error(err, 0) end
  end

  it("has room in reserve for what was paid when the disk is full", function()
    local spare = path .. ".files/spare"
    -- The disk is full as long as the spare file is there.
    with_trouble(function(sql) return sql:find "SET request_id" and sys.stat(spare) and "full" end, function()
      local _, err = b:two():run()
      assert.are.same({ "io", "full" }, { err.kind, err.type })
      assert.are.same({ "first" }, err.done)
    end)
    assert.are.equal(1, b.sandbox:accepted())
    assert(b:two():run())
    assert.are.equal(524288, sys.stat(spare).size)
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("that cannot take an id says it, and goes on with it once it was told", function()
    b.sandbox:fault { what = 404, match = { call = "requests" } } -- the list, which would tell too
    local id
    with_trouble(function(sql) return sql:find "SET request_id" and "full" end, function()
      local _, err = b:two():run()
      id = next(b.sandbox.jobs)
      assert.are.equal("unconfirmed", err.kind)
      local spelled = id:gsub("%-", "%%-")
      assert.matches(("the request %s was accepted, but could not be written down"):format(spelled), err.message)
      assert.matches("falua workflow settle .* first " .. spelled, tostring(err))
    end)
    assert.are.equal("unconfirmed", select(2, b:two():run()).kind)
    assert(b:two():settle("first", id))
    assert(b:two():run())
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("that is locked for a while is told an id all the same", function()
    local tries = 0
    with_trouble(function(sql)
      if not sql:find "SET request_id" then return nil end
      tries = tries + 1
      return tries <= 2 and "locked"
    end, function() assert(b:one():run()) end)
    assert.are.same({ 3, 1 }, { tries, b.sandbox:accepted() })
  end)

  it("that cannot take an intent sends nothing", function()
    for _, pattern in ipairs { "INSERT INTO calls", "^BEGIN", "^COMMIT" } do
      for _, kind in ipairs { "full", "locked", "other" } do
        local begun = false
        with_trouble(function(sql)
          begun = begun or sql:find "INTO owners" ~= nil
          return begun and sql:find(pattern) and kind
        end, function() assert.are.equal("io", select(2, b:one():run()).kind) end)
      end
    end
    assert.are.equal(0, b.sandbox:accepted())
    assert(b:one():run())
    assert.are.equal(1, b.sandbox:accepted())
  end)

  -- Without its seeds, for one, a step would be called anew.
  it("that cannot be read is not taken for an empty one", function()
    b.sandbox:fault { what = "lose_answer", match = { call = "submit" }, times = 1 }
    assert.are.equal("unconfirmed", select(2, b:one():run()).kind)
    for _, pattern in ipairs { "FROM seeds", "FROM runs", "FROM calls", "AS held FROM" } do
      with_trouble(function(sql) return sql:find(pattern) and "other" end, function()
        local plan, err = b:one():plan()
        assert.are.same({ "refused", nil }, { err and err.message, plan })
        assert.are.equal("refused", select(2, b:one():run()).message)
      end)
    end
    with_trouble(function(sql) return sql:find "^SELECT request_id" and "other" end, function()
      assert.matches("cannot be told from other steps' requests: refused", select(2, b:one():run()).message)
    end)
    assert(b:one():run())
    assert.are.equal(1, b.sandbox:accepted())
  end)

  it("that cannot take an output when it comes has the request's id, and goes on with it", function()
    with_trouble(function(sql) return sql:find "SET output" and "full" end, function()
      local _, err = b:one():run()
      assert.are.same({ "io", "full" }, { err.kind, err.type })
      assert.are.equal("s", err.open[1].step)
    end)
    assert(b:one():run())
    assert.are.equal(1, b.sandbox:accepted())
  end)

  it("does not mind a clock that goes backwards", function()
    local now, back = sys.now, 0
    sys.now = function()
      back = back + 3600
      return now() - back
    end
    local out = assert(b:one():run())
    assert(b:one():run())
    sys.now = now
    assert.are.equal(1, out.s.got)
    assert.are.equal(1, b.sandbox:accepted())
    local row = b:rows()[1]
    assert.is_true(row.seconds >= 0)
  end)

  it("waits out a service that is down, and goes on when it is not back", function()
    b.sandbox:fault { what = 503, match = { call = "submit" } }
    b.sandbox:fault { what = "refuse_before", match = { call = "result" } }
    local _, err = b:one():run()
    assert.are.equal("http", err.kind)
    b.sandbox:mend()
    b.sandbox:fault { what = "nginx_503", match = { call = "submit" }, times = 2 }
    assert(b:one():run())
    assert.are.equal(1, b.sandbox:accepted())
  end)
end)
