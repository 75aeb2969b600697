-- The file of the history: what is in it and what is not, who can read it, who
-- may write it at once, and how things are found again.
local process = require "support.process"
local recorded = require "support.recorded"
local service = require "support.service"

describe("the history's file", function()
  local at, history, search

  before_each(function()
    at, history, search = recorded.open(), require "fal.history", require "fal.history.search"
  end)

  after_each(function() at:close() end)

  it("never has the key in it, and is its owner's alone", function()
    local sandbox <close> = service.start { key = "canary:s3cr3tcanary" }
    local client = at:client(sandbox)
    assert(client.subscribe("acme/echo", { prompt = "x" }, { headers = { Authorization2 = "x" } }))
    assert(client.run("acme/echo", { prompt = "x" }))
    client.config { key = "canary2:s3cr3tcanary" }
    assert.is_nil(client.submit("acme/echo", { prompt = "x" }))
    local bytes = at:bytes()
    assert.truthy(bytes:find("acme/echo", 1, true))
    assert.is_nil(bytes:find("s3cr3tcanary", 1, true))
    local pipe <close> = io.popen(("stat -c '%%a %%n' %s*"):format(process.quote(at.path)))
    for _, name in ipairs { at.path, at.path .. "-shm", at.path .. "-wal" } do
      assert.equal("600 " .. name, pipe:read "l")
    end
  end)

  it("keeps prompts out when told to", function()
    local sandbox <close> = service.start()
    local client = at:client(sandbox, { history = "private:" .. at.path, validate = false })
    assert(client.subscribe("fal-ai/veo3/fast", { prompt = "canaryprompt" }))
    assert.is_nil(client.subscribe("fal-ai/veo3/fast", { prompt = "canaryprompt", duration = "canaryprompt" }))
    assert.is_nil(at:bytes():find("canaryprompt", 1, true))
    local row = at:row(client, "1")
    assert.same({ "done", 1 }, { row.state, #row.files })
    assert.equal("failed", at:rows(client)[1].state)
  end)

  it("cuts long strings short", function()
    local sandbox <close> = service.start()
    local client = at:client(sandbox)
    assert(client.run("acme/echo", { picture = "data:image/png;base64," .. ("A"):rep(2000000), words = "kept" }))
    local row = at:row(client, "1")
    assert.is_true(#row.input < 1000 and #row.output < 1000)
    assert.matches('"data:image/png;base64,A+%.%.%. %(2%.0 MB%)"', row.input)
    assert.matches('"words":"kept"', row.input)
  end)

  it("has the URLs of files, and no files that are data", function()
    local sandbox <close> = service.start()
    local client = at:client(sandbox)
    assert(client.run("acme/echo", { { url = "data:image/png;base64,AAAA" }, { url = "https://x/y.png" } }))
    assert.same({ { url = "https://x/y.png" } }, at:row(client, "1").files)
  end)

  it("is searched in inputs, outputs, ids and files, whatever the words hold", function()
    local function say() return { said = "Underwater" } end
    local sandbox <close> = service.start { endpoints = { ["acme/say"] = say } }
    local client = at:client(sandbox)
    assert(client.run("acme/say", { prompt = 'the "old" 100% tower/wall' }))
    assert(client.run("acme/say", { prompt = "a_b" }))
    local book = history.open(client)
    local function found(...) return #assert(search.latest(book, 10, { ... })) end
    assert.equal(1, found('"old"'))
    assert.equal(1, found("TOWER/wall", "underwater"))
    assert.equal(1, found "100%")
    assert.equal(0, found "o%r")
    assert.equal(1, found "a_b")
    assert.equal(0, found "t_w")
    assert.equal(2, found "acme/say")
    assert.equal(0, found("tower", "nowhere"))
  end)

  it("adds up by day and by model", function()
    local sandbox <close> = service.start()
    local client = at:client(sandbox)
    assert(client.subscribe("fal-ai/veo3/fast", { prompt = "a fox", duration = "8s" }))
    assert(client.submit("fal-ai/veo3/fast", { prompt = "a fox", duration = "8s" }))
    assert(client.run("acme/echo", {}))
    local rows = assert(search.cost(history.open(client), "model"))
    assert.equal("acme/echo", rows[1].name)
    assert.equal(1, rows[1].unknown)
    assert.same({ 2, 0 }, { rows[2].calls, rows[2].unknown })
    assert.is_true(rows[2].paid > 0)
    assert.equal(2 * rows[2].paid, rows[2].at_most)
    assert.equal(os.date "%Y-%m-%d", search.cost(history.open(client), "day")[1].name)
  end)

  it("is off unless asked for, and named in several ways", function()
    local place = require "fal.history.place"
    for _, value in ipairs { "off", "false", "no", "0", "" } do assert.is_nil(place.of(value)) end
    assert.is_nil(place.of(nil))
    assert.is_nil(place.of(false))
    assert.same({ path = place.default(), private = false }, place.of "on")
    assert.same({ path = place.default(), private = true }, place.of "private")
    assert.same({ path = "/a/b", private = true }, place.of "private:/a/b")
    assert.same({ path = "./off", private = false }, place.of "./off")
    assert.matches("/fal/history%.db$", place.default())
  end)

  it("has no place without a home, and then sends nothing", function()
    local code <const> = [[
      local fal = require "fal"
      fal.config { key = "a:b", history = "on", queue_url = "http://127.0.0.1:9" }
      print(fal.submit("me/echo", {}))
    ]]
    local command = { "env", "-u", "HOME", "-u", "XDG_DATA_HOME", process.lua, "-e", code, cwd = at.folder.path }
    local result = process.run(command)
    assert.matches("^nil\tio: .*nothing was sent: it has no place, since neither HOME nor XDG_DATA_HOME is set",
      result.out)
    assert.is_nil(require("fal.core.sys").stat(at.folder.path .. "/.local"))
  end)

  it("refuses files that are no history", function()
    local sandbox <close> = service.start()
    local made = assert(require("fal.core.store").open(at.folder.path .. "/other.db"))
    assert(made:exec "PRAGMA user_version = 1; PRAGMA application_id = 7")
    made:close()
    local _, err = at:client(sandbox, { history = at.folder.path .. "/other.db" }).submit("acme/echo", {})
    assert.matches("not a history", tostring(err))
    assert.equal(0, sandbox:accepted())
  end)

  it("takes several processes that begin at once", function()
    local sandbox <close> = service.start()
    local script = [[
      local fal = require "fal"
      for i = 1, 10 do assert(fal.subscribe("acme/echo", { n = i })) end]]
    local env = { FAL_HISTORY = at.path }
    for name, value in pairs(sandbox.config) do
      if name ~= "history" then env["FAL_" .. name:upper()] = value end
    end
    local children = {}
    for i = 1, 12 do children[i] = process.start { "lua", "-e", script, env = env } end
    for _, child in ipairs(children) do
      local ended <close> = child
      local result = assert(ended:wait(60), "still running")
      assert.same({ 0, "" }, { result.status, result.err })
    end
    local rows = at:rows(at:client(sandbox))
    assert.equal(100, #rows) -- of 120
    for _, row in ipairs(rows) do assert.equal("done", row.state) end
    assert.equal(120, sandbox:accepted())
    assert.equal(120, search.cost(history.open(at:client(sandbox)), "model")[1].calls)
  end)

  -- Lets a process submit to a server that does not answer, and ends it by `finish(child)`.
  local function die_of_it(script, finish)
    local server <close> = assert(require("fal.core.server").listen { port = 0 })
    local child <close> = process.start { "lua", "-e", script, env = {
      FAL_HISTORY = at.path, FAL_KEY = "a:b", FAL_QUEUE_URL = ("http://127.0.0.1:%d"):format(server:port()),
    } }
    local request
    service.until_true(function()
      request = server:next()
      return request
    end)
    finish(child)
    assert(child:wait())
    request:abort "close"
    local book = assert(history.open(require("fal").new { history = at.path }))
    local row = search.one(book, "1")
    assert.same({ "sending", '{"a":1}' }, { row.state, row.input })
    assert(book.db:run "UPDATE calls SET at = at - 121")
    assert.equal("unconfirmed", search.one(book, "1").state)
    assert.equal("unconfirmed", search.latest(book, 1)[1].state)
    assert.equal(1, #search.in_state(book, "unconfirmed"))
  end

  it("has what was sent when the process died of it", function()
    die_of_it([[require("fal").submit("acme/echo", { a = 1 })]], function(child) child:kill "KILL" end)
  end)

  it("has what was sent when the program left by os.exit", function()
    die_of_it([[
      local fal = require "fal"
      fal.async(fal.submit, "acme/echo", { a = 1 })
      repeat fal.sleep(0.01) until io.open(os.getenv "FAL_HISTORY" .. ".leave")
      os.exit(0)]], function() assert(io.open(at.path .. ".leave", "w")):close() end)
  end)

  it("is not there unless asked for", function()
    local sandbox <close> = service.start()
    local client = service.client(sandbox)
    assert(client.subscribe("acme/echo", {}))
    assert.is_nil(history.open(client))
    assert.is_nil((io.open(at.path)))
  end)
end)
