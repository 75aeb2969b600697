-- What the shells are told, and the shells themselves: real bash, zsh and fish
-- load their scripts and complete lines with them.
local falua = require "support.falua"
local process = require "support.process"
local tree = require "support.tree"

local veo <const> = "fal-ai/veo3/fast"

local at

setup(function()
  at = falua.open()
  os.execute(("ln -s %s %s/falua"):format(process.quote(process.falua), at.folder.path))
  at:write("boat one.png", "x")
  at:write("boat.txt", "x")
end)
teardown(function() at:close() end)

-- The words that may come next, in order, as one text.
local function next_words(...)
  local words = type(...) == "table" and ... or { ... }
  local out = at:run({ "completion", "--words", "--", env = words.env, table.unpack(words) }).out
  return (out:gsub("\t[^\n]*", ""):gsub("\n", " "):gsub(" $", ""))
end

describe("falua completion --words", function()
  local cases = {
    { { "mod" }, "models :files" },
    { { "--sand" }, "--sandbox :files" },
    { { "--sandbox", "mod" }, "models :files" },
    { { "-e", "x", "mod" }, "models :files" },
    { { "script.lua", "" }, ":files" },
    { { "run", "fal-ai/veo3" },
      "fal-ai/veo3 fal-ai/veo3.1/fast/image-to-video fal-ai/veo3.1/reference-to-video fal-ai/veo3/fast" },
    { { "run", veo, "asp" }, "aspect_ratio=" },
    { { "run", veo, "aspect_ratio=16:9", "as" }, "" },
    { { "run", veo, "aspect_ratio=" }, "aspect_ratio=9:16 aspect_ratio=16:9 aspect_ratio=1:1" },
    { { "run", veo, "aspect_ratio=16" }, "aspect_ratio=16:9" },
    { { "run", veo, "generate_audio=" }, "generate_audio=true generate_audio=false" },
    { { "run", veo, "generate_audio:=" }, "generate_audio:=true generate_audio:=false" },
    { { "run", veo, "prompt=@b" }, ":files" },
    { { "run", "--timeout", "3", "--sync", veo, "dur" }, "duration=" },
    { { "run", "--", veo, "dur" }, "duration=" },
    { { "run", "me/unknown", "" }, "" },
    { { "run", "--max" }, "--max-cost" },
    { { "run", "-o", "" }, ":files" },
    { { "run", "--timeout", "" }, "" },
    { { "types", veo, "fal-ai/veo3/" }, veo },
    { { "cost", veo, "dur" }, "duration=" },
    { { "prompt", "style=Cin" }, "style=Cinematic" },
    { { "prompt", "--for", veo, "dur" }, "duration=" },
    { { "prompt", "--length", "" }, "short medium long" },
    { { "completion", "" }, "bash zsh fish" },
    { { "workflow", "re" }, "report reject redo" },
    { { "workflow", "plan", "f" }, ":files" },
    { { "history", "s" }, "show search" },
    { { "nothing", "" }, ":files" },
  }
  for _, case in ipairs(cases) do
    it("after: falua " .. table.concat(case[1], " "), function()
      assert.equal(case[2], next_words(table.unpack(case[1])))
    end)
  end

  it("knows the schemas that were fetched", function()
    local shelf = require("fal.models.shelf").open(at.folder.path .. "/cache/fal/models.invalid")
    assert(shelf:put("schema somebody/painter", tree.read "spec/fixtures/models/openapi.json", 0))
    local env = { FAL_SITE_URL = "https://models.invalid" } -- what a sandbox says is not kept
    assert.equal("somebody/painter", next_words { "run", "some", env = env })
    assert.equal("image_url= image_size=", next_words { "run", "somebody/painter", "image", env = env })
  end)

  it("asks nobody", function()
    local before = #at.sandbox:requests()
    next_words("run", veo, "")
    assert.equal(before, #at.sandbox:requests())
  end)
end)

describe("falua completion", function()
  it("refuses other shells", function()
    local result = at:run("completion", "tcsh")
    assert.matches("SHELL must be one of bash, zsh, fish, not 'tcsh'\n", result.err)
    assert.equal(2, result.status)
    assert.equal(2, at:run("completion").status)
    assert.equal(2, at:run("completion", "bash", "zsh").status)
  end)
end)

-- Runs a shell in the folder, where "falua" is this build's; returns its output.
local function shell_with(words, env_more)
  local env = { PATH = at.folder.path .. ":" .. os.getenv "PATH", HOME = at.folder.path, LC_ALL = "C.UTF-8" }
  for name, value in pairs(env_more or {}) do env[name] = value end
  words.cwd, words.env, words.timeout = at.folder.path, env, 30
  local result = process.run(words)
  assert.equal("", result.err)
  return result.out
end

describe("bash", function()
  local script = [[
    eval "$(falua completion bash)"
    COMP_LINE=$1 COMP_POINT=${#1}
    _falua
    printf '%s\n' "${COMPREPLY[@]}"]]

  local function complete(line) return shell_with { "bash", "--norc", "-c", script, "bash", line } end

  it("completes models, fields and values", function()
    assert.equal(veo .. "\n", complete "falua run fal-ai/veo3/")
    assert.equal("aspect_ratio=\n", complete("falua run " .. veo .. " asp"))
    assert.equal("16:9\n", complete("falua run " .. veo .. " aspect_ratio=16"))
    assert.equal("9\n", complete("falua run " .. veo .. " aspect_ratio=16:"))
    assert.equal("Drone\\ aerials\n", complete "FAL_KEY=x falua prompt camera=Drone")
    assert.equal("boat one.png\nboat.txt\n", complete("falua run " .. veo .. " image_url=@boat"))
    assert.equal("models\n", complete "./falua mod")
  end)

  it("completes what is typed", function()
    local out = shell_with({ "script", "-qec", "bash --norc --noprofile -i", "/dev/null",
      stdin = 'eval "$(falua completion bash)"\nfalua schema fal-ai/veo3/\t --js\t | head -c 40\nexit\n' },
      { TERM = "dumb", PS1 = "$ " })
    assert.matches('{"category":"text%-to%-video","id":"fal%-ai', out)
  end)
end)

describe("zsh", function()
  -- What completion adds, without a line editor around it.
  local script = [[
    compdef() {}
    compset() {}
    _files() { print files }
    compadd() {
      local list=${@[-1]}
      print -l -- "$*" ${(P)list} ${(P)${@[${@[(i)-d]}+1]}}
    }
    eval "$(falua completion zsh)"
    words=("$@") CURRENT=$#words
    _falua]]

  local function complete(...) return shell_with { "zsh", "-f", "-c", script, "zsh", "falua", ... } end

  it("completes models, fields and values", function()
    assert.equal("-l -d whole_shown -a whole\n" .. veo .. "\n" .. veo .. "\n", complete("run", "fal-ai/veo3/"))
    assert.equal("-l -S  -d begun_shown -a begun\naspect_ratio=\naspect_ratio= -- shape of the frame; "
      .. "1:1 is outpainted\n", complete("run", veo, "asp"))
    assert.matches("\naspect_ratio=16:9\n", complete("run", veo, "aspect_ratio=16"))
    assert.equal("files\n", complete("run", veo, "image_url=@b"))
  end)

  it("completes what is typed", function()
    local typed = [[
      zmodload zsh/zpty
      zpty shell zsh -f -i
      say() { zpty -w -n shell "$1" }
      say $'PS1=READY%#\n autoload -U compinit; compinit -u -D; eval "$(falua completion zsh)"; echo LOA""DED\n'
      zpty -r -m shell out '*LOADED*'
      say $'falua schema fal-ai/veo3/\t--js\t| head -c 40; echo; echo DO""NE\n'
      zpty -r -m shell out '*DONE*'
      print -r -- $out]]
    assert.matches('{"category":"text%-to%-video","id":"fal%-ai', shell_with({ "zsh", "-f", "-c", typed },
      { TERM = "xterm" }))
  end)
end)

describe("fish", function()
  local function complete(line)
    return shell_with { "fish", "--no-config", "-c", "falua completion fish | source; complete -C $argv[1]", line }
  end

  it("completes models, fields and values", function()
    assert.equal(veo .. "\n", complete "falua run fal-ai/veo3/")
    assert.equal("aspect_ratio=\tshape of the frame; 1:1 is outpainted\n", complete("falua run " .. veo .. " asp"))
    assert.equal("aspect_ratio=16:9\n", complete("falua run " .. veo .. " aspect_ratio=16"))
    assert.matches("image_url=@boat.txt", complete("falua run " .. veo .. " image_url=@boat"))
    assert.matches("^models\t", complete "falua mod")
  end)
end)

describe("the manual page", function()
  it("has every command, option and exit status, in roff that groff takes", function()
    local page = at:run("-e", "io.write(require('falua.manual').page())").out
    for _, path in ipairs(tree.files("lua/falua/commands", "lua")) do
      local name = path:match "(%w+)%.lua$"
      assert.is_truthy(page:find("\n.SS falua " .. name, 1, true), name)
    end
    for _, text in ipairs { "\n.B \\-\\-sandbox\n", "\n.B \\-\\-max\\-cost USD\n", "\n.B 130\ninterrupted\n" } do
      assert.is_truthy(page:find(text, 1, true), text)
    end
    assert.is_nil(page:find "%-%-words")
    local checked = process.run { "groff", "-man", "-Tutf8", "-ww", "-z", stdin = page }
    assert.equal("", checked.err)
    assert.equal(0, checked.status)
  end)

  it("was written by the build, with the completions", function()
    for _, name in ipairs { "falua.1", "bash", "zsh", "fish" } do
      assert.matches("falua", tree.read(("%s/written/%s"):format(process.build, name)))
    end
  end)
end)
