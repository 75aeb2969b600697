-- Questions to a history: lists, one call, what is under way, what was spent.
-- Rows have the columns of `calls`; input, output and error are JSON texts.
local text = require "fal.history.text"

local search = {}

-- A sender that has had no answer for so long has gone, or is as much in doubt as we are.
local state <const> = [[(CASE WHEN state = 'sending' AND at < strftime('%s', 'now') - 120
  THEN 'unconfirmed' ELSE state END)]]

local columns <const> = state .. [[ AS state, id, at, how, endpoint, request_id, status_url, response_url, cancel_url,
  ended_at, input, low, high, units, paid, paid_how, error]]

-- A word as it stands in a JSON text, for LIKE.
local function pattern_of(word)
  local inside = assert(text.of(word)):sub(2, -2)
  return "%" .. inside:gsub("[\\%%_]", "\\%0") .. "%"
end

--- The latest calls, newest first; with words, those in which all of them
--- occur: in endpoint, id, input, output, error or the name of a file.
---@param book table
---@param limit integer
---@param words string[]|nil
---@return table|nil rows, table err
function search.latest(book, limit, words)
  local where, values = {}, {}
  for i, word in ipairs(words or {}) do
    where[i] = ([[(endpoint LIKE ?%d ESCAPE '\' OR request_id LIKE ?%d ESCAPE '\' OR input LIKE ?%d ESCAPE '\'
      OR output LIKE ?%d ESCAPE '\' OR error LIKE ?%d ESCAPE '\' OR EXISTS (
        SELECT 1 FROM files WHERE call = calls.id AND (url LIKE ?%d ESCAPE '\' OR path LIKE ?%d ESCAPE '\')))]])
      :gsub("%%d", tostring(i))
    values[i] = pattern_of(word)
  end
  values[#values + 1] = limit
  local condition = where[1] and "WHERE " .. table.concat(where, " AND ") or ""
  return book.db:rows(("SELECT %s FROM calls %s ORDER BY id DESC LIMIT ?%d"):format(columns, condition, #values),
    table.unpack(values))
end

--- One call by its number; where there is none, by its request id or the beginning of that.
---@param book table
---@param name string
---@return table|nil row  with input, output and files; nil without an error when there is none
---@return table err
function search.one(book, name)
  local number = name:find "^%d+$" and math.tointeger(tonumber(name)) or -1
  local rows, err = book.db:rows(([[SELECT %s, output FROM calls
    WHERE id = ?1 OR substr(request_id, 1, length(?2)) = ?2 ORDER BY id = ?1 DESC, id DESC LIMIT 1]])
    :format(columns), number, name)
  if not rows or not rows[1] then return nil, err end
  local row = rows[1]
  row.files, err = book.db:rows("SELECT url, path FROM files WHERE call = ? ORDER BY rowid", row.id)
  return row.files and row, err
end

--- The calls in a state, oldest first.
---@param book table
---@param ... string  states
---@return table|nil rows, table err
function search.in_state(book, ...)
  local marks = ("?, "):rep(select("#", ...)):sub(1, -3)
  return book.db:rows(("SELECT %s FROM calls WHERE %s IN (%s) ORDER BY id"):format(columns, state, marks), ...)
end

local groups <const> = { day = "strftime('%Y-%m-%d', at, 'unixepoch', 'localtime')", model = "endpoint" }

--- What was spent, by day or by model. `unknown` counts the calls that may
--- have cost something of which the amount is not known; `at_most` adds the
--- highest price of those that are not settled.
---@param book table
---@param by string  "day" or "model"
---@return table|nil rows  of { name, calls, units, paid, at_most, unknown }
---@return table err
function search.cost(book, by)
  return book.db:rows(([[SELECT %s AS name, count(*) AS calls, sum(units) AS units, sum(coalesce(paid, 0)) AS paid,
    sum(coalesce(paid, CASE WHEN state IN ('sending', 'open', 'unconfirmed', 'done') THEN high END, 0)) AS at_most,
    sum(paid IS NULL AND high IS NULL AND state <> 'cancelled') AS unknown
    FROM calls GROUP BY name ORDER BY name]]):format(groups[by]))
end

return search
