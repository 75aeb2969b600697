-- What is sent from the prompt, against a sandbox that counts: asked about when
-- it is dear, told while it is waited for, kept when the terminal goes.
local falua = require "support.falua"
local json = require "fal.core.json"
local service = require "support.service"
local typing = require "support.typing"

local veo <const> = "fal-ai/veo3/fast"

local at, released

-- The prompt in the folder of `at`; not with the sandbox's own key, so that it
-- is money as far as falua can tell, unless told so.
local function prompt(env) return typing.open { folder = at.folder, env = at:environment(env) } end

before_each(function()
  released = false
  at = falua.open { key = "other:secret", endpoints = {
    ["me/held"] = function(input)
      service.until_true(function() return released end)
      return { done = input.n }
    end,
  } }
end)

after_each(function() at:close() end)

describe("a dear call at the prompt", function()
  local call <const> = ("fal.submit('%s', { prompt = 'x' })\n"):format(veo)

  it("is sent once when the answer is yes, and not at all otherwise", function()
    local s <close> = prompt()
    for _, answer in ipairs { "n\n", "\n", "no\n", "y = 3\n", "yesterday\n" } do
      s:type(call)
      s:type(answer, "it costs up to %$3%.20%. Send it%? %[y/N%] $")
      s:expect "budget: not sent"
    end
    assert.equal(0, at.sandbox:accepted())
    s:type(call)
    s:type("y\n", "Send it%? %[y/N%] $")
    s:expect("\n" .. veo:gsub("%-", "%%-") .. "#[%x-]+\n%-%- _1\n")
    assert.equal(1, at.sandbox:accepted())
    s:type ".cost\n"
    s:expect "this session: 1 call, %$3%.20 by the list prices\n"
    s:finish()
  end)

  it("is not sent when the question is answered with Ctrl-C", function()
    local s <close> = prompt()
    s:type(call)
    s:type("\3", "Send it%? %[y/N%] $")
    s:expect "interrupted!"
    s:type "print('still ' .. 'here')\n"
    s:expect "\nstill here\n"
    s:finish()
    assert.equal(0, at.sandbox:accepted())
  end)

  it("is asked about for other clients, too", function()
    local s <close> = prompt()
    s:type "c = fal.new { key = 'other:secret' }\n"
    s:type((call:gsub("^fal", "c")))
    s:type("n\n", "it costs up to %$3%.20%. Send it%? %[y/N%] $")
    s:type((call:gsub("^fal.submit", "c.subscribe")))
    s:type("n\n", "it costs up to %$3%.20%. Send it%? %[y/N%] $")
    s:finish()
    assert.equal(0, at.sandbox:accepted())
  end)

  it("is sent without a question below the limit, which can be raised", function()
    local s <close> = prompt()
    s:type ".ask_above 3.2\n"
    s:expect "more than %$3%.20, and of unknown price, are asked about\n"
    s:type(call)
    s:expect "#[%x-]+\n%-%- _1\n"
    s:type ".ask_above never\n"
    s:expect "calls are sent without asking\n"
    s:type ".ask_above much\n"
    s:expect "an amount is missing"
    s:finish()
    assert.equal(1, at.sandbox:accepted())
  end)

  it("is refused in a task, when nobody can be asked", function()
    local s <close> = prompt()
    s:type(("t = fal.async(function() return fal.submit('%s', { prompt = 'x' }) end)\n"):format(veo))
    s:expect "task 1 is done: nil\tbudget: it costs up to %$3%.20, and nobody can be asked now"
    s:finish()
    assert.equal(0, at.sandbox:accepted())
  end)
end)

-- A prompt that asks about nothing: nobody knows what the models of `me` cost.
local function trusting(env)
  local s = prompt(env)
  s:type ".ask_above never\n"
  s:expect "without asking\n"
  return s
end

