-- What a terminal shows after a program has written to it: lines that are
-- written again in place are there once, as a reader sees them. Knows what
-- falua and the scripts use: carriage return, up, down, and the two erasures.
local screen = {}

local Screen = {}
Screen.__index = Screen

function Screen:put(character)
  if self.column > self.columns then self.row, self.column = self.row + 1, 1 end
  self.rows[self.row] = self.rows[self.row] or {}
  self.rows[self.row][self.column] = character
  self.column = self.column + 1
end

function Screen:wipe_line()
  for column = self.column, self.columns do (self.rows[self.row] or {})[column] = nil end
end

local moves = {
  ["\r"] = function(self) self.column = 1 end,
  ["\n"] = function(self) self.row, self.column = self.row + 1, 1 end,
}

local commands = {
  A = function(self, count) self.row = math.max(1, self.row - count) end,
  B = function(self, count) self.row = self.row + count end,
  K = Screen.wipe_line,
  J = function(self)
    self:wipe_line()
    for row in pairs(self.rows) do
      if row > self.row then self.rows[row] = nil end
    end
  end,
  m = function() end,
}

-- Takes one command or character of `text` from `at`; returns where the next one is.
local function take(self, text, at)
  local count, command, after = text:match("^\27%[([%d;]*)(%a)()", at)
  if command then
    assert(commands[command], "a terminal's command that is not known here: " .. command)(self, tonumber(count) or 1)
    return after
  end
  local character = text:match("^" .. utf8.charpattern, at)
  if moves[character] then moves[character](self) else self:put(character) end
  return at + #character
end

local function line_of(cells, columns)
  local list = {}
  for column = 1, columns do list[column] = cells[column] or " " end
  return (table.concat(list):gsub("%s+$", ""))
end

-- The lines on a screen so many columns wide, after `text` was written to it.
function screen.lines(text, columns)
  local self = setmetatable({ rows = {}, row = 1, column = 1, columns = columns }, Screen)
  local at, last, lines = 1, 0, {}
  while at <= #text do at = take(self, text, at) end
  for row in pairs(self.rows) do last = math.max(last, row) end
  for row = 1, last do lines[row] = line_of(self.rows[row] or {}, columns) end
  return lines
end

-- What differs from run to run, and words that stand for it.
local changing <const> = {
  { "%x%x%x%x%x%x%x%x%-%x+%-%x+%-%x+%-%x+", "ID" },
  { "(127%.0%.0%.1:)%d+", "%1PORT" },
  { "(/files/b/)%x+/[%w_-]-_(%w+%.%w+)", "%1ID/%2" },
  { "(in )%d+[%d.]* s", "%1N s" },
  { "(falua )%d+%.%d+%.%d+", "%1N" },
  { "(Lua 5%.4%.)%d+", "%1N" },
}

-- A text with words in place of ids, ports, times and versions.
function screen.stable(text)
  for _, pair in ipairs(changing) do text = text:gsub(pair[1], pair[2]) end
  return text
end

-- The words of a command that runs another, given as one text for a shell, at a
-- terminal so many columns wide; util-linux's script is the terminal.
function screen.command(text, columns)
  return { "script", "-qec", ("stty cols %d -echo; exec %s"):format(columns, text), "/dev/null" }
end

return screen
