-- falua run against a sandbox that counts: outputs, inputs, files, prices and
-- exit statuses.
local falua = require "support.falua"
local file = require "support.file"
local process = require "support.process"
local service = require "support.service"

local veo <const> = "fal-ai/veo3/fast"

local at

before_each(function()
  at = falua.open {
    endpoints = {
      ["me/slow"] = falua.slow, ["me/files"] = falua.files,
      ["me/half"] = function(_, job)
        return { a = job:file("one", "a.txt", "text/plain"), b = { url = at.sandbox.url .. "/cdn/gone.txt" } }
      end,
    },
  }
end)

after_each(function() at:close() end)

describe("falua run", function()
  it("prints the output as one line of JSON, names in order", function()
    local result = at:run("run", veo, "prompt=A fox", "duration=8", "--yes")
    assert.equal("", result.err)
    assert.equal(0, result.status)
    assert.matches('^{"video":{"content_type":"video/mp4","file_name":"[^\n]*"url":"http://127[^\n]*"}}\n$', result.out)
    assert.equal(1, at.sandbox:accepted())
  end)

  it("prints a part of it", function()
    assert.matches("^http://127[^\n]*%.mp4\n$", at:run("run", veo, "prompt=x", "-y", "--get", "video.url").out)
    assert.equal('{"c":[1,{"d":null}]}\n', at:run("run", "me/echo", "a.b:=[1]", 'a.c:=[1,{"d":null}]', "--get", "a")
      .out:gsub('"b":%[1%],', ""))
    assert.equal("[1]\n", at:run("run", "me/echo", "a.b:=[1]", "--get", "a.b").out)
    assert.equal("2\n", at:run("run", "me/echo", "a:=[1,{\"x\":2}]", "--get", "a[2].x").out)
    local missing = at:run("run", "me/echo", "a=1", "--get", "b[1].c")
    assert.matches("there is no b%[1%]%.c in it\n$", missing.err)
    assert.equal(1, missing.status)
  end)

  it("calls without the queue", function()
    assert.same({ text = "x" }, at:json("run", "me/echo", "text=x", "--sync", "--unchecked"))
    assert.equal("run", at.sandbox:requests("run")[1].call)
    assert.equal(1, at.sandbox:accepted())
  end)

  it("does not wait long for what it can do without", function()
    at.sandbox:fault { what = "hang", match = { call = "openapi" } }
    at.sandbox:fault { what = "hang", match = { path = "/api/" } }
    local result = at:run("run", "me/echo", "a=1")
    assert.equal('{"a":"1"}\n', result.out)
    assert.equal(1, at.sandbox:accepted())
  end)

  it("types values by the schema, and leaves them texts without one", function()
    assert.matches("^http", at:run("run", veo, "prompt=5", "seed=7", "enhance_prompt=false", "--yes",
      "--get", "video.url").out)
    local sent = require("fal.core.json").decode(at.sandbox:requests("submit")[1].body)
    assert.same({ prompt = "5", seed = 7, enhance_prompt = false }, sent)
    assert.equal("integer", math.type(sent.seed))
    assert.same({ seed = "7", on = "false" }, at:json("run", "me/echo", "seed=7", "on=false", "--unchecked"))
  end)

  it("builds inputs of places, lists, JSON and files", function()
    at:write("part.json", '{"deep":[true]}')
    local output = at:json("run", "me/echo", "a.b=c", "a.d:=4", "l[]=x", "l[]=y", "o[].k=1", "o[1].m=2",
      "j:=@part.json", "eq=a=b", "empty=", "none:=[]", "--unchecked")
    assert.same({
      a = { b = "c", d = 4 }, l = { "x", "y" }, o = { { k = "1", m = "2" } }, j = { deep = { true } }, eq = "a=b",
      empty = "", none = {},
    }, output)
  end)

  it("uploads files", function()
    at:write("boat.txt", "a boat")
    local output = at:json("run", "me/echo", "image_url=@boat.txt", "--unchecked")
    assert.matches("^http://127.*boat%.txt$", output.image_url)
  end)

  it("reads standard input, above which words stand", function()
    local output = at:json { "run", "me/echo", "-", "a.b=2", "--unchecked", stdin = '{"a":{"b":1,"c":[]},"d":5}' }
    assert.same({ a = { b = "2", c = {} }, d = 5 }, output)
  end)

  it("downloads what the output has", function()
    local result = at:run("run", "me/files", "--unchecked", "-o", "out", "--get", "files[1].url")
    assert.matches("^http", result.out)
    assert.equal("saved out/a.txt\nsaved out/b.txt\n", result.err)
    assert.equal(0, result.status)
    assert.equal("two", file.read(at.folder.path .. "/out/b.txt"))
  end)

  it("shows log lines when asked to", function()
    at.sandbox:endpoint("me/talks", function(_, job)
      job:log "hello from the model"
      return { ok = true }
    end)
    assert.equal("hello from the model\n", at:run("run", "me/talks", "--logs", "--unchecked").err)
    assert.equal("", at:run("run", "me/talks", "--unchecked").err)
  end)

  it("sends what nobody knows, with a note that names what was meant", function()
    local result = at:run("run", "fal-ai/veo3/fats", "prompt=x")
    assert.equal("note: fal-ai/veo3/fats: no schema is known, the input was not checked; "
      .. "did you mean fal-ai/veo3/fast?\n", result.err)
    assert.equal(0, result.status)
  end)

  it("tells the webhook", function()
    at:run("run", "me/echo", "a=1", "--unchecked", "--webhook", "http://127.0.0.1:9/hook")
    assert.equal("http://127.0.0.1:9/hook", at.sandbox:webhooks()[1].url)
  end)

  it("says what the model takes", function()
    local result = at:run("run", veo, "--help")
    assert.matches("^usage: falua run ", result.out)
    assert.matches("\n  duration  %(4s | 6s | 8s%)\n +length; default \"8s\"\n", result.out)
    assert.equal(0, result.status)
    assert.equal(0, at:run("run", "--help").status)
  end)
end)

