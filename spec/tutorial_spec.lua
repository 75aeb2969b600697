-- docs/tutorial.md word for word: its Lua blocks are saved under the names in
-- their first lines, its shell blocks are run in order by one shell at a
-- terminal, and each prints what the block of text after it shows, but for ids,
-- ports, times and versions; without such a block it prints nothing. At the end
-- the sandbox has done each job once, also those of the run that was killed.
local page = require "support.page"
local process = require "support.process"
local screen = require "support.screen"
local tree = require "support.tree"

local columns <const> = 200

-- Before the sandbox of the page is stopped, it is asked for which jobs it has done.
local jobs <const> = [=[falua -e 'local fal = require "fal"
for _, id in ipairs { "fal-ai/veo3/fast", "fal-ai/pika/v2.2/text-to-video", "fal-ai/video-prompt-generator" } do
  local url = fal.option "api_url" .. "/models/requests/by-endpoint?limit=100&endpoint_id=" .. id
  local answer = assert(fal.http { url = url, check = true })
  print(id, #require "fal.core.json".decode(answer.body).items)
end' >jobs
]=]

-- The page as a script: what it types, with a mark after each block of shell,
-- and what each of them is to print.
local function lesson(blocks)
  local lines, wanted = { "trap 'kill $(jobs -p) 2>/dev/null' EXIT" }, {}
  for i, block in ipairs(blocks) do
    if block.code == "kill %1\n" then lines[#lines + 1] = jobs end
    if block.language == "lua" then
      local name = assert(block.code:match "^%-%- ([%w_]+%.lua)\n", "a Lua block without the name of its file")
      lines[#lines + 1] = ("cat > %s <<'END OF FILE'\n%sEND OF FILE"):format(name, block.code)
    elseif block.language == "sh" then
      local after = blocks[i + 1]
      wanted[#wanted + 1] = { code = block.code, out = after and after.language == "text" and after.code or "" }
      lines[#lines + 1] = block.code .. "printf '\\0'"
    else
      assert(block.language == "text" and blocks[i - 1].language == "sh", "a block that is out of place")
    end
  end
  return table.concat(lines, "\n"), wanted
end

-- What a shell says of a job that was killed is its own affair.
local function shown(part)
  local lines = {}
  for _, line in ipairs(screen.lines(part, columns)) do
    if not line:find "^%S+: line %d+: +%d+ Killed " then lines[#lines + 1] = line .. "\n" end
  end
  return screen.stable(table.concat(lines))
end

local function play(script, folder)
  local words = screen.command("bash -c " .. process.quote(script), columns)
  words.cwd, words.timeout = folder.path, 120
  words.env = {
    PATH = ("%s:%s"):format(process.build, os.getenv "PATH"), HOME = folder.path, TERM = "xterm", LC_ALL = "C.UTF-8",
  }
  return process.run(words).out
end

describe("docs/tutorial.md", function()
  local script, wanted = lesson(page.blocks "docs/tutorial.md")
  local folder, parts

  setup(function()
    folder, parts = process.temporary(), {}
    for part in play(script, folder):gmatch "(.-)\0" do parts[#parts + 1] = part end
  end)
  teardown(function() folder:remove() end)

  it("is gone through to its end", function()
    assert.is_true(#wanted >= 10)
    assert.equal(#wanted, #parts)
  end)

  it("pays for nothing twice", function()
    assert.equal("fal-ai/veo3/fast\t3\nfal-ai/pika/v2.2/text-to-video\t2\nfal-ai/video-prompt-generator\t1\n",
      tree.read(folder.path .. "/jobs"))
  end)

  for i, entry in ipairs(wanted) do
    it("shows what is printed by: " .. entry.code:match "[^\n]*", function()
      assert.equal(screen.stable(entry.out), shown(parts[i] or ""))
    end)
  end
end)
