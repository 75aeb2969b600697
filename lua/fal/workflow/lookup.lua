-- Looks up, in the platform's list of requests, what became of a submit whose
-- answer never came: the request with the same input, sent about that time, that
-- is nobody else's. Only an answer without doubt counts.
local json = require "fal.core.json"
local key = require "fal.workflow.key"
local percent = require "fal.percent"

local lookup = {}

local before <const>, after <const> = 120, 900 -- seconds around the intent in which it was sent; clocks differ
local most <const> = 100

local function stamp(seconds) return os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(seconds)) end

local function ask(client, row)
  local url = ("%s/models/requests/by-endpoint?endpoint_id=%s&start=%s&end=%s&limit=%d&expand=payloads"):format(
    client.option "api_url", percent.component(row.endpoint), stamp(row.intent_at - before),
    stamp(row.intent_at + after), most)
  local answer, err = client.http { url = url, check = true }
  if not answer then return nil, err.message end
  local body = json.decode(answer.body)
  if type(body) ~= "table" or type(body.items) ~= "table" then return nil, "the list of requests makes no sense" end
  return body.items
end

local function known_ids(journal)
  local rows, err = journal:rows "SELECT request_id FROM calls WHERE request_id IS NOT NULL"
  if not rows then return nil, err.message end
  local known = {}
  for _, row in ipairs(rows) do known[row.request_id] = true end
  return known
end

local function same_input(item, row)
  local input = item.json_input
  if type(input) == "string" then input = json.decode(input) end
  return type(input) == "table" and key.basis(row.endpoint, input) == row.input
end

--- Looks for the request of an unconfirmed row.
---@param client table
---@param journal table
---@param row table
---@return table? request, table? why  nil, and a table with a message and the ids that came into question
function lookup.find(client, journal, row)
  local items, message = ask(client, row)
  if not items then return nil, { message = "the list of requests could not be asked: " .. message } end
  local known, why = known_ids(journal) -- only now: meanwhile another step may have found its own
  if not known then return nil, { message = "it cannot be told from other steps' requests: " .. why } end
  local found = {}
  for _, item in ipairs(items) do
    local id = item.request_id
    if type(id) == "string" and not known[id] and same_input(item, row) then found[#found + 1] = id end
  end
  if #found == 1 and #items < most then return client.request(row.endpoint, found[1]) end
  if #found == 0 then
    return nil, { message = "the service's list of requests does not show it; it shows only what has ended" }
  end
  return nil, {
    message = ("%d requests look like it: %s"):format(#found, table.concat(found, ", ", 1, math.min(3, #found))),
    candidates = found,
  }
end

return lookup