describe("the exit status of falua run", function()
  local function expect(status, pattern, accepted, words)
    local result = at:run(words)
    assert.matches(pattern, result.err)
    assert.equal("", result.out)
    assert.equal(status, result.status)
    assert.equal(accepted, at.sandbox:accepted())
  end

  it("is 2 for a wrong command line", function()
    expect(2, "^falua run: ENDPOINT is missing\nusage: ", 0, { "run" })
    expect(2, "'prompt' is not key=value\nusage: ", 0, { "run", "me/echo", "prompt" })
    expect(2, "'prompt=@' names no file\nusage: ", 0, { "run", "me/echo", "prompt=@" })
    expect(2, "a is given twice\nusage: ", 0, { "run", "me/echo", "a=1", "a=2" })
    expect(2, "a is a single value\nusage: ", 0, { "run", "me/echo", "a=1", "a.b=2" })
    expect(2, "'%-%-get' needs a place such as a.b%[1%].c, not '%[1%]'\n", 0, { "run", "me/echo", "--get", "[1]" })
    expect(2, "'%-%-timeout' needs a number of seconds above 0, not '0'\n", 0, { "run", "me/echo", "--timeout", "0" })
    expect(2, "'%-%-webhook' needs a URL, not 'nowhere'\n", 0, { "run", "me/echo", "--webhook", "nowhere" })
    expect(2, "'%-%-webhook' needs the queue", 0, { "run", "me/echo", "--sync", "--webhook", "http://x" })
  end)

  it("is 3 without a key, and with a wrong one", function()
    expect(3, "no key: set FAL_KEY", 0, { "run", "me/echo", "a=1", env = { FAL_KEY = "" } })
    expect(3, "HTTP 401", 0, { "run", "me/echo", "a=1", env = { FAL_KEY = "wrong:key" } })
    expect(3, "HTTP 403", 0, { "run", "me/echo", "a=1", env = { FAL_KEY = "locked:key" } })
  end)

  it("is 4 for an input that does not fit", function()
    expect(4, 'aspect_ratio: "16x9" is not valid; did you mean "16:9"', 0,
      { "run", veo, "prompt=x", "aspect_ratio=16x9" })
    expect(4, table.concat({
      "^falua run: the input does not fit fal%-ai/veo3/fast", "  prompt: missing",
      '  aspect_ratio: "16x9" is not valid; did you mean "16:9"%? valid: 9:16, 16:9, 1:1',
      "falua schema fal%-ai/veo3/fast %-%-refresh asks the service whether that is still so", "$",
    }, "\n"), 0, { "run", veo, "aspect_ratio=16x9" })
    expect(4, "prompt:=x: not JSON: ", 0, { "run", veo, "prompt:=x" })
    expect(4, "standard input: not a JSON object", 0, { "run", veo, "-", stdin = "[1]" })
  end)

  it("is 5 when the model refuses", function()
    at.sandbox:endpoint("me/no", function(_, job) job:fail(422, "that is no fox") end)
    expect(5, "that is no fox", 1, { "run", "me/no", "a=1", "--unchecked" })
  end)

  it("is 6 when it takes too long, and cancels the request", function()
    expect(6, "not done in 0.5 s", 1, { "run", "me/slow", "--unchecked", "--timeout", "0.5" })
    assert.equal(1, #at.sandbox:requests "cancel")
  end)

  it("is 7 above the limit, for a price that nobody knows, and when nobody can be asked", function()
    expect(7, "it costs up to %$3.20, and %-%-max%-cost is %$3.19 ", 0,
      { "run", veo, "prompt=x", "duration=8s", "--max-cost", "3.19" })
    expect(7, "nobody knows the price", 0, { "run", "me/echo", "a=1", "--max-cost", "100" })
  end)

  it("is 8 when the answer was lost, and sends nothing again", function()
    at.sandbox:fault { what = "lose_answer", match = { call = "submit" } }
    expect(8, "unconfirmed: ", 1, { "run", "me/echo", "a=1", "--unchecked" })
    expect(8, "unconfirmed: ", 2, { "run", "me/slow", "--sync", "--timeout", "0.3", "--unchecked" })
  end)

  it("is 9 when some files did not come", function()
    local result = at:run("run", "me/half", "--unchecked", "-o", "out")
    assert.equal(9, result.status)
    assert.matches("^{", result.out)
    assert.matches("saved out/a.txt\n", result.err)
    assert.matches("gone.txt", result.err)
  end)

  it("is 1 for other failures", function()
    expect(1, "missing.png: No such file", 0, { "run", veo, "prompt=x", "image_url=@missing.png" })
  end)

  it("is 1 when the output cannot be written", function()
    local result = process.run { "sh", "-c", process.quote(process.falua) .. " --sandbox run me/echo a=1 >/dev/full" }
    assert.matches("cannot write the output", result.err)
    assert.equal(1, result.status)
  end)
end)

describe("a price above a dollar", function()
  -- Not the sandbox's own key: then it is money as far as falua can tell.
  local function without_grace(words)
    words.env = { FAL_KEY = "other:secret" }
    return at:run(words)
  end

  it("is refused where nobody can be asked", function()
    local result = without_grace { "run", veo, "prompt=x" }
    assert.equal(7, result.status)
    assert.matches("it costs up to %$3.20; %-%-yes or %-%-max%-cost sends it without asking", result.err)
    assert.equal(0, at.sandbox:accepted())
    assert.equal(0, #at.sandbox:requests "submit")
  end)

  it("is refused, too, when the sandbox's key goes to something else", function()
    for _, env in ipairs { { FAL_QUEUE_URL = "http://localhost:9" }, { FAL_PROXY_URL = "http://127.0.0.1:9/proxy" } } do
      local result = at:run { "run", veo, "prompt=x", env = env }
      assert.equal(7, result.status)
    end
    assert.equal(0, at.sandbox:accepted())
  end)

  it("is shown and asked for at a terminal", function()
    local result = without_grace { "run", veo, "prompt=x", terminal = true, stdin = "n\n" }
    assert.matches("price: [^\n]*= %$3.20;", result.out)
    assert.matches("it costs up to %$3.20. Send it%? %[y/N%]", result.out)
    assert.matches("not sent", result.out)
    assert.equal(7, result.status)
    assert.equal(0, #at.sandbox:requests "submit")
    assert.equal(3, without_grace({ "run", veo, "prompt=x", terminal = true, stdin = "y\n" }).status)
    assert.equal(1, #at.sandbox:requests "submit")
  end)

  it("may be what nobody knows: asked about at a terminal, and only there", function()
    local result = without_grace { "run", "me/echo", "a=1", terminal = true, stdin = "yes sir\n" }
    assert.matches("price: unknown\r?\nnobody knows the price %([^\n]*%)%. Send it%? %[y/N%]", result.out)
    assert.equal(7, result.status)
    assert.equal(0, #at.sandbox:requests "submit")
    assert.equal(3, without_grace({ "run", "me/echo", "a=1" }).status)
    assert.equal(1, #at.sandbox:requests "submit")
  end)

  it("is not asked for with --yes, --max-cost, or in the sandbox", function()
    assert.equal(3, without_grace({ "run", veo, "prompt=x", "--yes" }).status)
    assert.equal(3, without_grace({ "submit", veo, "prompt=x", "--max-cost", "3.2" }).status)
    assert.equal(2, #at.sandbox:requests "submit")
    assert.equal(0, at:run("run", veo, "prompt=x").status)
    assert.equal(1, at.sandbox:accepted())
  end)
end)

describe("at a terminal, falua run", function()
  -- Runs a model that ends when `line` has been seen.
  local function run_until(line, columns)
    local seen
    at.sandbox:endpoint("me/steady", function()
      service.until_true(function() return seen end)
      return { a = { 1 }, b = "x" }
    end)
    local child <close> = at:start { "run", "me/steady", "--unchecked", terminal = true, columns = columns }
    assert.is_truthy(child:expect(line))
    seen = true
    return (assert(child:wait(), "still running"))
  end

  it("shows a line while it waits, and indents the output", function()
    local result = run_until "me/steady: in progress, %d+ s"
    assert.matches('\27%[K{\r\n  "a": %[\r\n    1\r\n  %],\r\n  "b": "x"\r\n}\r\n$', result.out)
    assert.equal(0, result.status)
  end)

  it("keeps that line shorter than the terminal is wide", function()
    run_until("\27%[K%.%.%.in progress, %d s\r", 20)
  end)
end)
