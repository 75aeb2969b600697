-- Every example that a reader may copy runs, as it stands: the blocks of Lua and
-- of shell in README and docs/, each in a process and an empty folder of its own,
-- against the sandbox. And the links lead somewhere.
--
-- In a block of Lua, `--> text` says what is printed there. What each example of
-- a page begins with, `local fal = require "fal"`, need not stand in it. A comment
-- before a block changes how it is run: `<!-- goes on -->` runs it after the block
-- before it; `<!-- not run: why -->` only looks whether it can be read. What is no
-- example is `text`. The tutorial's shell blocks belong together: see tutorial_spec.
local falua = require "support.falua"
local file = require "support.file"
local page = require "support.page"
local process = require "support.process"
local tree = require "support.tree"

local tutorial <const> = "docs/tutorial.md"
local pages = tree.files("README.md CONTRIBUTING.md docs scripts", "md")

local function promised(code)
  local lines = {}
  for line in code:gmatch "%-%->%s?([^\n]*)" do lines[#lines + 1] = line end
  return lines
end

local function run(words, folder)
  words.cwd = folder.path
  words.env = { HOME = folder.path, XDG_DATA_HOME = folder.path, XDG_STATE_HOME = folder.path, NO_COLOR = "1" }
  local done = process.run(words)
  assert(done.status == 0, ("exit status %d\n%s%s"):format(done.status, done.out, done.err))
  return done.out
end

local function run_lua(code)
  if not code:find 'local fal = require' then code = 'local fal = require "fal" ' .. code end
  local folder <close> = process.temporary()
  local script = folder.path .. "/example.lua"
  file.write(script, code)
  local out, from = run({ "falua", "--sandbox", script }, folder), 1
  for _, line in ipairs(promised(code)) do
    local _, last = out:find(line, from, true)
    assert(last, ("did not print %q but\n%s"):format(line, out))
    from = last + 1
  end
end

local function run_shell(code)
  local at <close> = falua.open()
  local child <close> = at:shell("set -e\n" .. code)
  local done = assert(child:wait(60), "still running")
  assert(done.status == 0, ("exit status %d\n%s%s"):format(done.status, done.out, done.err))
end

local function read_shell(code)
  local done = process.run { "bash", "-n", "-c", code }
  assert.same({ 0, "" }, { done.status, done.err })
end

local languages = {
  lua = { run = run_lua, read = function(code) assert(load(code, "=example")) end },
  sh = { run = run_shell, read = read_shell },
  json = { read = function(code) assert(require "fal.core.json".decode(code)) end },
}

local function try(path, block, before)
  local language = languages[block.language]
  local code = block.goes_on and before .. block.code or block.code
  local elsewhere = path == tutorial and block.language == "sh"
  local verb = (block.not_run or elsewhere or not language.run) and "read" or "run"
  it(("has an example of %s in line %d that can be %s"):format(block.language, block.line, verb), function()
    language.read(code)
    language[verb](code)
  end)
  return code
end

-- The words by which a heading can be linked to.
local function anchors_of(path)
  local set = {}
  for title in page.prose(path):gmatch "\n#+ ([^\n]+)" do
    set[title:lower():gsub("[^%w%- _]", ""):gsub(" ", "-")] = true
  end
  return set
end

local function exists(path)
  local there <close> = io.open(path)
  return there ~= nil
end

-- What is wrong with a link of a page, or nil.
local function fault_of_link(path, target)
  if target:find "^%a+:" then return nil end
  local name, anchor = target:match "^([^#]*)#?(.*)$"
  local whole = name == "" and path or path:match "^(.-)[^/]*$" .. name
  while whole:find "[^./]+/%.%./" do whole = whole:gsub("[^./]+/%.%./", "", 1) end
  if not exists(whole) then return ("%s: %s is not there"):format(path, target) end
  if anchor ~= "" and not anchors_of(whole)[anchor] then return ("%s: %s has no such heading"):format(path, target) end
end

for _, path in ipairs(pages) do
  describe(path, function()
    local blocks, before = page.blocks(path), ""
    for _, block in ipairs(blocks) do
      if languages[block.language] then before = try(path, block, before) end
    end

    it("has no example that nobody runs", function()
      for _, block in ipairs(blocks) do
        local known = languages[block.language] or block.language == "text"
        assert(known, ("line %d: a block of another language than lua, sh, json and text"):format(block.line))
      end
      assert.is_nil(page.prose(path):match "\n\n    [^\n]*", "an example by indentation")
    end)

    it("names no file of this tree that is not there", function()
      local roots, faults = { src = true, lua = true, spec = true, tools = true, docs = true, scripts = true }, {}
      for name in page.prose(path):gmatch "`(%w+/[^`%s]+)" do
        local root = name:match "^%w+"
        if roots[root] and not name:find "[*A-Z]" and not exists(name) then faults[#faults + 1] = name end
      end
      assert.same({}, faults)
    end)

    it("has links that lead somewhere", function()
      local faults = {}
      for target in page.prose(path):gmatch "%]%(([^)%s]+)%)" do faults[#faults + 1] = fault_of_link(path, target) end
      assert.same({}, faults)
    end)
  end)
end

describe("the pages", function()
  it("are all to be found from README", function()
    local readme = page.prose "README.md"
    for _, path in ipairs(tree.files("docs", "md")) do
      assert.is_truthy(readme:find(("(%s)"):format(path), 1, true), path)
    end
  end)
end)
