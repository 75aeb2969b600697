-- The prompt of falua as people have it: typed at in a terminal, against the
-- sandbox.
local process = require "support.process"
local tree = require "support.tree"
local typing = require "support.typing"

local function at_the_prompt(act) return typing.at_the_prompt(act, "--sandbox") end

describe("results", function()
  it("are shown without return, tables in order, and have names", at_the_prompt(function(s)
    s:type "{ b = 1, a = { fal.null, fal.array {} } }\n"
    s:expect "\n{ a = { fal%.null, fal%.array {} }, b = 1 }\n%-%- _1\n"
    s:type "_1.b + 1\n"
    s:expect "\n2\n"
    s:type "_ * 10\n"
    s:expect "\n20\n"
  end))

  it("are let go after fifty more", at_the_prompt(function(s)
    s:type "{ 'first' }\n"
    s:type "for i = 1, 49 do require('falua.repl.record').results(false, {}) end\n"
    s:type "_1[1], _50 ~= nil\n"
    s:expect "\nfirst\ttrue\n"
    s:type "{}\n"
    s:expect "%-%- _51\n"
    s:type "_1\n"
    s:expect "\nnil\n"
  end))

  it("of a model are kept with their request", at_the_prompt(function(s)
    s:type "fal.subscribe('fal-ai/veo3/fast', { prompt = 'x' })\n"
    s:expect "price: [^\n]*%$3%.20[^\n]*\n"
    s:expect "video = {.*content_type = \"video/mp4\".*fal%-ai/veo3/fast#[%x-]+\n%-%- _1, _2\n"
    s:type "_2.id == _2.id:match '^[%x-]+$'\n"
    s:expect "\ntrue\n"
  end))

  it("are bounded in length, depth and width", at_the_prompt(function(s)
    s:type "('x'):rep(1 << 20)\n"
    s:expect "\nx+%.%.%. %(1%.0 MB%)\n"
    assert.is_true(#s.child:out() < 20000)
    s:type "t = {} for i = 1, 1e5 do t[i] = { i } end\n"
    s:type "t\n"
    s:expect "%.%.%. 99960 more\n}\n"
    s:type "{ u = 'data:image/png;base64,' .. ('A'):rep(5000) }\n"
    s:expect 'u = "data:image/png;base64,A+%.%.%." %(5.0 kB%)'
    s:type "{ a = { a = { a = { a = { a = { a = { a = 1 } } } } } } }\n"
    s:expect "a = {%.%.%.}"
  end))

  it("that are errors stand on their line", at_the_prompt(function(s)
    s:type "fal.run('fal-ai/veo3', { prompt = 5 })\n"
    s:expect "\nnil\n?\t?validation: [^\n]+\n"
  end))
end)

describe("what is typed", function()
  it("may take several lines, an expression too", at_the_prompt(function(s)
    s:type "{\n"
    s:type("  1,\n", ">> $")
    s:type("}\n", ">> $")
    s:expect "\n{ 1 }\n%-%- _1\n"
  end))

  it("is where a mistake is said to be", at_the_prompt(function(s)
    s:type "fal.config { ky = 1 }\n"
    s:expect "\nstdin:1: unknown option 'ky' for 'config'; did you mean 'key'%?\n"
  end))

  -- Ctrl-C may come while the prompt itself says how far a wait is.
  it("has no traceback of the library or of the prompt", at_the_prompt(function(s)
    s:type "require('falua.progress').words()\n"
    s:expect "\nfalua/progress%.lua:%d+: attempt to index a nil value [^\n]*\n> $"
    s:press "fal.sleep(0)\n"
  end))

  it("is told of locals, once", at_the_prompt(function(s)
    s:type "local a = 1\n"
    s:expect "ends with its line; without the word it stays"
    s:type "local a = 1\n"
    s:expect "^[^(]*\n> $"
    s:press "'go on'\n"
  end))

  it("is completed: names, models, inputs, values, options", at_the_prompt(function(s)
    s:type "fal.subs\t == fal.subscribe\n"
    s:expect "\ntrue\n"
    s:type "#'fal-ai/veo3/f\t\n"
    s:expect "\n16\n"
    s:type "fal.validate('fal-ai/veo3', { prompt = 'x', enha\tf\t, dura\t\t })\n"
    s:expect '\n{ duration = "8s", enhance_prompt = false, prompt = "x" }\n'
    s:type "fal.submit('acme/echo', {}, { st\t"
    s:expect "start_timeout +store_io\n"
    s:press "\3"
    s:type ".sch\t fal-ai/veo3/fa\t\n"
    s:expect "INPUT +VALID"
  end))

  it("is completed with models whose schemas were fetched, too", function()
    local folder <close> = process.temporary()
    local shelf = require("fal.models.shelf").open(folder.path .. "/cache/fal/models.invalid")
    assert(shelf:put("schema somebody/painter", tree.read "spec/fixtures/models/openapi.json", 0))
    local s <close> = typing.open { folder = folder, env = {
      XDG_CACHE_HOME = folder.path .. "/cache", FAL_SITE_URL = "https://models.invalid",
    } }
    s:type "#'somebody/pain\t\n"
    s:expect "\n16\n"
    s:type "fal.run('somebody/painter', { image_\t"
    s:expect "image_size +image_url\n"
    s:press "\3"
    s:finish()
  end)

  it("is there again in the next session, unless it sets a key", function()
    local folder <close> = process.temporary()
    local env = { FAL_HISTORY = "on" }
    for _, lines in ipairs { { "x = 'kept'\n", "fal.config { key = 's3cret' }\n" }, { "\27[A\27[A\n", "x\n" } } do
      local s <close> = typing.open { folder = folder, env = env }
      for _, text in ipairs(lines) do s:type(text) end
      if lines[2] == "x\n" then s:expect "\nkept\n" end
      s:finish()
    end
    local path = folder.path .. "/.local/state/fal/lines"
    assert.is_nil(tree.read(path):find("s3cret", 1, true))
    local pipe <close> = io.popen("stat -c %a " .. path)
    assert.equal("600", pipe:read "l")
  end)
end)

describe("a wait", function()
  it("is ended by Ctrl-C, and the request named", at_the_prompt(function(s)
    s:type "fal.subscribe('acme/echo', {}, { on_update = function() print('wai' .. 'ting') fal.sleep(50) end })\n"
    s:expect "\nwaiting\n"
    s:press "\3"
    s:expect "interrupted!"
    s:expect "request [%x-]+ goes on at the service; go on with it by\n"
    s:expect "  fal%.request%(\"acme/echo\", \"[%x-]+\"%):wait%(%)\n"
    s:type "print('still ' .. 'here')\n"
    s:expect "\nstill here\n"
  end))

  it("in a task goes on while one types, and says when it is over", at_the_prompt(function(s)
    s:type "t = fal.async(function() return fal.subscribe('acme/echo', { n = 7 }).n end)\n"
    s:expect "task 1 is done: 7\n"
    s:type "u = fal.async(function() fal.sleep(0.05) error 'bad luck' end)\n"
    s:expect "task 2 failed: stdin:1: bad luck\n"
    s:type "fal.async(function() fal.sleep(0.01) return 5 end):await()\n"
    s:expect "\n5\n"
  end))
end)

describe("money", function()
  local env = { FAL_KEY = "a:b", FAL_QUEUE_URL = "http://fal.invalid:9", FAL_API_URL = "http://127.0.0.1:9" }

  it("is asked about above a limit", function()
    local s <close> = typing.open { env = env }
    s:type "fal.submit('fal-ai/veo3/fast', { prompt = 'x' })\n"
    s:expect "price: [^\n]*\nit costs up to %$3%.20%. Send it%? %[y/N%] $"
    s:press "n\n"
    s:expect "budget: not sent"
    s:type ".ask_above 5\n"
    s:expect "more than %$5%.00, and of unknown price, are asked about\n"
    s:type ".cost\n"
    s:expect "nothing was sent in this session\n"
    s:finish()
  end)

  it("is not asked about in the sandbox, but added up", at_the_prompt(function(s)
    s:type "fal.submit('fal-ai/veo3/fast', { prompt = 'x' })\n"
    s:expect "fal%-ai/veo3/fast#[%x-]+\n"
    s:type ".cost\n"
    s:expect "this session: 1 call, %$3%.20 by the list prices"
  end))
end)

describe("a line that begins with a dot", function()
  it("helps, describes models, and says what it does not know", at_the_prompt(function(s)
    s:type ".help\n"
    s:expect "%.save FILE +the session as a script that runs\n"
    s:type ".schema fal-ai/veo3/fast\n"
    s:expect "INPUT +VALID"
    s:type ".schema\n"
    s:expect "a model is missing"
    s:type ".nope\n"
    s:expect "there is no %.nope; %.help lists what there is\n"
  end))

  it("ends the session, and is pointed out to who knows other prompts", function()
    local s <close> = typing.open {}
    s:type "exit\n"
    s:expect "%.exit or Ctrl%-D ends the session; %.help says what there is\n"
    s:type "exit = 5\n"
    s:type "exit\n"
    s:expect "\n5\n"
    s:type ".exit\n"
    assert.equal(0, assert(s.child:wait()).status)
  end)

  it("saves the session as a script that runs", function()
    local folder <close> = process.temporary()
    local s <close> = typing.open({ folder = folder }, "--sandbox")
    for _, text in ipairs { "function double(x)\n", "return 2 * x end\n", "double(21)\n", "{ deep = { 1 } }\n",
      "_1.deep[1] + 6\n", "error 'left out'\n", "local x = 'in' print(x .. 'side')\n", "x == nil\n" } do
      s:type(text, "> $")
    end
    s:type ".save session.lua\n"
    s:expect "saved; run it with falua %-%-sandbox session%.lua\n"
    s:finish()
    local result = process.run { "falua", "--sandbox", folder.path .. "/session.lua" }
    assert.equal("", result.err)
    assert.matches("^42\ntable: [^\n]+\n7\ninside\ntrue\n$", result.out)
  end)
end)
