-- `falua history`: what was sent from this machine, for this user. Reads the
-- file that the library writes; only `resume` asks the service for anything.
local attach = require "falua.attach"
local entry = require "falua.entry"
local exits = require "falua.exits"
local fal = require "fal"
local failure = require "fal.core.error"
local json = require "fal.core.json"
local notes = require "falua.notes"
local output = require "falua.output"
local place = require "fal.history.place"
local search = require "fal.history.search"
local shared = require "falua.shared"
local sys = require "fal.core.sys"

local actions = {}

local function print_list(rows, values)
  local list = json.array {}
  for i, row in ipairs(rows) do list[i] = entry.of(row) end
  output.list(list, values, entry.head, entry.cells)
  return exits.done
end

function actions.list(book, values)
  if values.words[1] then return nil, "'list' takes no words; 'search' does" end
  local rows, err = search.latest(book, values.limit)
  if not rows then return nil, err end
  return print_list(rows, values)
end

function actions.search(book, values)
  if not values.words[1] then return nil, "WORDS are missing" end
  local rows, err = search.latest(book, values.limit, values.words)
  if not rows then return nil, err end
  return print_list(rows, values)
end

function actions.show(book, values)
  local name = values.words[1]
  if not name or values.words[2] then return nil, "'show' takes one number, or the beginning of a request's id" end
  local row, err = search.one(book, name)
  if err then return nil, err end
  if not row then
    return nil, failure.new { kind = "io", message = ("there is no call '%s' in the history"):format(name) }
  end
  output.json(entry.of(row), values.json)
  return exits.done
end

function actions.cost(book, values)
  local rows, err = search.cost(book, values.by)
  if not rows then return nil, err end
  local list = json.array {}
  for i, row in ipairs(rows) do list[i] = entry.sum(row, values.by) end
  if output.is_terminal() and not values.json then list[#list + 1] = entry.total(list, values.by) end
  output.list(list, values, entry.sum_head(values.by), entry.sum_cells(values.by))
  return exits.done
end

-- Resuming -----------------------------------------------------------------------

local function request_of(row)
  local request = fal.request(row.endpoint, row.request_id)
  request.status_url, request.response_url, request.cancel_url = row.status_url, row.response_url, row.cancel_url
  return request
end

local function waiter(row)
  return function()
    local request = request_of(row)
    local result, err = request:wait()
    if result == nil and err.status == 404 then request:result() end -- it is gone, which is written down
    if result == nil then
      notes.fail(tostring(request), err)
      return false
    end
    notes.say(tostring(request) .. ": done")
    return true
  end
end

-- Calls of which nobody knows whether they were accepted.
local function warn_of_doubts(book)
  local ids = {}
  for i, row in ipairs(search.in_state(book, "unconfirmed") or {}) do ids[i] = tostring(row.id) end
  if not ids[1] then return end
  notes.say(("may have been accepted, though no answer came: %s; look at https://fal.ai/dashboard")
    :format(table.concat(ids, ", ")))
end

local function wait_for_all(rows)
  local tasks, ids, good = {}, {}, 0
  for i, row in ipairs(rows) do tasks[i], ids[i] = fal.async(waiter(row)), row.id end
  local _ <close> = notes.progress(function() return ("%d of %d under way"):format(#rows - good, #rows) end)
  for _, task in ipairs(tasks) do good = good + (task:await() and 1 or 0) end
  return good, ids
end

function actions.resume(book, values)
  if attach.is_sandbox() and not place.of(fal.option "history") then
    return nil, failure.new {
      kind = "io", retryable = false, billed = "no",
      message = "the sandbox keeps no history, and knows nothing of what was sent to the service",
      hint = "resume without it: no --sandbox, and none of its variables",
    }
  end
  local open, err = search.in_state(book, "open")
  if not open then return nil, err end
  local rows = {}
  for _, row in ipairs(open) do rows[#rows + 1] = row.request_id and row or nil end
  fal.config { history = (book.private and "private:" or "") .. book.path }
  if not rows[1] and output.is_terminal() then notes.say "nothing is under way" end
  local good, ids = wait_for_all(rows)
  warn_of_doubts(book)
  local after = {}
  for i, id in ipairs(ids) do after[i] = search.one(book, tostring(id)) end
  if after[1] or not output.is_terminal() then print_list(after, values) end
  return good == #rows and exits.done or exits.partly
end

-- The file is read where it is, also while nothing is being written to it, and
-- although nothing can be written, on a full disk say; only `resume` writes.
local function open(action)
  local here = place.of(fal.option "history") or { path = place.default(), private = false }
  if not here.path or not sys.stat(here.path) then return nil, nil, here.path or "home folder" end
  local books = require "fal.history.book"
  local book, err = books.open(here)
  if not book and action ~= "resume" then
    here.readonly = true
    book = books.open(here)
  end
  return book, not book and (err.cause or err) or nil
end

return {
  summary = "list, search and complete what was sent from here",
  operands = {
    { name = "ACTION", help = "list (without ACTION), show ID, search WORDS, resume or cost", optional = true,
      choices = { "list", "show", "search", "resume", "cost" } },
    { name = "WORDS", help = "what to search for, or the number of a call or the beginning of its id", optional = true,
      many = true },
  },
  options = {
    { name = "limit", value = "N", type = "integer", least = 1, wanted = "an integer above 0", default = 20,
      help = "list so many calls, the latest first" },
    { name = "by", value = "WHAT", default = "day", choices = { "day", "model" },
      help = "add up the cost by day or model" },
    shared.json,
  },
  examples = {
    "falua history",
    "falua history search fox snow",
    "falua history show 12",
    "falua history resume          # fetch the results of all that is under way",
    "falua history cost --by model",
  },
  run = function(values)
    local book, err, missing = open(values.action)
    if err then return nil, err end
    if missing then
      if output.is_terminal() and not values.json then notes.say("nothing was sent from here yet: no " .. missing)
      else output.json(json.array {}, true) end
      return exits.done
    end
    return actions[values.action or "list"](book, values)
  end,
}
