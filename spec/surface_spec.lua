-- Every public name is told of in the pages: what a program finds at run time is
-- compared with what the pages say, and so are the kinds and fields of errors,
-- the options, the variables of the environment and the words of the commands.
local page = require "support.page"
local process = require "support.process"
local service = require "support.service"
local tree = require "support.tree"

local text = {}
for _, path in ipairs(tree.files("README.md docs", "md")) do text[path:match "([%w]+)%.md$"] = tree.read(path) end

local function everything()
  local list = {}
  for _, one in pairs(text) do list[#list + 1] = one end
  return table.concat(list, "\n")
end

local function set_of(words)
  local set = {}
  for word in words:gmatch "%S+" do set[word] = true end
  return set
end

-- The names of a table that stand for something: no metamethods, nothing that begins with _.
local function names_of(value)
  local list = {}
  for name in pairs(value) do
    if type(name) == "string" and not name:find "^_" then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

-- The methods of an object, by its metatable.
local function methods_of(object)
  local index = debug.getmetatable(object).__index
  assert(type(index) == "table", "no table of methods")
  return names_of(index)
end

-- Fails with the names that `where` does not hold after one of the `leads`.
local function told(names, where, leads, inner)
  local missing, known = {}, set_of(inner or "")
  for _, name in ipairs(names) do
    local found = known[name]
    for _, lead in ipairs(leads) do found = found or where:find(lead .. name .. "%f[^%w_]") end
    if not found then missing[#missing + 1] = name end
  end
  assert.same({}, missing)
end

describe("told of in the pages are", function()
  local fal = require "fal"
  local prompt = require "fal.prompt"
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

  it("the functions of fal", function()
    told(names_of(fal), everything(), { "%f[%w]fal%." })
    told(names_of(require "fal.raise"), everything(), { "%f[%w]fal%." })
  end)

  it("the functions of the other modules", function()
    told(names_of(prompt), text.prompts, { "prompt%." })
    told(names_of(require "fal.workflow"), text.workflows, { "workflow%." })
    told(names_of(require "fal.sandbox"), text.sandbox, { '"fal.sandbox"%)%.' })
    told(names_of(require "fal.history.search"), text.history, { "search%." })
    told({ "open" }, text.history, { "history%." }) -- its other functions are the library's own
  end)

  it("the functions of the modules below", function()
    told(names_of(require "fal.core.digest"), text.core, { "%f[%w]" })
    told(names_of(require "fal.core.json"), text.core, { "%f[%w]" })
    told(names_of(require "fal.core.error"), text.core, { "error%." })
    told(names_of(require "fal.core.sys"), text.core, { "%f[%w]" })
    told(names_of(require "fal.core.command"), text.core, { "command%." })
    told(names_of(require "fal.core.store"), text.core, { "store%." })
    told(names_of(require "fal.core.server"), text.core, { "server%." })
    -- what the rooms of fal alone are there for
    local inner = [[breathe cancel census drive_with is_sent is_set is_shielded is_waitable loop mark_task most
      ready]]
    told(names_of(require "fal.core.reactor"), text.core, { "reactor%." }, inner)
  end)

  it("the methods of requests and tasks", function()
    local request = assert(client.submit("acme/app", {}))
    told(methods_of(request), text.calls, { "[%w_]:" })
    assert(request:wait())
    told(names_of(request), text.calls, { "[`%.]" })
    local task = fal.async(function() return true end)
    told({ "await", "cancel", "done" }, text.tasks, { "[:%.]" })
    assert.is_true(task:await())
    assert.is_true(task.done)
  end)

  it("the methods of prompts, shots and templates", function()
    told(names_of(require "fal.prompt.value".methods), text.prompts, { "[`p]:" })
    told(names_of(require "fal.prompt.shots".methods), text.prompts, { "[`p]:" })
    told(methods_of(prompt.template "x"), text.prompts, { "t:" })
  end)

  it("the methods of workflows and sandboxes", function()
    local wf = require "fal.workflow"("told", { client = client, journal = folder.path .. "/journal" })
    told(methods_of(wf), text.workflows, { "wf:" }, "file")
    told(methods_of(sandbox), text.sandbox, { "sandbox:" }, "complain spawn")
  end)

  it("the methods of servers, stores and meters", function()
    local store <close> = require "fal.core.store".open(folder.path .. "/store")
    local server = require "fal.core.server".listen {}
    told(methods_of(store), text.core, { ":" })
    told(methods_of(server), text.core, { ":" })
    told(methods_of(fal.meter()), text.core, { ":" })
    server:close()
  end)

  it("the options of clients and calls", function()
    told(fal.option_names(), text.configuration, { "`" })
    local sets = require "fal.queue".options
    for _, name in ipairs { "run", "submit", "subscribe", "wait", "events", "status" } do
      told(names_of(sets[name]), text.calls, { "`" })
    end
  end)
end)

-- The sources that are the library's; those of the sandbox play the service's part.
local function sources(root, extension, but)
  local list = {}
  for _, path in ipairs(tree.files(root, extension)) do
    if not (path:find "/_meta/" or but and path:find(but)) then list[#list + 1] = tree.read(path) end
  end
  return table.concat(list, "\n")
end

describe("the options that any function takes", function()
  it("are told of", function()
    local set, lua = {}, sources("lua/fal", "lua")
    for _, form in ipairs { 'options%.set%s*%[%[(.-)%]%]', 'options%.set%s*"(.-)"', 'options%.set%([%u, ]*"(.-)"',
      'M%.set%s*%[%[(.-)%]%]' } do
      for words in lua:gmatch(form) do
        for word in words:gmatch "%S+" do set[word:match "^[%w_]+"] = true end
      end
    end
    assert.is_true(set.max_bytes and set.webhook_url and set.queue_time and set.no_fallback)
    told(names_of(set), everything(), { "`", "{ ?", "{[^{}\n]*[ ,]" })
  end)
end)

describe("the faults of the sandbox", function()
  local source = tree.read "lua/fal/sandbox/faults.lua"
  local page_of_faults = assert(text.sandbox:match "\n## Faults\n(.-)\n## ")

  it("are told of, every one", function()
    local names = names_of(require "fal.sandbox.outcome".platform)
    for name in source:gmatch "\n  ([%l%d_]+) = { act" do names[#names + 1] = name end
    for name in source:gmatch "\n  ([%l_]+) = function%(job" do names[#names + 1] = name end
    for name in pairs(require "fal.sandbox.events".ways) do names[#names + 1] = name end
    assert.is_true(#names > 30)
    told(names, page_of_faults, { "`" })
  end)

  it("are all there that are told of", function()
    local sandbox <close> = service.start()
    local rows = page_of_faults:match "\n| `what` [^\n]*\n|[-|]+(\n.*)$"
    for row in rows:gmatch "\n(|[^\n]*)" do
      for name in row:match "^| ([^|]*)|":gmatch "`([%w_]+)`" do sandbox:fault { what = tonumber(name) or name } end
    end
  end)
end)

-- The words in the first column of the table under a heading.
local function column(of, head)
  local set = {}
  local rows = assert(of:match("\n| " .. head .. " [^\n]*\n|[-|]+\n(.-)\n\n"), head)
  for line in (rows .. "\n"):gmatch "([^\n]*)\n" do
    for word in line:match "^| ([^|]*)|":gmatch "`([%w_]+)`" do set[word] = true end
  end
  return set
end

describe("the page of errors", function()
  local c, lua = sources("src/module", "c"), sources("lua/fal lua/falua", "lua", "^lua/fal/sandbox/")

  local function kinds_in_the_code()
    local set = {}
    for kind in c:gmatch 'fal_error_push%(L, "(%w+)"' do set[kind] = true end
    for kind in c:gmatch 'fal_failure%(L, "(%w+)"' do set[kind] = true end
    local verdict = tree.read "src/module/verdict.c":match "\nstatic const char %*kind_of.-\n}"
    for kind in verdict:gmatch 'return[^;]-;' do
      for word in kind:gmatch '"(%w+)"' do set[word] = true end
    end
    for call in lua:gmatch "%f[%w]new%s*(%b{})" do
      local kind = call:match 'kind = "(%w+)"'
      if kind then set[kind] = true end
    end
    for call in lua:gmatch 'failure%.new%s*(%b())' do
      local kind = call:match 'kind = "(%w+)"'
      if kind then set[kind] = true end
    end
    return set
  end

  it("has every kind, and no other", function() assert.same(kinds_in_the_code(), column(text.errors, "kind")) end)

  it("has the kinds that editors know", function()
    local set, alias = {}, assert(tree.read "lua/fal/_meta/objects.lua":match "%-%-%-@alias fal%.kind(.-)\n\n")
    for kind in alias:gmatch '"(%w+)"' do set[kind] = true end
    assert.same(set, column(text.errors, "kind"))
  end)

  -- The names in the tables that errors are made of, and what verdicts add.
  local function fields_in_the_code()
    local set = {}
    for fields in lua:gmatch "failure%.new%s*%(?%s*(%b{})" do
      fields = fields:sub(2, -2):gsub('"[^"]*"', ""):gsub("%b{}", ""):gsub("%b()", "")
      for name in fields:gmatch "%f[%w_]([%a_]+) = " do set[name] = true end
    end
    local verdict = tree.read "src/module/verdict.c"
    for name in verdict:gmatch 'fal_error_text%(L, "([%a_]+)"' do set[name] = true end
    for name in verdict:gmatch 'fal_error_flag%(L, "([%a_]+)"' do set[name] = true end
    for name in verdict:gmatch 'lua_setfield%(L, err, "([%a_]+)"%)' do set[name] = true end
    return set
  end

  it("has every field that an error is given", function()
    local known, missing = column(text.errors, "field"), {}
    known.short = true -- between the rooms of a workflow
    for name in pairs(fields_in_the_code()) do
      if not known[name] then missing[#missing + 1] = name end
    end
    table.sort(missing)
    assert.same({}, missing)
  end)
end)

describe("the environment", function()
  it("is told of, each variable that anything reads", function()
    local set, names = {}, {}
    for name in sources("lua", "lua"):gmatch 'os%.getenv%s*%(?"([%u_]+)"' do set[name] = true end
    for name in sources("src/module src/host", "c"):gmatch '"(FAL_[%u_]+)"' do set[name] = true end
    for name in sources("src", "c"):gmatch 'getenv%("([%u_]+)"' do set[name] = true end
    for name in pairs(set) do names[#names + 1] = name end
    table.sort(names)
    told(names, everything(), { "`%$?" })
  end)
end)

describe("docs/repl.md", function()
  it("has every line of the prompt that begins with a dot", function()
    local names = {}
    local list = assert(tree.read "lua/falua/repl/commands.lua":match "\ncommands%.names = (%b{})")
    for name in list:gmatch '"([%w_]+)"' do names[#names + 1] = name end
    assert.is_true(#names > 0)
    told(names, text.repl, { "`%." })
  end)
end)

describe("docs/commands.md", function()
  it("is what the commands say of themselves", function()
    local done = process.run { "lua", "tools/gen-commands-docs", "--check", env = { BUILD_DIR = process.build } }
    assert.same({ "", 0 }, { done.err, done.status })
  end)
end)

describe("the index in README", function()
  it("has a place for every module that programs may use", function()
    local readme = page.prose "README.md"
    for name in ("file prompt workflow models sandbox history luv raise core.*"):gmatch "%S+" do
      assert.is_truthy(readme:find(("`fal.%s`"):format(name), 1, true), name)
    end
  end)
end)
