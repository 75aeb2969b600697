-- What holds for every command: help, wrong words, a full disk and a closed pipe
-- where the output goes, no key, a wrong key, no network, Ctrl-C; as exit
-- statuses of the real binary against a sandbox that counts.
local falua = require "support.falua"
local tree = require "support.tree"

local veo <const> = "fal-ai/veo3/fast"

-- How each command is called when all is well, and what it needs for that.
local calls <const> = {
  cancel = { veo, "ID", key = true },
  completion = { "bash" },
  cost = { veo, "duration=8" },
  doctor = {},
  download = { "URL", "-o", "saved", "--overwrite", network = true },
  history = { "list" },
  models = { "veo" },
  prompt = { "concept=a fox" },
  result = { veo, "ID", key = true },
  run = { "me/echo", "a=1", "--unchecked", key = true },
  schema = { veo },
  status = { veo, "ID", key = true },
  submit = { "me/echo", "a=1", "--unchecked", key = true },
  types = { veo },
  upload = { "boat.txt", key = true },
  workflow = { "plan", "flow.lua" },
}

-- It does not end, or is busy with the very thing that is taken away.
local apart <const> = { sandbox = true, doctor = true }

local at

before_each(function()
  at = falua.open { endpoints = { ["me/slow"] = falua.slow } }
  at:write("boat.txt", "a boat")
  at:write("flow.lua", ([[
    local wf = require "fal.workflow"("plan", { journal = "plan.journal" })
    wf:call("%s", { prompt = "x" })
    return wf]]):format(veo))
end)

after_each(function() at:close() end)

local function submitted(endpoint)
  return at:json("submit", endpoint, "prompt=x", "--unchecked", "--yes").request_id
end

