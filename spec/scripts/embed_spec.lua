-- The app of scripts/embed, started for real and asked over HTTP while jobs
-- run: its loop must answer others meanwhile, and each request is one job.
local process = require "support.process"
local service = require "support.service"

local veo <const> = "fal-ai/veo3/fast"

describe("the app that fal was added to", function()
  local fal, sandbox, app, url, released

  -- A job ends when the case lets it.
  local function make(input, job)
    service.until_true(function() return released end)
    if input.prompt == "bad" then job:fail(422, "that is no fox") end
    return { video = { url = "http://127.0.0.1/" .. input.prompt } }
  end

  local function start(env)
    for name, value in pairs(sandbox.config) do
      if not env["FAL_" .. name:upper()] then env["FAL_" .. name:upper()] = value end
    end
    app = process.start { "lua", process.root .. "/scripts/embed/app.lua", "0", env = env }
    url = app:expect "listening on (%S+)\n"
    assert(url, app:err())
  end

  before_each(function()
    fal, released = require "fal", false
    sandbox = service.start { endpoints = { [veo] = make } }
  end)

  after_each(function()
    local _ <close> = app
    sandbox:stop()
  end)

  local function ask(method, path, body)
    local answer = assert(fal.http { url = url .. path, method = method, body = body, anonymous = true })
    return answer.status, answer.body
  end

  local function ask_for(...)
    local tasks = {}
    for i, prompt in ipairs { ... } do tasks[i] = fal.async(ask, "POST", "/videos", prompt) end
    service.until_true(function() return sandbox:accepted() == #tasks end)
    return tasks
  end

  it("answers others while jobs run, and each request is one job", function()
    start {}
    local tasks = ask_for("a", "b", "c", "d", "e")
    for _ = 1, 3 do assert.same({ 200, "5 under way\n" }, { ask("GET", "/") }) end
    released = true
    for i, name in ipairs { "a", "b", "c", "d", "e" } do
      assert.same({ 200, ("http://127.0.0.1/%s\n"):format(name) }, { tasks[i]:await() })
    end
    assert.same({ 200, "0 under way\n" }, { ask("GET", "/") })
    assert.equal(5, sandbox:accepted())
    assert.equal("", app:err())
  end)

  it("passes on what the model refuses, and goes on", function()
    start {}
    released = true
    local status, text = ask("POST", "/videos", "bad")
    assert.equal(422, status)
    assert.matches("that is no fox", text)
    assert.equal(400, (ask("POST", "/videos", "")))
    assert.equal(200, (ask("POST", "/videos", "good")))
    assert.equal(2, sandbox:accepted())
  end)

  it("goes on when somebody does not wait for the answer", function()
    start {}
    local left <close> = process.start { "curl", "-s", "-d", "a", url .. "/videos" }
    service.until_true(function() return sandbox:accepted() == 1 end)
    left:kill "KILL"
    assert(left:wait())
    released = true
    service.until_true(function() return select(2, ask("GET", "/")) == "0 under way\n" end)
    assert.equal(200, (ask("POST", "/videos", "b")))
    assert.equal(2, sandbox:accepted())
  end)

  it("says when it has no key, and sends nothing", function()
    start { FAL_KEY = "" }
    local status, text = ask("POST", "/videos", "a")
    assert.equal(502, status)
    assert.matches("no key", text)
    assert.equal(0, sandbox:accepted())
  end)
end)
