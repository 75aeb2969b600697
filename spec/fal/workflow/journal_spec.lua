-- The journal as a file: what is no journal is refused and left alone, two
-- processes never run one workflow at once, a full disk loses nothing, and the
-- clock may go backwards.
local bench = require "fal.workflow.bench"
local journal = require "fal.workflow.journal"
local process = require "support.process"
local store = require "fal.core.store"
local sys = require "fal.core.sys"
local task = require "fal.task"

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

  it("has one lock, also when it is opened through a link", function()
    assert(one():run())
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
      assert(one():run())
      write(b:path "look.lua", [[
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

  it("in a folder that cannot be written says so", function()
    local _, err = b:workflow("one", { journal = b:path "none/kept.journal" }):run()
    assert.are.same({ "io", "access" }, { err.kind, err.type })
    assert.matches("folder that can be written", tostring(err))
  end)

  it("that another program holds says so after a while", function()
    assert(one():run())
    local other <close> = assert(store.open(path))
    assert(other:exec "BEGIN EXCLUSIVE")
    local open = store.open
    store.open = function(name) return open(name, { patience = 0.05 }) end
    local text = refused "locked"
    store.open = open
    assert.matches("another program holds the file", text)
  end)

  it("is one process's at a time; the second says so, or waits", function()
    assert(one():run())
    local first = assert(journal.open(path, "one", b.client.option "queue_url"))
    assert(first:lock())
    assert.matches(("'one' is being run by process %d, since 20"):format(sys.pid()), refused "locked")
    assert.matches("is being run by", tostring(select(2, one():redo "s")))
    local stranger = assert(journal.open(path, "two", b.client.option "queue_url"))
    assert(stranger:lock())
    stranger:close()
    local second = task.async(function() return one(2):run { wait = 20 } end)
    task.sleep(0.05)
    assert.are.equal(1, b.sandbox:accepted())
    first:close()
    assert(second:await())
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("is free again when its process was killed", function()
    write(b:path "holder.lua", [[
      local journal = require "fal.workflow.journal"
      local held = assert(journal.open(arg[1], "one", "http://127.0.0.1"))
      assert(held:lock())
      print "held"
      io.stdout:flush()
      require("fal.task").sleep(60)]])
    local child <close> = process.start { "lua", b:path "holder.lua", path }
    assert.is_truthy(child:expect "held")
    assert.matches("is being run by process " .. child.pid, tostring(select(2, one():run())))
    child:kill "KILL"
    assert(child:wait(10))
    assert(one():run())
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
    assert(one(("x"):rep(3000)):run())
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

  it("has room in reserve for what was paid when the disk is full", function()
    local open, full = store.open, true
    local spare = path .. ".files/spare"
    -- The disk is full as long as the spare file is there.
    store.open = function(...)
      local db = assert(open(...))
      return setmetatable({}, { __index = function(_, name)
        return function(_, sql, ...)
          if name == "run" and full and sql:find "SET request_id" and sys.stat(spare) then
            return nil, require("fal.core.error").new { kind = "io", type = "full", message = "disk is full" }
          end
          return db[name](db, sql, ...)
        end
      end })
    end
    local function two()
      local wf = b:workflow "two"
      local first = wf:call("me/echo", { x = "a" }, { name = "first" })
      wf:call("me/echo", { x = first.got }, { name = "second" })
      return wf
    end
    local _, err = two():run()
    assert.are.same({ "io", "full" }, { err.kind, err.type })
    assert.are.same({ "first" }, err.done)
    assert.are.equal(1, b.sandbox:accepted())
    full = false
    assert(two():run())
    store.open = open
    assert.are.equal(524288, sys.stat(spare).size)
    assert.are.equal(2, b.sandbox:accepted())
  end)

  it("that cannot take an output when it comes has the request's id, and goes on with it", function()
    local open, deny = store.open, true
    store.open = function(...)
      local db = assert(open(...))
      return setmetatable({}, { __index = function(_, name)
        return function(_, sql, ...)
          if name == "run" and deny and sql:find "SET output" then
            return nil, require("fal.core.error").new { kind = "io", type = "full", message = "disk is full" }
          end
          return db[name](db, sql, ...)
        end
      end })
    end
    local _, err = one():run()
    assert.are.same({ "io", "full" }, { err.kind, err.type })
    assert.are.equal("s", err.open[1].step)
    deny = false
    assert(one():run())
    store.open = open
    assert.are.equal(1, b.sandbox:accepted())
  end)

  it("does not mind a clock that goes backwards", function()
    local now, back = sys.now, 0
    sys.now = function()
      back = back + 3600
      return now() - back
    end
    local out = assert(one():run())
    assert(one():run())
    sys.now = now
    assert.are.equal(1, out.s.got)
    assert.are.equal(1, b.sandbox:accepted())
    local row = b:rows()[1]
    assert.is_true(row.seconds >= 0)
  end)

  it("waits out a service that is down, and goes on when it is not back", function()
    b.sandbox:fault { what = 503, match = { call = "submit" } }
    b.sandbox:fault { what = "refuse_before", match = { call = "result" } }
    local _, err = one():run()
    assert.are.equal("http", err.kind)
    b.sandbox:mend()
    b.sandbox:fault { what = "nginx_503", match = { call = "submit" }, times = 2 }
    assert(one():run())
    assert.are.equal(1, b.sandbox:accepted())
  end)
end)
