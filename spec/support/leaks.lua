-- The leak check, busted's helper. After each spec file nothing may be left: no
-- transfer, no timer, no pollable, no descriptor that was not there before. A
-- finding is reported as an error of that file.
local busted = require "busted"

local patience <const> = 50  -- turns of the loop in which things may come to rest

-- The reactor of this state, or nil when it is not built. It is required anew
-- each time, and leaves package.loaded as it was: each file loads it itself.
local function the_reactor()
  local before = package.loaded["fal.core.reactor"]
  local there, reactor = pcall(require, "fal.core.reactor")
  package.loaded["fal.core.reactor"] = before
  return there and reactor or nil
end

-- TCP sockets by inode whose other end has gone: connections that the client
-- kept for reuse while a server closed. The reactor owns them, and they go when
-- it next looks for a connection.
local function abandoned_sockets()
  local set = {}
  for _, name in ipairs { "tcp", "tcp6" } do
    local file <close> = io.open("/proc/self/net/" .. name)
    for line in file and file:lines() or function() end do
      local state, inode = line:match "^%s*%d+: %x+:%x+ %x+:%x+ (%x%x) %S+ %S+ %S+%s+%d+%s+%d+ (%d+)"
      if state == "08" then set["socket:[" .. inode .. "]"] = true end
    end
  end
  return set
end

-- The open descriptors of this process as a set of "number target"; nil where
-- there is no /proc. The pipe through which they are read is not one of them.
local function descriptors()
  local stat <close> = io.open "/proc/self/stat"
  if not stat then return nil end
  local abandoned = abandoned_sockets()
  local pipe <close> = io.popen(("readlink /proc/self/fd/1; ls -l /proc/%d/fd"):format(stat:read "n"))
  local own, set = pipe:read "l", {}
  for line in pipe:lines() do
    local number, target = line:match "(%d+) %-> (.+)$"
    if number and target ~= own and not target:find "^/proc/.*/stat$" and not abandoned[target] then
      set[number .. " " .. target] = true
    end
  end
  return set
end

-- What there is now: a file answers only for what it adds to that.
local function inventory(reactor)
  return { census = reactor and reactor.census() or {}, descriptors = descriptors() or {} }
end

local function left_over(reactor, before)
  local found, now = {}, inventory(reactor)
  for name, count in pairs(now.census) do
    local more = count - (before.census[name] or 0)
    if more > 0 then found[#found + 1] = ("%d %s"):format(more, name) end
  end
  for descriptor in pairs(now.descriptors) do
    if not before.descriptors[descriptor] then found[#found + 1] = "descriptor " .. descriptor end
  end
  table.sort(found)
  return table.concat(found, ", ")
end

-- What the reactor keeps for the whole life of the state is there from now on.
do
  local reactor = the_reactor()
  if reactor then reactor.step(0) end
end

local before

busted.subscribe({ "file", "start" }, function()
  before = inventory(the_reactor())
  return nil, true
end)

busted.subscribe({ "file", "end" }, function(file)
  local reactor = the_reactor()
  for _ = 1, 4 do collectgarbage() end
  local left = left_over(reactor, before)
  for _ = 1, reactor and patience or 0 do
    if left == "" then break end
    reactor.step(0.01)
    left = left_over(reactor, before)
  end
  if left ~= "" then
    busted.publish({ "error", "file" }, file, busted.parent(file), "left over: " .. left)
  end
  return nil, true
end)
