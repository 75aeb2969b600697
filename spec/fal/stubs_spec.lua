-- The definitions for editors that ship with the library (lua/fal/_meta): they
-- are in the grammar, and have every function of the public surface, with as
-- many arguments as it takes, and no other.
local luacats = require "support.luacats"
local process = require "support.process"
local service = require "support.service"
local stubs = require "support.stubs"
local tree = require "support.tree"

local classes, modules = stubs.classes, stubs.modules
local members, sorted = stubs.members, stubs.sorted
local same_arguments, same_fields, same_functions = stubs.same_arguments, stubs.same_fields, stubs.same_functions

describe("the stubs", function()
  it("use no name that is not defined", function() assert.same({}, luacats.undefined(classes, stubs.aliases)) end)

  it("can be told from their own faults", function()
    local head = "---@meta\n---@class a\nlocal a = {}\n"
    for _, case in ipairs {
      { "", "begins with" }, { head .. "---@class a\n", "twice" },
      { head .. "---@param x string|\nfunction a.f(x) end\n", "line 4: wanted" },
      { head .. "---@param y string\nfunction a.f(x) end\n", "other parameters" },
      { head .. "function b.f() end\n", "no class" }, { head .. "---@fild x y\n", "no such tag" },
      { head .. "a.x = 5\n", "not a definition" }, { "---@meta\n---@class a\n---@field x table<string\n", "wanted" },
    } do
      local ok, err = pcall(luacats.read, case[1])
      assert.is_false(ok, case[1])
      assert.is_truthy(tostring(err):find(case[2], 1, true), tostring(err))
    end
    local file = luacats.read(head .. "---@param x b<c>[]?\n---@return (fun(y: d): e)? f  words\nfunction a.f(x) end\n")
    assert.same({ "b in a", "c in a", "d in a", "e in a" }, luacats.undefined(file.classes, {}))
  end)
end)

describe("the functions of", function()
  local fal = require "fal"
  local sandbox, client, folder

  before_each(function()
    sandbox = service.start()
    client = service.client(sandbox)
    folder = process.temporary()
  end)
  after_each(function()
    sandbox:stop()
    folder:remove()
  end)

  local function methods_of(object)
    local index = debug.getmetatable(object).__index
    assert.is_table(index)
    return index
  end

  it("fal and of clients have their stubs, and no others", function()
    assert.equal(classes.fal, modules.fal)
    same_functions("fal", fal)
    same_functions("fal.client", client)
    assert.same({ "fal" }, modules["fal.raise"].parents)
    for name in pairs(fal) do assert.equal(type(fal[name]), type(require("fal.raise")[name]), name) end
    same_functions("fal.pollable", fal.pollable)
  end)

  it("the other modules", function()
    for _, name in ipairs {
      "fal.prompt", "fal.workflow", "fal.sandbox", "fal.history", "fal.history.search", "fal.core.digest",
      "fal.core.error", "fal.core.json", "fal.core.reactor", "fal.core.server", "fal.core.store", "fal.core.sys",
    } do
      assert.equal(classes[name], modules[name], name)
      same_functions(name, require(name))
    end
  end)

  it("every module that has a stub, and each of those modules is there", function()
    for name in pairs(modules) do assert.is_table(require(name), name) end
    for _, path in ipairs(tree.files("src/module", "c")) do
      local module = tree.read(path):match "luaopen_fal_core_(%w+)%("
      if module then assert.is_truthy(modules["fal.core." .. module], module) end
    end
  end)

  it("requests, tasks, streams and meters", function()
    local request = assert(client.submit("acme/echo", {}))
    same_functions("fal.request", methods_of(request))
    same_functions("fal.task", methods_of(fal.async(function() end)))
    fal.loop()
    local _, _, _, stream = client.stream("acme/echo", {})
    same_functions("fal.stream", methods_of(stream))
    stream:close()
    same_functions("fal.meter", methods_of(fal.meter()))
    local timer = require("fal.core.reactor").after(0)
    same_functions("fal.timer", methods_of(timer))
    timer:stop()
  end)

  it("prompts, shots and templates", function()
    local prompt = require "fal.prompt"
    local p = prompt "a fox"
    for name, stub in pairs(members(classes["fal.prompt.value"]).methods) do
      assert.is_function(p[name], name)
      same_arguments("fal.prompt.value." .. name, p[name], stub)
    end
    local row = prompt.shots { p, p }
    for name, stub in pairs(members(classes["fal.prompt.shots"]).methods) do
      assert.is_function(row[name], name)
      same_arguments("fal.prompt.shots." .. name, row[name], stub)
    end
    same_functions("fal.prompt.template", methods_of(prompt.template "x"))
    assert.same(sorted(prompt.vocabulary), sorted(classes["fal.prompt.vocabulary"].fields))
  end)

  it("workflows, sandboxes and their jobs", function()
    local wf = require "fal.workflow"("stubs", { client = client, journal = folder.path .. "/journal" })
    same_functions("fal.workflow.value", methods_of(wf))
    same_functions("fal.sandbox.server", methods_of(sandbox))
    local hand
    sandbox:endpoint("me/hand", function(_, job)
      hand = job
      job.units = 1
      return {}
    end)
    assert(client.run("me/hand", {}))
    same_functions("fal.sandbox.job", methods_of(hand))
    same_fields("fal.sandbox.job", { { id = hand.id, request_id = hand.request_id, endpoint = hand.endpoint,
      headers = hand.headers, units = hand.units } })
  end)

  it("stores, servers and what they serve", function()
    local store <close> = require("fal.core.store").open(folder.path .. "/store")
    same_functions("fal.store", methods_of(store))
    local server <close> = require("fal.core.server").listen {}
    same_functions("fal.server", methods_of(server))
    local asked
    fal.async(function()
      require("fal.core.reactor").wait(server)
      local request = server:next()
      asked = members(classes["fal.server.request"])
      for name in pairs(asked.methods) do assert.is_function(request[name], name) end
      for name, field in pairs(asked.fields) do
        if not field.optional then assert.is_truthy(request[name] ~= nil, name) end
      end
      request:respond(204)
    end)
    assert(client.http { url = ("http://127.0.0.1:%d/"):format(server:port()) })
    assert.is_table(asked)
  end)
end)
