-- Where the cursor is in unfinished Lua: in which string, table and call. Reads
-- tokens from the left; knows nothing of what could stand there. Pure.
--
-- scan.at(text) returns { word, chain, string, frame }:
--   string  what has been typed of the string the cursor is in, and `quote`
--   chain   names before the word: { "fal", "config" } for `fal.config:ge`; its
--           first is false when they hang on something else
--   word    the name that ends at the cursor, perhaps ""
--   frame   the innermost open bracket: { open, call, argument, endpoint, key,
--           fresh, up }. `call` is the name before it, `argument` counts
--           from 1, `endpoint` is the first argument when it is a string, `key`
--           is the field being given a value, `fresh` whether a field's name
--           may stand here
local scan = {}

local closing <const> = { [")"] = "(", ["}"] = "{", ["]"] = "[" }

-- A string from `at`: its content and where it ends; no end when it is open.
local function short_string(text, at)
  local quote, i = text:sub(at, at), at + 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == "\\" then i = i + 1
    elseif c == quote then return text:sub(at + 1, i - 1), i
    elseif c == "\n" then return nil, i end
    i = i + 1
  end
  return text:sub(at + 1), nil
end

local function long_string(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil end
  local first = at + #level + 2
  local last, stop = text:find("]" .. level .. "]", first, true)
  return text:sub(first, last and last - 1), last and stop, true
end

local function push(state, open)
  local up = state.frame
  state.frame = {
    open = open, up = up, argument = 1, fresh = open == "{", call = state.names[#state.names] or nil,
  }
  state.names = {}
end

local function pop(state, close)
  local frame = state.frame
  while frame and frame.open ~= closing[close] do frame = frame.up end
  state.frame = frame and frame.up
end

local function next_item(frame)
  if not frame then return end
  if frame.open == "(" then frame.argument = frame.argument + 1 end
  if frame.open == "{" then frame.fresh, frame.key = true, nil end
end

local function take_string(state, content)
  local frame = state.frame
  if frame and frame.open == "(" and frame.argument == 1 then frame.endpoint = content end
  if frame then frame.fresh = false end
  state.names = {}
end

-- A name: part of a chain when a dot or colon stands before it.
local function take_name(state, name)
  local chained = state.joint and #state.names > 0
  if not chained then state.names = {} end
  if state.joint and not chained then state.names = { false } end -- it hangs on a value we do not know
  state.names[#state.names + 1] = name
  state.joint, state.last_name = nil, name
end

local function take_mark(state, mark)
  local frame = state.frame
  if mark == "(" or mark == "{" or mark == "[" then push(state, mark)
  elseif closing[mark] then
    pop(state, mark)
    state.names = { false }
  elseif mark == "," or mark == ";" then
    next_item(frame)
    state.names = {}
  elseif mark == "=" and frame and frame.open == "{" and frame.fresh and state.last_name then
    frame.key, frame.fresh, state.names = state.last_name, false, {}
  elseif mark == "." or mark == ":" then
    state.joint = mark
    return
  else
    state.names = {}
    if frame then frame.fresh = false end
  end
  state.joint = nil
end

-- Skips a comment at `at`; 0 when it is open to the end.
local function comment_end(text, at)
  if text:sub(at, at + 1) ~= "--" then return nil end
  if text:find("^%-%-%[=*%[", at) then
    local _, stop = long_string(text, at + 2)
    return stop or 0
  end
  return text:find("\n", at, true) or 0
end

-- Takes the token at `at`; returns where the next one is, or nil at the cursor.
local function step(state, text, at)
  local skipped = comment_end(text, at)
  if skipped == 0 then
    state.comment = true
    return nil
  elseif skipped then return skipped + 1 end
  local c = text:sub(at, at)
  local content, stop, long
  if c == '"' or c == "'" then content, stop = short_string(text, at)
  else content, stop, long = long_string(text, at) end
  if content and not stop then
    state.string, state.quote = content, not long and c or nil
    return nil
  elseif content then
    take_string(state, content)
    return stop + 1
  end
  local name = text:match("^[%a_][%w_]*", at)
  if name then
    if at + #name > #text then
      state.word = name
      return nil
    end
    take_name(state, name)
    return at + #name
  end
  local number = text:match("^%d[%w.]*", at)
  if number then
    state.names, state.last_name = {}, nil
    return at + #number
  end
  if c:find "%s" then return at + 1 end
  local dots = text:match("^%.%.+", at)
  if dots then
    take_mark(state, "..")
    return at + #dots
  end
  take_mark(state, c)
  return at + 1
end

--- Says where the end of a text is.
---@param text string
---@return table|nil place  nil inside a comment
function scan.at(text)
  local state = { names = {}, word = "" }
  local at = 1
  while at and at <= #text do at = step(state, text, at) end
  if state.comment then return nil end
  return {
    word = state.word, string = state.string, quote = state.quote, frame = state.frame,
    chain = state.joint and state.names or {},
  }
end

return scan
