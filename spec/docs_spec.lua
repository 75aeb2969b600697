-- Every example that a reader may copy runs, as it stands: the Lua blocks of
-- README and docs/, and the scripts in scripts/, each in a process and an
-- empty folder of its own, against the sandbox.
--
-- In a block, `--> text` says what is printed there. What each example of a page
-- begins with, `local fal = require "fal"`, need not stand in it. A comment before
-- a block in the page changes how it is run: `<!-- goes on -->` runs it after the block
-- before it, `<!-- not run: why -->` only compiles it.
local process = require "support.process"
local tree = require "support.tree"

-- The Lua blocks of a page: { line, code, goes_on, not_run }.
local function blocks(text)
  local list, number, remark, current = {}, 0, "", nil
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    number = number + 1
    if current and line:find "^```" then
      current.code = table.concat(current, "\n") .. "\n"
      list[#list + 1], current, remark = current, nil, ""
    elseif current then
      current[#current + 1] = line
    elseif line:find "^```lua" then
      current = {
        line = number, goes_on = remark:find "goes on" ~= nil, not_run = remark:find "not run: %S" ~= nil,
      }
    elseif line:find "%S" then
      remark = line:match "^<!%-%- (.*) %-%->$" or ""
    end
  end
  return list
end

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

local function run_code(name, code)
  if not code:find 'local fal = require' then code = 'local fal = require "fal" ' .. code end
  local folder <close> = process.temporary()
  local script = folder.path .. "/" .. name
  do
    local file <close> = assert(io.open(script, "w"))
    file:write(code)
  end
  local out, from = run({ "falua", "--sandbox", script }, folder), 1
  for _, line in ipairs(promised(code)) do
    local _, last = out:find(line, from, true)
    assert(last, ("did not print %q but\n%s"):format(line, out))
    from = last + 1
  end
end

for _, page in ipairs(tree.files("README.md docs", "md")) do
  describe(page, function()
    local before = ""
    for _, block in ipairs(blocks(tree.read(page))) do
      local code = block.goes_on and before .. block.code or block.code
      it(("has an example in line %d that %s"):format(block.line, block.not_run and "compiles" or "runs"), function()
        assert(load(code, "=example"))
        if not block.not_run then run_code("example.lua", code) end
      end)
      before = code
    end
  end)
end

describe("scripts/", function()
  for _, script in ipairs(tree.files("scripts", "lua")) do
    if not script:find "^scripts/embed/" then
      it(script .. " runs", function()
        local folder <close> = process.temporary()
        run({ "falua", "--sandbox", process.root .. "/" .. script, timeout = 120 }, folder)
      end)
    end
  end
end)
