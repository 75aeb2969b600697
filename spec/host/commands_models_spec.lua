-- falua models, schema, cost, types and prompt: JSON in a pipe, tables and
-- lines at a terminal, and what they say to words that nobody knows.
local falua = require "support.falua"

local veo <const> = "fal-ai/veo3/fast"

local at

setup(function() at = falua.open() end)
teardown(function() at:close() end)

local function refused(status, pattern, words)
  local result = at:run(words)
  assert.matches(pattern, result.err)
  assert.equal("", result.out)
  assert.equal(status, result.status)
end

describe("falua models", function()
  it("lists those that match, as JSON", function()
    local list = at:json("models", "veo3", "FAST", "text")
    assert.equal(1, #list)
    assert.equal(veo, list[1].id)
    assert.equal("text-to-video", list[1].category)
    local everyone = at:json "models"
    assert.is_true(#everyone > 80)
    local pictures = at:json("models", "--category", "image-to-video")
    assert.is_true(#pictures > 5)
    for _, entry in ipairs(pictures) do assert.equal("image-to-video", entry.category) end
  end)

  it("draws a table at a terminal", function()
    local out = at:run({ "models", "veo3", "fast", "text", terminal = true }).out
    assert.matches("^MODEL +KIND +PRICE\r\nfal%-ai/veo3/fast +text%-to%-video +%$0.25 %(audio off%)", out)
    assert.matches('^%[{"category"', at:run({ "models", "veo3", "--json", terminal = true }).out)
  end)

  it("folds the last column of a table that is wider than the terminal", function()
    local out = at:run({ "models", "veo3", "fast", "text", terminal = true, columns = 60 }).out:gsub("\r", "")
    assert.matches("video  %$0.25 %(audio off%), $0.40\n" .. (" "):rep(33) .. "%(audio on%) per second\n$", out)
    out = at:run({ "schema", veo, terminal = true, columns = 40 }).out:gsub("\r", "")
    assert.matches("\nenhance_prompt   boolean\n    let the service improve the prompt;\n    default true\nseed", out)
    assert.matches("\nvideo   File  the video; required\n", out)
  end)

  it("prints an empty list when nothing matches", function()
    local result = at:run("models", "no such words")
    assert.equal("[]\n", result.out)
    assert.matches("^no model", result.err)
    assert.equal(0, result.status)
  end)

  it("says what may have been meant", function()
    local function meant(...) return at:run("models", ...).err:match "did you mean: falua models (.-)\n" end
    assert.equal("veo3", meant "ve03")
    assert.equal("kling effects", meant("klng", "effects"))
    assert.equal("--category text-to-video", meant("--category", "text-to-vido"))
    assert.is_nil(meant "zzzzzzz")
    assert.is_nil(meant("veo", "--category", "llm"))
  end)

  it("fails when the list cannot be written, also one longer than what is buffered", function()
    for _, words in ipairs { { "models" }, { "models", "veo" }, { "types", veo, "fal-ai/minimax/speech-02-hd" } } do
      local result = at:run_bash('"$@" >/dev/full', words)
      assert.equal(1, result.status)
      assert.matches("cannot write the output", result.err)
    end
  end)

  it("leaves a pipe that closes without a word", function()
    local process = require "support.process"
    local result = process.run { "bash", "-c", process.quote(process.falua) .. " models | head -c 5" }
    assert.equal('[{"ca', result.out)
    assert.equal("", result.err)
  end)

  it("has colour only at a terminal that wants it", function()
    local words = { "models", "veo3", terminal = true, env = { NO_COLOR = "" } }
    assert.matches("\27%[1mMODEL", at:run(words).out)
    assert.is_nil(at:run({ "models", "veo3", terminal = true }).out:find "\27%[1m")
    assert.is_nil(at:run({ "models", "veo3", terminal = true, env = { NO_COLOR = "", TERM = "dumb" } })
      .out:find "\27%[1m")
  end)
end)

describe("falua schema", function()
  it("prints any schema as JSON", function()
    local schema = at:json("schema", veo)
    assert.equal("prompt", schema.input[1].name)
    assert.same({ "4s", "6s", "8s" }, schema.input[3].enum)
    assert.equal("video", schema.output[1].name)
  end)

  it("draws tables at a terminal", function()
    local out = at:run({ "schema", veo, terminal = true }).out
    assert.matches('\nduration +4s | 6s | 8s +length; default "8s"\r\n', out)
    assert.matches("\nOUTPUT  TYPE\r\nvideo   File", out)
    assert.matches("\nprice: %$0.25 %(audio off%), %$0.40 %(audio on%) per second\r\n$", out)
    out = at:run({ "schema", "fal-ai/pixverse/v4.5/text-to-video", terminal = true }).out
    assert.matches("\n1080p videos last 5 seconds\r\n$", out)
  end)

  it("writes empty lists as lists", function()
    at.sandbox:endpoint("me/anything", function() return {} end)
    assert.matches('"input":%[%],"open":true,"output":%[%]', at:run("schema", "me/anything").out)
  end)

  it("asks the service for a fresh one", function()
    local before = #at.sandbox:requests "openapi"
    at:run("schema", veo)
    assert.equal(before, #at.sandbox:requests "openapi")
    at:run("schema", veo, "--refresh")
    assert.equal(before + 1, #at.sandbox:requests "openapi")
  end)

  it("says when nobody knows it", function()
    refused(1, "^falua schema: http: the service knows no model of this name", { "schema", "me/nothing" })
    refused(1, "did you mean fal%-ai/veo3/fast%?", { "schema", "fal-ai/veo3/fats" })
    refused(2, "ENDPOINT is missing", { "schema" })
    refused(2, "unexpected argument 'b'", { "schema", "a", "b" })
  end)
end)

describe("falua cost", function()
  it("prints the price and its working", function()
    local cost = at:json("cost", veo, "duration=8", "generate_audio=false")
    assert.equal(2.0, cost.lowest)
    assert.equal(2.0, cost.highest)
    assert.matches("^8 s x %$0.25", cost.working)
    assert.matches("^3.2\n$", at:run("cost", veo, "duration=8s", "--get", "highest").out)
    assert.matches("^8 s x %$0.40 %(audio on%) = %$3.20;[^\n]*\n$", at:run({ "cost", veo, terminal = true }).out)
    assert.equal(0, at.sandbox:accepted())
  end)

  it("never guesses", function()
    refused(1, "no price is listed", { "cost", "me/nothing" })
    refused(4, "duration: ", { "cost", veo, "duration=9s" })
  end)
end)

describe("falua types", function()
  it("writes definitions that Lua can read", function()
    local result = at:run("types", veo, "fal-ai/veo2")
    assert.matches("^%-%-%-@meta\n", result.out)
    assert.matches('\n%-%-%-@field duration%? "4s"|"6s"|"8s"', result.out)
    assert.matches("%-%-%-@class fal.veo2.input", result.out)
    assert(load(result.out))
    refused(1, "knows no model", { "types", veo, "me/nothing" })
    refused(2, "ENDPOINT is missing", { "types" })
  end)
end)

describe("falua prompt", function()
  it("prints prose", function()
    local words = { "prompt", "concept=A city at dusk", "style=Cinematic", "camera=Drone aerials", "--length", "short" }
    assert.equal("A city at dusk, captured in a cinematic style from an aerial drone.\n", at:run(words).out)
    assert.matches("film noir", at:run("prompt", "concept=A street", 'style:={"custom":"film noir"}').out)
  end)

  it("prints the input of a model, with what was lost on the way", function()
    local result = at:run("prompt", "concept=A cat on a roof", "direction=Pan left", "audio=rain",
      "prompt_optimizer=true", "--for", "fal-ai/minimax/video-01-director")
    assert.equal('{"prompt":"[Pan left] A cat on a roof.","prompt_optimizer":true}\n', result.out)
    assert.equal("note: audio was left out: the result has no sound\n", result.err)
    assert.equal(0, result.status)
  end)

  it("says what was lost without a word that could command the terminal", function()
    local result = at:run("prompt", "concept=A cat", "negative=\27[2J", "--for", "fal-ai/wan-pro/text-to-video")
    assert.matches("^note: negative words were left out.*%[2J\n$", result.err)
    assert.is_nil(result.err:find "\27")
  end)

  it("asks back about a model that nobody knows", function()
    local result = at:run("prompt", "concept=A cat", "--for", "fal-ai/veo3/fats")
    assert.matches("^note: did you mean fal%-ai/veo3/fast%?\nnote: fal%-ai/veo3/fats: no schema is known", result.err)
    assert.same({ '{"prompt":"A cat."}\n', 0 }, { result.out, result.status })
  end)

  it("goes into a run", function()
    local input = at:run("prompt", "concept=A cat", "--for", veo).out
    assert.equal(0, at:run({ "run", veo, "-", "duration=4s", stdin = input }).status)
  end)

  it("names what it does not know", function()
    refused(4, 'unknown style "Cinematik"; the nearest known: "Cinematic"', { "prompt", "style=Cinematik" })
    refused(4, "unknown field", { "prompt", "styel=Cinematic" })
    refused(4, "bananas: ", { "prompt", "concept=x", "bananas=1", "--for", veo })
    refused(2, "INPUT is missing", { "prompt" })
    refused(2, "'%-%-length' must be one of short, medium, long, not 'vast'",
      { "prompt", "concept=x", "--length", "vast" })
    refused(2, "'%-%-sample' needs '%-%-template'", { "prompt", "concept=x", "--sample", "2" })
    refused(2, "'%-%-sample' needs an integer, 0 or more, not '%-1'", { "prompt", "--sample", "-1" })
  end)

  describe("--template", function()
    setup(function()
      at:write("t.txt", "a {red|blue} {who}\nin __place__")
      os.execute("mkdir " .. at.folder.path .. "/lists")
      at:write("lists/place.txt", "the snow\na wood\n")
    end)

    local function texts(...) return at:run("prompt", "--template", "t.txt", "--lists", "lists", "who=fox", ...) end

    it("prints every combination, one a line", function()
      assert.equal("a red fox in the snow\na red fox in a wood\na blue fox in the snow\na blue fox in a wood\n",
        texts("--all").out)
      assert.equal("4\n", texts("--count").out)
    end)

    it("draws samples that depend on the seed alone", function()
      local five = texts("--sample", "5", "--seed", "7").out
      assert.equal(five, texts("--sample", "5", "--seed", "7").out)
      assert.equal(5, select(2, five:gsub("\n", "")))
      assert.equal(five:match "^[^\n]*\n", texts("--seed", "7").out)
      local seen = {}
      for seed = 1, 6 do seen[texts("--seed", tostring(seed)).out] = true end
      assert.is_truthy(next(seen, (next(seen))))
    end)

    it("prints JSON", function()
      assert.matches('^"a red fox\\nin the snow"\n', texts("--all", "--json").out)
      assert.matches('^{"prompt":"A red fox\\nin the snow%."}\n{', texts("--all", "--for", veo).out)
    end)

    it("says what is missing, and where", function()
      refused(4, "line 1, column 14: no value is given for {who}", { "prompt", "--template", "t.txt" })
      refused(1, "no word lists", { "prompt", "--template", "t.txt", "who=x", env = { FAL_KEY = "a:b" } })
      refused(1, "absent.txt: No such file", { "prompt", "--template", "absent.txt" })
      refused(1, "io: lists: Is a directory", { "prompt", "--template", "lists" })
      refused(2, "exclude each other", { "prompt", "--template", "t.txt", "--all", "--sample", "2" })
      at:write("broken.txt", "{a|b")
      refused(4, "broken.txt: .*line 1, column 1: { is never closed", { "prompt", "--template", "broken.txt" })
    end)
  end)
end)
