-- The program that the kill harness runs: six paid steps with a fan-out, which
-- ends itself with SIGKILL at the fault point that it is told. A fault point is
-- the moment before and after each write to the journal and each submit. Prints
-- the outputs, or "unconfirmed STEP"; with "count", how many points there are.
local store = require "fal.core.store"
local sys = require "fal.core.sys"

local journal, deadly = arg[1], tonumber(arg[2])
local point = 0

local function pass()
  point = point + 1
  if point == deadly then
    os.execute("kill -KILL " .. sys.pid())
    while true do sys.monotonic() end
  end
end

local function passed(...)
  pass()
  return ...
end

-- The store, with a fault point around each of its writes.
local open = store.open

local Watched = {}
Watched.__index = Watched

function Watched:run(...)
  pass()
  return passed(self.db:run(...))
end

function Watched:exec(...)
  pass()
  return passed(self.db:exec(...))
end

function Watched:rows(...) return self.db:rows(...) end

function Watched:close() self.db:close() end

function store.open(...)
  local db, err = open(...)
  return db and setmetatable({ db = db }, Watched), err
end

local fal = require "fal"
local submit = fal.submit

function fal.submit(...)
  pass()
  return passed(submit(...))
end

local workflow = require "fal.workflow"
local key = require "fal.workflow.key"

local wf = workflow("six", { journal = journal })
local idea = wf:call("me/echo", { x = "idea" }, { name = "idea" })
local shots = wf:each({ "a", "b", "c" }, function(name)
  return wf:call("me/echo", { x = wf:text("{} {}", idea.got, name) }, { name = name })
end)
local joined = wf:map(shots, function(list)
  local words = {}
  for i, shot in ipairs(list) do words[i] = shot.got end
  return { text = table.concat(words, " + ") }
end, { name = "joined" })
local film = wf:call("me/echo", { x = joined.text }, { name = "film" })
wf:call("me/echo", { x = wf:text("poster of {}", film.got) }, { name = "poster" })

for i = 3, #arg, 2 do assert(wf:settle(arg[i], arg[i + 1])) end

local outputs, err = wf:run()
if outputs then
  print("points " .. point)
  print("outputs " .. assert(key.canonical(outputs)))
elseif err.kind == "unconfirmed" then
  for name, why in pairs(err.failures) do
    if why.kind == "unconfirmed" then print("unconfirmed " .. name) end
  end
else
  print("error " .. tostring(err))
end
