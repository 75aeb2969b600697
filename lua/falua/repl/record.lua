-- What happened in a session: the results under their names _1, _2, ..., and
-- the chunks that ran, which can be saved as a script that does it again.
local record = {}

local kept <const> = 50 -- results; older ones are let go

local chunks = {}
local count = 0

-- Results worth a name: those that could not be typed again.
local function has_name(value)
  return type(value) == "table" or type(value) == "userdata"
end

--- Names the values of an expression.
---@param is_failure boolean  it is nil and an error
---@param ... any
---@return string[] names  by position; false for those without one
function record.results(is_failure, ...)
  local names = {}
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    names[i] = false
    if has_name(value) and not is_failure then
      count = count + 1
      names[i] = "_" .. count
      _G[names[i]] = value
      _G["_" .. count - kept] = nil
    end
  end
  if select("#", ...) > 0 and not is_failure then _G._ = (...) end
  return names
end

--- Notes a chunk that ran to its end.
---@param text string
---@param names string[]|nil  of its values when it is an expression
function record.chunk(text, names)
  if not names then
    chunks[#chunks + 1] = text:find "%f[%w]local%f[%W]" and "do\n" .. text .. "\nend" or text
    return
  end
  local left = {}
  for i, name in ipairs(names) do left[i] = name or i == 1 and "_" or "_other" end
  if #left == 0 then left[1] = "_" end
  chunks[#chunks + 1] = ("%s = %s"):format(table.concat(left, ", "), text)
  if left[1] ~= "_" then chunks[#chunks + 1] = "_ = " .. left[1] end
  if names[1] ~= nil then chunks[#chunks + 1] = "print(_)" end
end

--- Saves the session as a script.
---@param path string
---@return boolean|nil saved
---@return string|nil message
function record.save(path)
  local file, message = io.open(path, "w")
  if not file then return nil, message end
  local head = ('#!/usr/bin/env falua\n-- A session at the prompt of falua, %s.\nfal = require "fal"\n\n')
    :format(os.date "%Y-%m-%d %H:%M")
  local written, problem = file:write(head, table.concat(chunks, "\n"), "\n")
  local closed
  closed, message = file:close()
  return written and closed, problem or message
end

return record
