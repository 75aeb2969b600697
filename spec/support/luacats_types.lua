-- Types as LuaCATS writes them: unions, lists, functions, literals, generics.
-- What is not in the grammar raises.
local Type = {}
Type.__index = Type

function Type:take(pattern)
  local found, stop = self.text:match("^" .. pattern .. "()", self.at)
  if found then self.at = stop or found end
  return found
end

function Type:need(pattern)
  return self:take("(" .. pattern .. ")") or error(("wanted %s in %q at %d"):format(pattern, self.text, self.at), 0)
end

function Type:string(quote)
  self:need(quote)
  local out = {}
  while not self:take("(" .. quote .. ")") do out[#out + 1] = self:take "\\(.)" or self:need("[^\\" .. quote .. "]") end
  return table.concat(out)
end

-- (name: type, ...: type): type, name: type
function Type:fun()
  local made = { args = {}, returns = {} }
  self:need "%("
  while not self:take "(%))" do
    local name = self:take "(%.%.%.)" or self:need "[%a_][%w_]*%??"
    made.args[#made.args + 1] = { name = name, type = self:take "(: ?)" and self:type() or { { name = "any" } } }
    self:take "(, ?)"
  end
  if self:take "(: )" then
    repeat
      self:take "[%a_][%w_]*(: )"
      made.returns[#made.returns + 1] = self:type()
    until not self:take "(, )"
  end
  return { fun = made }
end

function Type:generic(node)
  node.of = {}
  repeat node.of[#node.of + 1] = self:type() until not self:take "(, ?)"
  self:need ">"
  return node
end

function Type:one()
  local node
  if self.text:find('^"', self.at) then
    node = { literal = self:string '"' }
  elseif self:take "(%()" then
    node = { union = self:type() }
    self:need "%)"
  elseif self:take "(%.%.%.)" then
    node = { name = "any" }
  else
    local number = self:take "(%-?%d+%.?%d*)%f[^%w.]"
    local name = number or self:need "[%a_][%w_.]*%*?"
    node = number and { literal = math.tointeger(number) or tonumber(number) } or { name = name }
    if name == "true" or name == "false" then node = { literal = name == "true" } end
    if name == "fun" then node = self:fun() end
    if self:take "(<)" then node = self:generic(node) end
  end
  while self:take "(%[%])" do node = { list = node } end
  if self:take "(%?)" then node.optional = true end
  return node
end

function Type:type()
  local union = {}
  repeat union[#union + 1] = self:one() until not self:take "(|)"
  return union
end

local types = {}

--- Something that reads a text from its beginning.
function types.reader(text) return setmetatable({ text = text, at = 1 }, Type) end

--- A type at the beginning of a text, and what follows it.
function types.read(text)
  local here = types.reader(text)
  local found = here:type()
  if here.at <= #text and not text:find("^ ", here.at) then
    error(("not a type: %q from %d on"):format(text, here.at), 0)
  end
  return found, (text:sub(here.at):gsub("^ +", ""))
end

return types
