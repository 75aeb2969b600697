-- Recording the service and playing it back. The service is another sandbox.
local file = require "support.file"
local process = require "support.process"
local service = require "support.service"

describe("a recording", function()
  local folder, path, fal, sandbox

  before_each(function()
    folder, fal, sandbox = process.temporary(), require "fal", require "fal.sandbox"
    path = folder.path .. "/tape"
  end)

  after_each(function() folder:remove() end)

  local function recording(real, changes)
    local upstream = { retries = 0 }
    for name, value in pairs(real.config) do upstream[name] = value end
    for name, value in pairs(changes or {}) do upstream[name] = value end
    return assert(sandbox.start { record = path, service = upstream })
  end

  -- What a program does, and what it sees.
  local function visit(client, log)
    local logged = {}
    local out, req = assert(client.subscribe("fal-ai/veo3/fast", { prompt = "a boat", aspect_ratio = "9:16" }, {
      mode = "poll", interval = 0.01, logs = true,
      on_update = function(status) logged[#logged + 1] = status.status end,
    }))
    log.units, log.id, log.last = req.billable_units, req.id, logged[#logged]
    log.film = client.core_http(out.video.url)
    log.run = assert(client.run("acme/echo", { b = 1, a = { 2, 3 } }, { validate = false })).a[2]
    assert.is_string(assert(client.run("acme/leaky", {})).said)
    log.events = {}
    for event in assert(client.stream("acme/echo", { n = 1 })) do table.insert(log.events, event.n or "progress") end
    log.uploaded = client.core_http(assert(client.upload(fal.file { data = "bytes \0\xff", name = "x.bin" })))
    log.refused = select(2, client.run("fal-ai/veo3/fast", { prompt = 5 }, { validate = false })).status
    return log
  end

  local function client_of(of)
    local client = service.client(of)
    function client.core_http(url)
      assert.equal(of.url, url:sub(1, #of.url))
      return assert(client.http { url = url }).body
    end
    return client
  end

  it("plays what the service said, and has the key nowhere", function()
    local real <close> = service.start { key = "canary-id:canary-secret", run_time = 0.05, endpoints = {
      ["acme/leaky"] = function(_, job) return { said = job.headers.authorization } end,
    } }
    local recorder <close> = recording(real)
    local first = visit(client_of(recorder), {})
    recorder:stop()
    assert.equal(5, real:accepted())
    assert.is_nil(file.read(path):find("canary", 1, true))
    assert.is_nil(file.read(path):find(real.url, 1, true))
    real:stop()
    local player <close> = assert(sandbox.start { replay = path })
    assert.same(first, visit(client_of(player), {}))
    assert.equal("bytes \0\xff", first.uploaded)
    assert.equal("COMPLETED", first.last)
    assert.matches("ftyp", first.film)
    assert.same({}, player.troubles)
  end)

  it("does not answer what was never asked", function()
    local real <close> = service.start()
    local recorder <close> = recording(real)
    assert(client_of(recorder).run("acme/echo", { n = 1 }))
    recorder:stop()
    local player <close> = assert(sandbox.start { replay = path })
    local client = client_of(player)
    assert.equal(1, assert(client.run("acme/echo", { n = 1 })).n)
    local _, err = client.run("acme/echo", { n = 2 })
    assert.equal(404, err.status)
    assert.matches("not in the recording", err.message)
    _, err = service.client(player, { key = "wrong:key" }).run("acme/echo", { n = 1 })
    assert.equal(401, err.status)
  end)

  it("is spoilt by faults like any answer", function()
    local real <close> = service.start()
    local recorder <close> = recording(real)
    assert(client_of(recorder).run("acme/echo", { n = 1 }))
    recorder:stop()
    local player <close> = assert(sandbox.start { replay = path, faults = { { what = "lose_answer", times = 1 } } })
    local client = client_of(player)
    local _, err = client.run("acme/echo", { n = 1 })
    assert.equal("unconfirmed", err.kind)
    assert.equal(1, assert(client.run("acme/echo", { n = 1 })).n)
  end)

  it("knows a request whatever the order of its fields", function()
    local real <close> = service.start()
    local recorder <close> = recording(real)
    local function post(to, body)
      return assert(fal.new(to.config).http { method = "POST", url = to.config.run_url .. "/acme/echo", body = body,
        headers = { ["content-type"] = "application/json" } }).status
    end
    local up, down = {}, {}
    for i = 1, 20 do up[i], down[21 - i] = ('"k%d":%d'):format(i, i), ('"k%d": %d'):format(i, i) end
    local fields = '{"a":[1,null,"%s"],"b":18446744073709551615,%s}'
    assert.equal(200, post(recorder, fields:format("ü", table.concat(up, ","))))
    recorder:stop()
    local player <close> = assert(sandbox.start { replay = path })
    assert.equal(200, post(player, fields:format("\\u00fc", table.concat(down, ","))))
    assert.equal(404, post(player, fields:format("u", table.concat(up, ","))))
  end)

  it("sends what is paid for once, and is as much in doubt as the service leaves it", function()
    local real <close> = service.start { faults = { { what = "lose_answer", match = { call = "submit" } } } }
    local recorder <close> = recording(real)
    local client = client_of(recorder)
    assert(client.run("acme/echo", {})) -- leaves a connection that libcurl would use to send again
    local taped = file.read(path)
    local _, err = client.submit("acme/echo", {})
    assert.equal("unconfirmed", err.kind)
    assert.equal(2, real:accepted())
    real:stop()
    _, err = client.submit("acme/echo", {})
    assert.same({ "http", "no" }, { err.kind, err.billed })
    assert.equal(taped, file.read(path))
  end)

  it("is never overwritten, and must be one", function()
    file.write(path, "something\n")
    local started, err = sandbox.start { record = path }
    assert.is_nil(started)
    assert.same({ "io", "no" }, { err.kind, err.billed })
    assert.matches("there is a recording already", err.message)
    started, err = sandbox.start { replay = path }
    assert.is_nil(started)
    assert.matches("line 1 is not of a recording", err.message)
    assert.is_nil(sandbox.start { replay = folder.path .. "/none" })
    local ok, message = pcall(function() sandbox.start { record = path, replay = path } end)
    assert.is_false(ok)
    assert.matches("mirror_spec.lua:%d+: options 'record' and 'replay' exclude each other$", message)
  end)
end)
