-- Reads the text of a template and gives a tree, or says what is wrong and
-- where. Knows the notation and its limits; nothing of values and word lists.
--
-- A node is a string, or a table with a kind:
--   seq     nodes one after the other
--   choice  options (seqs), weights (integers or nil), take (or nil), position
--   name    { name, position }     list    { name, position }
local parse = {}

local most_bytes = 1024 * 1024
local most_depth = 100
local most_to_pick = 1000 -- options of a choice that takes several
local weight_unit = 1000 -- weights have at most three decimals

-- Line and column (in characters) of a place in the text.
local function locate(text, position)
  local line, start = 1, 1
  for found in text:sub(1, position - 1):gmatch "()\n" do line, start = line + 1, found + 1 end
  local before = text:sub(start, position - 1)
  return line, (utf8.len(before) or #before) + 1
end

--- Line and column of a node.
parse.locate = locate

-- Notes the first problem and goes to the end of the text, where every loop
-- of this room stops.
local function fail(state, position, message, ...)
  state.at = #state.text + 1
  if state.problem then return end
  local line, column = locate(state.text, position)
  state.problem = { message = message:format(...), line = line + state.line, column = column }
end

-- White space with a line end in it is layout, and dropped at either end.
local function without_layout(seq)
  local first = seq[1]
  if type(first) == "string" then
    local blank = first:match "^%s+"
    if blank and blank:find "\n" then seq[1] = first:sub(#blank + 1) end
  end
  local last = seq[#seq]
  if type(last) == "string" then
    local ends = last:find "%S%s*$"
    local blank = last:sub((ends or 0) + 1)
    if blank:find "\n" then seq[#seq] = last:sub(1, ends or 0) end
  end
  return seq
end

local function flush(state, seq)
  if #state.literal == 0 then return end
  local text = table.concat(state.literal)
  state.literal = {}
  if text ~= "" then seq[#seq + 1] = text end
end

-- A comment goes with the blanks before it, and with its line if it is alone.
local function skip_comment(state)
  local literal, text = state.literal, state.text
  local line_end = text:find("\n", state.at, true) or #text + 1
  local last = literal[#literal]
  local kept = last and (last:match "^(.*[^ \t])" or "")
  if last then literal[#literal] = kept end
  local before = state.at - 1 - #(last or "") + #(kept or "")
  local alone = before == 0 or text:sub(before, before) == "\n"
  state.at = alone and line_end + 1 or line_end
end

local function list_name(state)
  local name, after = state.text:match("^__(%w[%w_/-]-)__()", state.at)
  if not name or name:find "//" or name:find "/$" then
    return fail(state, state.at, "__ begins the name of a word list, as in __animals__ or __sea/fish__ "
      .. "(letters, digits, _, - and /); write \\_\\_ for the characters themselves")
  end
  local node = { kind = "list", name = name, position = state.at }
  state.at = after
  return node
end

local parse_choice

-- One step of a sequence at a special character. True when the sequence ends.
local function special(state, seq, char, depth)
  local at, text = state.at, state.text
  if char == "}" and depth == 0 then
    return fail(state, at, "} without a { before it; write \\} for the character itself")
  end
  if depth > 0 and (char == "|" or char == "}") then return true end
  if char == "{" then
    flush(state, seq)
    seq[#seq + 1] = parse_choice(state, depth + 1)
  elseif char == "\\" then
    local escaped = text:match("^\\([^\x80-\xBF][\x80-\xBF]*)", at)
    if not escaped then return fail(state, at, "\\ at the end escapes nothing") end
    state.literal[#state.literal + 1] = escaped
    state.at = at + 1 + #escaped
  elseif char == "#" then
    skip_comment(state)
  elseif char == "_" and text:sub(at, at + 1) == "__" then
    flush(state, seq)
    seq[#seq + 1] = list_name(state)
  elseif char == "$" and depth > 0 and text:sub(at, at + 1) == "$$" then
    fail(state, at, "$$ stands only after a number at the beginning of a choice, as in {2$$a|b|c}; write \\$ otherwise")
  else
    state.literal[#state.literal + 1] = char
    state.at = at + 1
  end
end

local function parse_seq(state, depth)
  local seq, text = { kind = "seq" }, state.text
  state.literal = {}
  while true do
    local found = text:find("[{}|\\#_$]", state.at)
    local stop = (found or #text + 1) - 1
    if stop >= state.at then state.literal[#state.literal + 1] = text:sub(state.at, stop) end
    state.at = stop + 1
    if not found or special(state, seq, text:sub(found, found), depth) then break end
  end
  flush(state, seq)
  return without_layout(seq)
end

-- "3::" before an option. What only looks like a number there is a slip, no text.
local function weight(state)
  local digits, after = state.text:match("^%s*([+-]?%.?%d[%w.+-]*)::()", state.at)
  if not digits then return 1 * weight_unit end
  local value = (#digits <= 10 and not digits:find "[^%d.]" and tonumber(digits) or 0) * weight_unit
  if value < 1 or value ~= math.floor(value) or value > 1000000 * weight_unit then
    fail(state, state.at, "the weight %s is not between 0.001 and 1000000, with three decimals at most",
      digits:sub(1, 20))
    return 1 * weight_unit
  end
  state.at = after
  return math.tointeger(value)
end

local function take(state)
  local digits, after = state.text:match("^%s*(%d+)%$%$()", state.at)
  if not digits then return nil end
  state.at = after
  return #digits < 10 and math.tointeger(tonumber(digits)) or math.maxinteger
end

local function check_take(state, choice)
  local count = #choice.options
  if choice.take < 1 or choice.take > count then
    fail(state, choice.position, "the choice takes %s of %d options", choice.take, count)
  end
  if count > most_to_pick then
    fail(state, choice.position, "a choice that takes several has at most %d options, not %d", most_to_pick, count)
  end
end

local function trim_options(options)
  for _, option in ipairs(options) do
    if type(option[1]) == "string" then option[1] = option[1]:gsub("^%s+", "") end
    local last = option[#option]
    if type(last) == "string" then option[#option] = last:sub(1, last:find "%S%s*$" or 0) end
  end
end

function parse_choice(state, depth)
  local position, text = state.at, state.text
  if depth > most_depth then return fail(state, position, "nested more than %d deep", most_depth) end
  local name, after = text:match("^{%s*([%a][%w_.-]*)%s*}()", position)
  if name and not name:find("__", 1, true) then
    state.at = after
    return { kind = "name", name = name, position = position }
  end
  state.at = position + 1
  local choice = { kind = "choice", options = {}, weights = {}, position = position, take = take(state) }
  repeat
    choice.weights[#choice.weights + 1] = weight(state)
    choice.options[#choice.options + 1] = parse_seq(state, depth)
    local char = text:sub(state.at, state.at)
    if char == "" then return fail(state, position, "{ is never closed") end
    state.at = state.at + 1
  until char == "}"
  if choice.take then
    check_take(state, choice)
    trim_options(choice.options)
  end
  return choice
end

--- Reads a template.
---@param text string
---@param line? integer  number of its first line, for messages (1)
---@return table|nil tree, table|nil problem  message, line, column
function parse.read(text, line)
  local state = { text = text, at = 1, line = (line or 1) - 1, literal = {} }
  if #text > most_bytes then
    fail(state, 1, "a template has at most %d bytes, not %d", most_bytes, #text)
  end
  local tree = parse_seq(state, 0)
  if state.problem then return nil, state.problem end
  return tree
end

return parse
