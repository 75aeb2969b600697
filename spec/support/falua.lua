-- falua's commands as other processes that talk to a sandbox in this one, so
-- that a spec can count what was accepted. Folders of their own, no key but the
-- sandbox's; with `terminal`, at a pseudo-terminal.
local file = require "support.file"
local process = require "support.process"
local service = require "support.service"

local falua = {}

local methods = {}

-- What falua needs in its environment to talk to the sandbox, and `extra`.
function methods:environment(extra)
  local env = { FAL_HISTORY = "off" }
  for name, value in pairs(self.sandbox.config) do env["FAL_" .. name:upper()] = value end
  env.HOME, env.TERM, env.LC_ALL, env.NO_COLOR = self.folder.path, "xterm", "C.UTF-8", "1"
  for _, name in ipairs { "CACHE", "DATA", "STATE" } do
    env[("XDG_%s_HOME"):format(name)] = ("%s/%s"):format(self.folder.path, name:lower())
  end
  for name, value in pairs(extra or {}) do env[name] = value end
  return env
end

local function at_a_terminal(words)
  local list = { process.quote(process.falua) }
  for i = 2, #words do list[i] = process.quote(words[i]) end
  local size = words.columns and ("stty cols %d; "):format(words.columns) or ""
  return { "script", "-qec", size .. "exec " .. table.concat(list, " "), "/dev/null", stdin = words.stdin }
end

local function started(self, words, env)
  words.env, words.cwd = self:environment(env), self.folder.path
  return process.start(words)
end

-- Starts falua; besides its words: stdin, env, terminal (and its columns).
function methods:start(words)
  table.insert(words, 1, "falua")
  return started(self, words.terminal and at_a_terminal(words) or words, words.env)
end

-- Starts bash, for which "falua" is this build's.
function methods:shell(code)
  local path = ("%s:%s"):format(process.build, os.getenv "PATH")
  return started(self, { "bash", "-c", code }, { PATH = path })
end

-- Runs falua to its end: { status, out, err }.
function methods:run(...)
  local words = type(...) == "table" and ... or { ... }
  local child <close> = self:start(words)
  return (assert(child:wait(), "still running"))
end

-- Runs falua with words in a line of bash, in which "$@" stands for it.
function methods:run_bash(line, words, env)
  local child <close> = started(self, { "bash", "-c", line, "bash", process.falua, table.unpack(words) }, env)
  return (assert(child:wait(), "still running"))
end

-- Runs it and returns its decoded output; it must have gone well in silence.
function methods:json(...)
  local result = self:run(...)
  assert(result.status == 0 and result.err == "", result.status .. ": " .. result.err)
  return assert(require("fal.core.json").decode(result.out))
end

function methods:write(name, text)
  local path = ("%s/%s"):format(self.folder.path, name)
  file.write(path, text)
  return path
end

function methods:close()
  self.sandbox:stop()
  self.folder:remove()
end

-- Models for `endpoints`: one that takes a minute, one that makes two files.
function falua.slow()
  require("fal").sleep(60)
  return { late = true }
end

function falua.files(_, job)
  return { files = { job:file("one", "a.txt", "text/plain"), job:file("two", "b.txt", "text/plain") } }
end

-- A sandbox with `options` and a folder; to be closed.
function falua.open(options)
  local self = { sandbox = service.start(options), folder = process.temporary() }
  return setmetatable(self, { __index = methods, __close = methods.close })
end

return falua