-- The words of a command's call, with an id and a URL that are there.
local function words_of(command)
  local words = { command }
  for _, word in ipairs(calls[command]) do
    if word == "ID" and command == "cancel" then
      words[2], word = "me/slow", submitted "me/slow"
    elseif word == "ID" then
      word = submitted(veo)
      if command == "result" then at:run("result", "--wait", veo, word) end
    elseif word == "URL" then
      word = require("fal.sandbox.files").publish(at.sandbox, "one", "a.txt", "text/plain")
    end
    words[#words + 1] = word
  end
  return words
end

local function commands()
  local list = {}
  for _, path in ipairs(tree.files("lua/falua/commands", "lua")) do
    list[#list + 1] = path:match "commands/([%w_]+)%.lua$"
  end
  return list
end

local function each(needs, check)
  for _, command in ipairs(commands()) do
    if not apart[command] and (not needs or calls[command][needs]) then
      it("falua " .. command, function() check(command) end)
    end
  end
end

describe("every command is in the table above:", function()
  it("all of them", function()
    for _, command in ipairs(commands()) do
      assert.is_truthy(calls[command] or apart[command], command)
    end
  end)
end)

describe("--help goes well and says nothing else:", function()
  for _, command in ipairs(commands()) do
    it("falua " .. command, function()
      local result = at:run(command, "--help")
      assert.same({ 0, "" }, { result.status, result.err })
      assert.matches("^usage: falua " .. command .. " .*\n  %-%-help +show this help\n\nExamples:\n  ", result.out)
    end)
  end
end)

describe("an option that is not there is refused, and the right one named:", function()
  for _, command in ipairs(commands()) do
    it("falua " .. command, function()
      local result = at:run(command, "--hepl")
      assert.same({ 2, "" }, { result.status, result.out })
      assert.matches(("^falua %s: unknown option '%%-%%-hepl'; did you mean '%%-%%-help'%%?\nusage: falua %s ")
        :format(command, command), result.err)
    end)
  end
end)

describe("in a pipe there is output, and no word beside it:", function()
  each(nil, function(command)
    local result = at:run(words_of(command))
    assert.same({ 0, "" }, { result.status, result.err })
    assert.is_true(#result.out > 0)
  end)
end)

describe("output that cannot be written is a failure:", function()
  each(nil, function(command)
    local result = at:run_bash('"$@" >/dev/full', words_of(command))
    assert.matches("cannot write the output: No space left on device\n$", result.err)
    assert.equal(1, result.status)
  end)
end)

-- The C library forgets a text that is larger than its buffer once it could not
-- be written, and says nothing when it is flushed.
describe("nor does it go unseen when nothing of it is left in the buffer:", function()
  local function refused(...)
    local result = at:run_bash('timeout 20 "$@" >/dev/full', { ... })
    assert.matches("cannot write the output: No space left on device\n$", result.err)
    assert.equal(1, result.status)
  end

  before_each(function()
    at:write("long.txt", ("long "):rep(2000))
    at:write("endless.txt", ("{aaaaaaaa|bbbbbbbb}"):rep(60))
  end)

  it("falua run --help", function() refused("run", "--help") end)
  it("falua prompt", function() refused("prompt", "concept=" .. ("long "):rep(2000)) end)
  it("falua prompt --template", function() refused("prompt", "--template", "long.txt") end)
  it("falua prompt --template --all, which ends then", function()
    refused("prompt", "--template", "endless.txt", "--all")
  end)
end)

describe("a reader that has gone is no error:", function()
  each(nil, function(command)
    local result = at:run_bash('exec 3> >(exec true); wait $!; "$@" >&3', words_of(command))
    assert.same({ 141, "" }, { result.status, result.err })
  end)
end)

describe("without a key, or with a wrong one, the status is 3 and nothing is sent:", function()
  each("key", function(command)
    local words = words_of(command)
    local before = at.sandbox:accepted()
    for _, key in ipairs { "", "wrong:key" } do
      words.env = { FAL_KEY = key }
      local result = at:run(table.move(words, 1, #words, 1, { env = words.env }))
      assert.same({ 3, "" }, { result.status, result.out })
      assert.matches(key == "" and "no key: set FAL_KEY" or "HTTP 401", result.err)
    end
    assert.equal(before, at.sandbox:accepted())
  end)
end)

describe("without a network the status is 1, and the message says so:", function()
  local away = { LUA_INIT = "require('fal').config { retries = 0 }" }
  for _, name in ipairs { "run", "queue", "rest", "cdn", "api", "site" } do
    away[("FAL_%s_URL"):format(name:upper())] = "http://127.0.0.1:1"
  end
  local function check(command)
    local words = words_of(command)
    if command == "download" then words[2] = "http://127.0.0.1:1/a.txt" end
    words.env = away
    local before = at.sandbox:accepted()
    local result = at:run(words)
    assert.same({ 1, "" }, { result.status, result.out })
    assert.matches("network: .*Failed to connect to 127%.0%.0%.1 port 1", result.err)
    assert.equal(before, at.sandbox:accepted())
  end
  each("key", check)
  each("network", check)

  for _, command in ipairs { "completion", "cost", "history", "models", "prompt", "schema", "types", "workflow" } do
    it("but falua " .. command .. " does not need it", function()
      local words = words_of(command)
      words.env = away
      local result = at:run(words)
      assert.equal(0, result.status, result.err)
    end)
  end
end)

describe("Ctrl-C ends with 130 what waits:", function()
  local function interrupted(call, words, env)
    at.sandbox:fault { what = "hang", match = { call = call } }
    local before = #at.sandbox:requests(call)
    local child <close> = at:start { env = env, table.unpack(words) }
    assert.is_true(child:until_true(function() return #at.sandbox:requests(call) > before end))
    child:kill "INT"
    local result = assert(child:wait(), "still running")
    assert.same({ 130, "" }, { result.status, result.out })
    return result.err
  end

  for command, call in pairs { cancel = "cancel", result = "result", status = "status", submit = "submit",
    run = "submit", upload = "initiate" } do
    it("falua " .. command, function() interrupted(call, words_of(command)) end)
  end

  it("falua result --wait, which names the request", function()
    local id = submitted "me/slow"
    local err = interrupted("status_stream", { "result", "--wait", "me/slow", id })
    assert.equal(id, err:match "request (%S+) goes on at the service; pick it up with\n  falua result ")
  end)

  it("falua history resume", function()
    local env = { FAL_HISTORY = "on" }
    at:run { "submit", "me/slow", "--unchecked", env = env }
    interrupted("status_stream", { "history", "resume" }, env)
    assert.equal(1, at.sandbox:accepted())
  end)
end)
