-- The official JavaScript client, unmodified, against the sandbox of this
-- process: what it can do, it can do here, and what it is told when it cannot.
local json = require "fal.core.json"
local process = require "support.process"

local sandbox

local endpoints = {
  ["owner/echo"] = function(input, job)
    job:log "began"
    job:log "ended"
    return { echo = input }
  end,
  ["owner/parts"] = function(input, job)
    local words = {}
    for word in input.prompt:gmatch "%S+" do
      words[#words + 1] = word
      job:send { text = table.concat(words, " ") }
    end
    return { text = table.concat(words, " "), done = true }
  end,
  ["owner/slow"] = function()
    require("fal.task").sleep(60)
    return {}
  end,
  ["owner/strict"] = function(_, job)
    job:fail(422, { detail = { { loc = { "body", "size" }, msg = "not a size", type = "enum", input = "huge" } } })
  end,
}

before_each(function()
  sandbox = assert(require("fal.sandbox").start { queue_time = 0.1, run_time = 0.1, endpoints = endpoints })
end)

after_each(function() sandbox:stop() end)

-- What the client makes of a scenario of client.mjs.
local function play(scenario, key)
  local config = sandbox.config
  local client <close> = process.start {
    "node", "--no-warnings", "spec/official/client.mjs", scenario, key or config.key,
    env = { FAL_RUN_URL = config.run_url, FAL_QUEUE_URL = config.queue_url, FAL_REST_URL = config.rest_url },
  }
  local done = assert(client:wait(30), "the client hangs")
  assert.equal("", done.err)
  assert.equal(0, done.status)
  return assert(json.decode(done.out))
end

local function check_followed(seen)
  assert.same({ echo = { prompt = "a boat", numbers = { 1, 2.5, 12345678901 } } }, seen.data)
  assert.is_true(seen.same_id)
  assert.equal("COMPLETED", seen.statuses[#seen.statuses])
  assert.is_true(#seen.statuses > 1)
  assert.same({ "began", "ended" }, seen.logs)
  assert.equal(1, sandbox:accepted())
end

describe("the official client", function()
  it("subscribes by polling", function()
    check_followed(play "poll")
    assert.is_true(#sandbox:requests "status" > 1)
    assert.equal(0, #sandbox:requests "status_stream")
  end)

  it("subscribes by the status stream", function()
    check_followed(play "stream_status")
    assert.equal(1, #sandbox:requests "status_stream")
  end)

  it("runs", function()
    assert.same({ data = { echo = { prompt = "a boat" } }, id = true }, play "run")
  end)

  it("streams", function()
    local seen = play "stream"
    assert.same({ { text = "a" }, { text = "a b" }, { text = "a b c" }, { text = "a b c", done = true } }, seen.events)
    assert.same({ text = "a b c", done = true }, seen.last)
  end)

  it("cancels, once", function()
    local seen = play "cancel"
    assert.matches("^IN_", seen.before)
    assert.equal("ApiError", seen.after.name)
    assert.equal(400, seen.after.status)
    assert.same({ status = "ALREADY_COMPLETED" }, seen.after.body)
  end)

  local function stored(url) return assert(require("fal.sandbox.files").at(sandbox, url), url) end

  it("uploads", function()
    local file = stored(play "upload")
    assert.same({ "a picture", "image/png" }, { file.data, file.type })
    assert.matches("_boat%.png$", file.url)
    assert.truthy(file.expires)
  end)

  it("uploads in parts", function()
    local file = stored(play "upload_parts")
    assert.equal(100 << 20, file.size)
    assert.equal(10 + 1, #sandbox:requests "part")
    while file.joining do require("fal.task").sleep(0.001) end -- as who reads it would wait
    local disk <close> = assert(io.open(file.path, "rb"))
    for letter in ("abcdefghij"):gmatch "." do assert.is_true(disk:read(10 << 20) == letter:rep(10 << 20)) end
  end)

  it("uploads what is in an input", function()
    local seen = play "upload_input"
    assert.equal("a picture", stored(seen.echo.image_url).data)
    assert.equal("a boat", seen.echo.prompt)
  end)

  it("is refused with a wrong key", function()
    local seen = play("refused", "someone:else")
    assert.equal(401, seen.status)
    assert.is_string(seen.body.detail)
    assert.equal(0, sandbox:accepted())
  end)

  it("is told that a request is unknown", function()
    local seen = play "unknown"
    assert.equal(404, seen.status)
    assert.same({ status = "NOT_FOUND" }, seen.body)
  end)

  it("reads the fields at fault, at once and later", function()
    for _, scenario in ipairs { "invalid", "invalid_later" } do
      local seen = play(scenario)
      assert.equal("ValidationError", seen.name)
      assert.equal(422, seen.status)
      assert.same({ "body", "size" }, seen.fields[1].loc)
      assert.equal("not a size", seen.fields[1].msg)
      assert.is_true(seen.id)
    end
  end)
end)
