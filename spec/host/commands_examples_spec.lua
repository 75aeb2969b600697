-- The examples in the help of each command and in docs/falua.md are run as they
-- stand, by a shell, against a sandbox.
local falua = require "support.falua"
local process = require "support.process"
local tree = require "support.tree"

-- Commands whose examples need files of their own (spec/host/workflow_spec.lua), or do not end.
local elsewhere <const> = { sandbox = true, workflow = true }

-- What the sandbox cannot answer, or needs a program that may not be there.
local only_the_service <const> = {
  ["url=$(falua upload boat.png | jq -r '.[0].url')"] = true,
  ["falua models upscale --remote"] = true, ["falua schema fal-ai/veo3/fast --refresh --json"] = true,
}

-- What stands before an example of completion, so that its shell can run it.
local in_shell <const> = {
  bash = "bash -c ", zsh = "zsh -f -c 'autoload -U compinit; compinit -u -D; '", fish = "fish --no-config -c ",
}

local some_url <const> = "https://v3.fal.media/files/b/0a1b2c3d/boat.mp4"
local some_id <const> = "764cabcf-b745-4b3e-ae38-1200304cf45b"

local at

local function open(options)
  at = falua.open(options)
  os.execute(("mkdir %s/words"):format(at.folder.path))
  at:write("boat.png", "no picture")
  at:write("portrait.txt", "a {red|blue} {who}")
end

before_each(function() open() end)
after_each(function() at:close() end)

local function run_in_shell(code)
  local child <close> = at:shell("export FAL_HISTORY=on\n" .. code)
  return (assert(child:wait(60), "still running"))
end

-- The shell blocks of a page.
local function blocks_of(page)
  local list = {}
  for block in tree.read(page):gmatch "\n```sh\n(.-)\n```" do list[#list + 1] = block end
  return list
end

-- An example with what is there in place of what it names.
local function adapted(line, id)
  local url = require("fal.sandbox.files").publish(at.sandbox, "one", "boat.mp4", "video/mp4")
  local there = { [some_id] = id, [some_url] = url, ["764cabcf "] = id:sub(1, 8) .. " ", ["show 12"] = "show 1" }
  for from, to in pairs(there) do
    line = line:gsub(from:gsub("%p", "%%%0"), to)
  end
  local shell = line:match "falua completion (%a+)"
  return shell and in_shell[shell] .. process.quote(line) or line
end

local function examples_of(command)
  local chunk = at:run("-e", ("for _, line in ipairs(require('falua.commands.%s').examples) do print(line) end")
    :format(command)).out
  local list = {}
  for line in chunk:gmatch "[^\n]+" do list[#list + 1] = line end
  return list
end

describe("the examples of", function()
  for _, path in ipairs(tree.files("lua/falua/commands", "lua")) do
    local command = path:match "(%w+)%.lua$"
    if not elsewhere[command] then
      it("falua " .. command, function()
        if command == "cancel" then -- needs something that is under way
          at:close()
          open { run_time = 60 }
        end
        local examples = examples_of(command)
        assert.is_true(#examples > 0)
        for _, line in ipairs(examples) do
          if not only_the_service[line] then
            local id = at:run({ "submit", "fal-ai/veo3/fast", "prompt=x", "--get", "request_id",
              env = { FAL_HISTORY = "on" } }).out:match "%S+"
            if command == "result" then at:run("result", "--wait", "fal-ai/veo3/fast", id) end
            local result = run_in_shell(adapted(line, id))
            assert(result.status == 0, ("%s: %d: %s"):format(line, result.status, result.err))
          end
        end
      end)
    end
  end
end)

describe("docs/falua.md", function()
  for i, block in ipairs(blocks_of "docs/falua.md") do
    it(("has block %d that runs: %s"):format(i, block:match "[^\n]*"), function()
      local result = run_in_shell("set -e\n" .. block)
      assert(result.status == 0, result.status .. ": " .. result.err)
      assert.is_true(#result.out > 0)
    end)
  end

  it("has the exit statuses as they are", function()
    local page, count = tree.read "docs/falua.md", 0
    for line in at:run("-e", "for _, m in ipairs(require('falua.exits').meanings) do print(m[1], m[2]) end").out
      :gmatch "[^\n]+" do
      local status, meaning = line:match "^(%d+)\t(.*)$"
      assert.is_truthy(page:find(("\n| %s | %s"):format(status, meaning), 1, true), line)
      count = count + 1
    end
    assert.equal(11, count)
  end)

  it("names every command", function()
    local page = tree.read "docs/falua.md"
    for _, path in ipairs(tree.files("lua/falua/commands", "lua")) do
      local command = path:match "(%w+)%.lua$"
      local named = page:find("`falua " .. command, 1, true) or page:find(("`%s`"):format(command), 1, true)
      assert.is_truthy(named, command)
    end
  end)
end)
