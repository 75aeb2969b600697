-- Child processes for specs: run one to its end, or start one and look at it
-- later while this process' own loop (and the sandbox in it) goes on turning.
-- Owns a temporary folder for each child's output; knows where the build is.
local file = require "support.file"

local process = {}

local function line_of(command)
  local pipe <close> = assert(io.popen(command))
  return pipe:read "l"
end

local root = line_of "pwd"

-- The build folder, absolute, and the interpreter that loads its modules: the
-- sanitized build brings its own.
local build = os.getenv "BUILD_DIR" or "build"
process.root = root
process.build = build:find "^/" and build or root .. "/" .. build
process.lua = os.getenv "FAL_LUA" or "lua5.4"
process.falua = process.build .. "/falua"

-- Words that stand for the programs of this build as the first of a command.
local programs = { lua = process.lua, falua = process.falua }

function process.quote(word)
  return "'" .. tostring(word):gsub("'", "'\\''") .. "'"
end
local quote = process.quote

-- A child sees this tree's modules and nothing of the user's fal settings; nor
-- does it write into the user's history.
local function environment(extra)
  local env = {
    LUA_PATH = ("%s/lua/?.lua;%s/lua/?/init.lua;%s/spec/?.lua;;"):format(root, root, root),
    LUA_CPATH = process.build .. "/?.so;;",
    FAL_HISTORY = "off",
  }
  for name, value in pairs(extra or {}) do env[name] = value end
  local list = { "env --default-signal=INT" }
  local pipe <close> = assert(io.popen "env")
  for line in pipe:lines() do
    local name = line:match "^(FAL_[%w_]*)="
    if name and name ~= "FAL_LUA" then list[#list + 1] = "-u " .. name end
  end
  for name, value in pairs(env) do list[#list + 1] = quote(name .. "=" .. value) end
  return table.concat(list, " ")
end

local function slurp(path) return file.read(path) or "" end

local folder_methods = {}

-- Removes a folder made by process.temporary.
function folder_methods:remove() os.execute("rm -rf " .. quote(self.path)) end

-- A temporary folder: { path = ..., :remove() }, also a to-be-closed value.
function process.temporary()
  local self = { path = line_of "mktemp -d" }
  return setmetatable(self, { __index = folder_methods, __close = folder_methods.remove, __name = "folder" })
end

-- The shell command for a list of words with the options of process.run; it
-- takes the place of the shell that runs it.
local function command_of(words)
  local list = { "exec", environment(words.env) }
  if words.timeout then list[#list + 1] = ("timeout -k 5 %g"):format(words.timeout) end
  for i, word in ipairs(words) do list[#list + 1] = quote(i == 1 and programs[word] or word) end
  local text = table.concat(list, " ")
  return words.cwd and ("cd %s && %s"):format(quote(words.cwd), text) or text
end

-- Runs a command to its end and returns { status, out, err }; a status above
-- 128 is a signal, 124 means that it ran longer than `timeout` (60) seconds.
-- Besides the words: stdin (text), env (table), cwd, timeout. This process
-- stands still meanwhile: for a child that talks to it, use process.start.
function process.run(words)
  local folder <close> = process.temporary()
  local path = folder.path
  file.write(path .. "/in", words.stdin or "")
  words.timeout = words.timeout or 60
  local _, how, code = os.execute(("( %s ) <%s/in >%s/out 2>%s/err"):format(command_of(words), path, path, path))
  if how == "signal" then code = code + 128 end
  return { status = code, out = slurp(path .. "/out"), err = slurp(path .. "/err") }
end

local methods = {}

function methods:out() return slurp(self.path .. "/out") end
function methods:err() return slurp(self.path .. "/err") end

-- The exit status once the child has ended, nil before.
function methods:status() return math.tointeger(tonumber(slurp(self.path .. "/status"))) end

function methods:kill(signal)
  os.execute(("kill -%s %d 2>/dev/null"):format(signal or "TERM", self.pid))
end

-- Turns the loop of this process, and its tasks when there are any, until
-- `done()` is true; false after `seconds`.
function methods.until_true(_, done, seconds)
  local reactor = require "fal.core.reactor"
  local sys = require "fal.core.sys"
  local task = package.loaded["fal.task"]
  local turn = task and task.step or reactor.step
  local deadline = sys.monotonic() + (seconds or 30)
  while not done() do
    if sys.monotonic() > deadline then return false end
    turn(0.01)
  end
  return true
end

-- Waits for the end of the child and returns { status, out, err }, or nil when
-- it takes longer than `seconds` (30).
function methods:wait(seconds)
  if not self:until_true(function() return self:status() end, seconds) then return nil end
  return { status = self:status(), out = self:out(), err = self:err() }
end

-- Waits until the child's output matches `pattern`; returns the captures.
function methods:expect(pattern, seconds)
  self:until_true(function() return self:out():find(pattern) or self:status() end, seconds)
  return self:out():match(pattern)
end

-- Until its end has been noted down, something may be written into its folder.
local function close(self)
  if not self:status() then
    self:kill "KILL"
    os.execute(("for _ in $(seq 500); do [ ! -e %s/status ] || break; sleep 0.01; done"):format(quote(self.path)))
  end
  os.execute("rm -rf " .. quote(self.path))
end

-- What the shell does around a child in the background: tell its number, wait
-- for it, leave its exit status where it appears at once and whole.
local watcher = [[{ ( COMMAND ) <DIR/in >DIR/out 2>DIR/err 3>&- &
  echo $! >&3; exec 3>&-; wait $!; echo $? >DIR/end; mv DIR/end DIR/status; } 3>&1 >/dev/null 2>&1 &]]

-- Starts a command in the background; options as process.run, but no limit of
-- time unless given. A to-be-closed value: the child goes with it.
function process.start(words)
  local self = { path = process.temporary().path }
  file.write(self.path .. "/in", words.stdin or "")
  self.pid = tonumber(line_of((watcher:gsub("%u%u%u+", { COMMAND = command_of(words), DIR = self.path }))))
  return setmetatable(self, { __index = methods, __close = close, __name = "process" })
end

return process
