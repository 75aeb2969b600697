-- falua at a pseudo-terminal (util-linux's script), 100 columns wide, and what is
-- typed there, through a named pipe. A session is a to-be-closed value.
local process = require "support.process"

local typing = {}

local methods = {}

-- The prompt, at the beginning of a line or behind an erasure.
local prompt <const> = "%f[^\0\nK]> $"

-- Waits until what follows the last match matches.
function methods:expect(pattern)
  local text, last
  self.child:until_true(function()
    text = self.child:out():gsub("\r", ""):sub(self.seen + 1)
    last = select(2, text:find(pattern))
    return last or self.child:status()
  end)
  require "luassert".matches(pattern, text)
  self.seen = self.seen + last
end

-- Types at the prompt, or at what else is there.
function methods:type(text, after)
  self:expect(after or prompt)
  self.typed:write(text)
end

-- Types without looking.
function methods:press(text) self.typed:write(text) end

-- Ends the session at its prompt; returns how it ended.
function methods:finish()
  self:type "\4"
  return assert(self.child:wait(), "still running")
end

-- The number of the process that runs falua.
function methods:pid()
  self:type "print(io.open('/proc/self/stat'):read 'n')\n"
  self:expect "\n%d+\n"
  local pid
  for number in self.child:out():gmatch "\n(%d+)\r?\n" do pid = number end
  return pid
end

-- Takes the terminal away, and waits until the process that runs falua has gone.
function methods:hang_up(pid)
  self.child:kill "KILL"
  local gone = self.child:until_true(function() return not os.execute("kill -0 " .. pid .. " 2>/dev/null") end)
  assert(gone, "still running")
end

function methods:close()
  self.typed:close()
  local child <close> = self.child
  child:wait(5)
  if not self.keep then self.folder:remove() end
end

-- Starts falua with words; options: env, and a folder that outlives the session.
function typing.open(options, ...)
  local self = { folder = options.folder or process.temporary(), keep = options.folder ~= nil, seen = 0 }
  local pipe = self.folder.path .. "/typed"
  os.execute(("rm -f %s; mkfifo %s"):format(pipe, pipe))
  local words = { "stty cols 100; exec", process.quote(process.falua) } -- no shell in between that hears Ctrl-C too
  for _, word in ipairs { ... } do words[#words + 1] = process.quote(word) end
  local env = { TERM = "xterm", HOME = self.folder.path, LC_ALL = "C.UTF-8", NO_COLOR = "1" }
  for name, value in pairs(options.env or {}) do env[name] = value end
  self.child = process.start {
    "sh", "-c", ("exec script -qec %s /dev/null < %s"):format(process.quote(table.concat(words, " ")), pipe),
    env = env, cwd = self.folder.path,
  }
  self.typed = assert(io.open(pipe, "r+")) -- both ends: the other one may die without taking us along
  self.typed:setvbuf "no"
  return setmetatable(self, { __index = methods, __close = methods.close })
end

-- A case: does `act` at the prompt of falua started with words, then ends the session.
function typing.at_the_prompt(act, ...)
  local words = table.pack(...)
  return function()
    local session <close> = typing.open({}, table.unpack(words))
    act(session)
    assert(session:finish().status == 0)
  end
end

return typing
