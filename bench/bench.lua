-- What the measures share: running a command and learning what it spent, the
-- server of the bench, timing within a process, medians, and a description of
-- this machine.
local bench = {}

local build <const> = os.getenv "BUILD_DIR" or "build"
local tools <const> = os.getenv "BENCH_DIR" or "build/bench"

-- Commands -----------------------------------------------------------------

--- The commands that are measured, up to their own arguments.
bench.falua = build .. "/falua"
bench.lua = ('env LUA_PATH="lua/?.lua;lua/?/init.lua;;" LUA_CPATH="%s/?.so;;" lua5.4'):format(build)
bench.floor = tools .. "/floor"
bench.node = "node bench/official.mjs"

--- Runs a command through the shell and returns what it printed.
---@param command string
---@return string text  without the final line end
function bench.read(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "a"
  assert(pipe:close(), "this command failed: " .. command)
  return (text:gsub("\n$", ""))
end

--- Runs a command and says what the kernel accounts to it, on an average run.
---@param command string  one simple command
---@param times? integer  default 1
---@return table spent  cpu and wall in milliseconds, peak of memory in KB
function bench.spend(command, times)
  local text = bench.read(("%s/spend %d %s 2>/dev/null"):format(tools, times or 1, command))
  local cpu, wall, peak = text:match "^(%S+) (%S+) (%S+)$"
  return { cpu = tonumber(cpu), wall = tonumber(wall), peak = math.tointeger(peak) }
end

-- The server ---------------------------------------------------------------

-- Its base URL, once it has printed it.
local function url_in(path)
  for _ = 1, 500 do
    local file <close> = io.open(path)
    local line = file and file:read "L"
    if line and line:sub(-1) == "\n" then return line:sub(1, -2) end
    os.execute "sleep 0.02"
  end
  error "the server of the bench did not start"
end

--- Runs `fn(url)` beside a server whose jobs take so long.
---@param milliseconds integer
---@param fn fun(url: string): any
---@return any result, integer accepted  what fn returned, and how many jobs the server took
function bench.with_server(milliseconds, fn)
  local path = os.tmpname()
  local server = assert(io.popen(("%s/server %d > %s"):format(tools, milliseconds, path), "w"))
  local ok, result = pcall(fn, url_in(path))
  server:close()
  local accepted
  for line in io.lines(path) do accepted = math.tointeger(line) end
  os.remove(path)
  if not ok then error(result, 0) end
  return result, accepted
end

-- Within a process ---------------------------------------------------------

--- The best of some runs: other programs on the machine make all of them slower.
---@param rounds integer
---@param times integer  calls in a run
---@param fn fun(round: integer)
---@return number seconds  of the processor, for one call
function bench.best(rounds, times, fn)
  local least = math.huge
  for round = 1, rounds do
    local start = os.clock()
    for _ = 1, times do fn(round) end
    least = math.min(least, (os.clock() - start) / times)
  end
  return least
end

--- Forgets a room of the library, so that it is loaded again.
---@param room string
function bench.forget(room)
  for name in pairs(package.loaded) do
    if name:sub(1, #room) == room then package.loaded[name] = nil end
  end
end

--- Prints a line for bench.rows.
---@param what string
---@param number number
function bench.show(what, number) print(("%s\t%.3f"):format(what, number)) end

--- Runs a script that prints such lines, and makes rows of them.
---@param name string  of the script, without folder and ending
---@param unit string  of its numbers
---@param goal_of fun(what: string): integer?  what a number must be below
---@return table rows
function bench.rows(name, unit, goal_of)
  local rows = {}
  for line in bench.read(("%s bench/%s.lua"):format(bench.lua, name)):gmatch "[^\n]+" do
    local what, number = line:match "^(.*)\t(%S+)$"
    local goal = goal_of(what)
    rows[#rows + 1] = bench.row(name .. ": " .. what, ("%.2f %s"):format(number, unit),
      goal and ("< %d %s"):format(goal, unit), goal and tonumber(number) < goal)
  end
  return rows
end

-- Figures ------------------------------------------------------------------

--- The middle one of some numbers.
---@param numbers number[]
---@return number
function bench.median(numbers)
  local sorted = table.move(numbers, 1, #numbers, 1, {})
  table.sort(sorted)
  local middle = (#sorted + 1) // 2
  return #sorted % 2 == 1 and sorted[middle] or (sorted[middle] + sorted[middle + 1]) / 2
end

--- The median of the ratios of two series that were measured side by side.
function bench.ratio(series, base)
  local ratios = {}
  for i, number in ipairs(series) do ratios[i] = number / base[i] end
  return bench.median(ratios)
end

--- A row of the table that compares with a goal.
---@param what string
---@param value string  as it is shown
---@param goal? string  as it is shown
---@param good? boolean  whether it is met
function bench.row(what, value, goal, good) return { what = what, value = value, goal = goal, good = good } end

-- The machine --------------------------------------------------------------

local function first_line(command) return bench.read(command .. " 2>/dev/null"):match "^[^\n]*" end

--- What the figures were measured on, and when.
---@return string paragraph
function bench.machine()
  local cpu = bench.read "cat /proc/cpuinfo":match "model name%s*:%s*([^\n]*)" or "processor unknown"
  local official = bench.read "cat package.json":match '"@fal%-ai/client": "([^"]*)"'
  return table.concat({
    os.date "%Y-%m-%d", cpu .. " (" .. first_line "nproc" .. " cores)", first_line "uname -sr",
    first_line "lua5.4 -v":match "^Lua %S+", first_line "curl --version":match "libcurl/%S+",
    "Node " .. first_line "node --version", "@fal-ai/client " .. official,
    "fal for Lua at " .. first_line "git describe --always",
  }, ", ") .. "."
end

return bench
