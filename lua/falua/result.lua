-- What a command does with a model's output: prints it or a part of it, and
-- downloads the files in it.
local exits = require "falua.exits"
local failure = require "fal.core.error"
local fal = require "fal"
local notes = require "falua.notes"
local output = require "falua.output"
local path = require "falua.path"
local shared = require "falua.shared"

local result = {}

--- The options of commands that print JSON.
result.printing = {
  {
    name = "get", value = "PLACE", convert = path.parse, wanted = "a place such as a.b[1].c",
    help = "print only what is there, such as video.url or images[1].url",
  },
  shared.json,
}

--- The options of commands that have a model's output.
result.options = {
  { name = "output", short = "o", value = "FOLDER", help = "download the files of the output into this folder" },
  table.unpack(result.printing),
}

-- A text stands for itself, so that a shell can use it.
local function print_part(value, values)
  local part = path.get(value, values.get)
  if part == nil then
    return nil, failure.new { kind = "script", message = ("there is no %s in it"):format(path.text(values.get)) }
  end
  if type(part) ~= "string" then
    output.json(part, values.json)
  else
    output.write(output.is_terminal() and output.harmless(part) or part, "\n")
  end
  return true
end

--- Prints a value, or the part of it that --get names.
---@param value any
---@param values table  the command's: get, json
---@return boolean|nil done
---@return table|nil err
function result.print(value, values)
  if values.get then return print_part(value, values) end
  output.json(value, values.json)
  return true
end

-- Downloads all files; returns whether every one came.
local function save(value, folder, name)
  local meter = require("falua.transfer").meter()
  meter.begin "downloading"
  local _ <close> = notes.progress(meter.text)
  local paths, err = fal.download(value, (folder:gsub("/*$", "/")), { on_progress = meter.told })
  for _, path_there in ipairs(require("falua.several").saved(paths, err)) do notes.say("saved " .. path_there) end
  if paths then return true end
  notes.fail(name, err)
  return false
end

--- Prints an output and downloads its files. Without a wish the output is
--- printed first, so that a failing download does not hide it.
---@param value any
---@param values table  the command's: output, get, json
---@param name string  of the command
---@return integer|nil status
---@return table|nil err
function result.hand_over(value, values, name)
  local done, err = result.print(value, values)
  local saved = not values.output or save(value, values.output, name)
  if not done then return nil, err end
  return saved and exits.done or exits.partly
end

return result