describe("a call of unknown price at the prompt", function()
  it("is asked about, and sent when the answer is yes", function()
    released = true
    local s <close> = prompt()
    s:type "fal.submit('me/held', { n = 1 })\n"
    s:type("n\n", "nobody knows the price%. Send it%? %[y/N%] $")
    s:expect "budget: not sent"
    assert.equal(0, at.sandbox:accepted())
    s:type "fal.submit('me/held', { n = 1 })\n"
    s:type("yes\n", "Send it%? %[y/N%] $")
    s:expect "\nme/held#[%x-]+\n"
    s:type "t = fal.async(function() return fal.submit('me/held', { n = 2 }) end)\n"
    s:expect "task 1 is done: nil\tbudget: nobody knows the price, and nobody can be asked now"
    s:finish()
    assert.equal(1, at.sandbox:accepted())
  end)

  it("says which model may have been meant", function()
    local s <close> = prompt()
    s:type "fal.submit('fal-ai/veo3/fats', { prompt = 'x' })\n"
    s:type("n\n", "price: unknown; did you mean fal%-ai/veo3/fast%?\n.*%[y/N%] $")
    s:expect "budget: not sent"
    s:finish()
  end)

  it("is not asked about without a key, when it is not sent anyway", function()
    local s <close> = prompt { FAL_KEY = "" }
    s:type "fal.submit('me/held', { n = 1 })\n"
    s:expect "config: no key: "
    assert.is_nil(s:finish().out:find("price", 1, true))
  end)
end)

describe("a wait at the prompt", function()
  it("says the request and how far it is", function()
    local s <close> = trusting()
    s:type "fal.subscribe('me/held', { n = 7 })\n"
    s:expect "\nrequest me/held#[%x-]+\n"
    s:expect "in progress\n"
    released = true
    s:expect "{ done = 7 }\tme/held#[%x-]+\n%-%- _1, _2\n"
    s:finish()
  end)

  it("for a request that was kept says so, too", function()
    local s <close> = trusting()
    s:type "r = fal.submit('me/held', { n = 7 })\n"
    s:type "r:wait()\n"
    s:expect "in progress\n"
    released = true
    s:expect "{ done = 7 }"
    s:finish()
  end)

  it("says each change once, and the log lines that were asked for", function()
    local heard = 0
    at.sandbox:endpoint("me/talks", function(_, job)
      for i = 1, 3 do
        job:log(("line %d\27[2J"):format(i))
        service.until_true(function() return heard == i end)
      end
      return { ok = true }
    end)
    local s <close> = trusting()
    s:type "fal.subscribe('me/talks', {}, { logs = true })\n"
    s:expect "in progress\n"
    for i = 1, 3 do
      s:expect(("^line %d[^\n\27]*\n"):format(i))
      heard = i
    end
    s:expect "{ ok = true }"
    local _, count = s:finish().out:gsub("in progress\r?\n", "")
    assert.equal(1, count)
  end)

  it("is silent in a task, and where the caller looks itself", function()
    released = true
    local s <close> = trusting()
    s:type "fal.subscribe('me/held', { n = 7 }, { on_update = function() end })\n"
    s:expect "%-%- _1, _2\n"
    s:type "t = fal.async(fal.subscribe, 'me/held', { n = 8 })\n"
    s:expect "task 1 is done: { done = 8 }"
    s:type "r = fal.submit('me/held', { n = 9 })\n"
    s:type "t = fal.async(function() return r:wait() end)\n"
    s:expect "task 2 is done: { done = 9 }"
    assert.is_nil(s.child:out():match("r:wait.*"):find "in progress")
    local result = s:finish()
    assert.is_nil(result.out:find("request me/held", 1, true))
    assert.equal(3, at.sandbox:accepted())
  end)

  it("names the request on Ctrl-C without a traceback of the library", function()
    local s <close> = trusting()
    s:type "fal.subscribe('me/held', { n = 7 })\n"
    s:type("\3", "in progress\n")
    s:expect "interrupted!\nrequest [%x-]+ goes on at the service; go on with it by\n"
    s:expect '  fal%.request%("me/held", "[%x-]+"%):wait%(%)\n'
    released = true
    s:finish()
    assert.equal(0, #at.sandbox:requests "cancel")
  end)

  it("that the terminal took along is in the history, and can be resumed", function()
    local s <close> = trusting { FAL_HISTORY = "on" }
    local pid = s:pid()
    s:type "fal.subscribe('me/held', { n = 7 })\n"
    s:expect "in progress\n"
    s:hang_up(pid)
    released = true
    local resumed = at:run { "history", "resume", env = { FAL_HISTORY = "on" } }
    assert.equal(0, resumed.status, resumed.err)
    assert.same({ "done", 1 }, { json.decode(resumed.out)[1].state, at.sandbox:accepted() })
    local shown = at:run { "history", "show", "1", env = { FAL_HISTORY = "on" } }
    assert.equal(7, json.decode(shown.out).output.done)
  end)
end)
