-- Local steps: a Lua function, or an external command such as ffmpeg, over the
-- outputs of other steps. What comes out is kept in the journal as JSON and not
-- computed again while its input and the function are the same.
--
-- In a command, a word may hold {in} (or {in1}, {in2}: the files of the input,
-- fetched first) and {out.gif}: the file that it makes. It runs beside the other
-- steps and is ended with the run.
local command = require "fal.core.command"
local digest = require "fal.core.digest"
local failure = require "fal.core.error"
local fingerprint = require "fal.fingerprint"
local json = require "fal.core.json"
local key = require "fal.workflow.key"
local ledger = require "fal.workflow.ledger"
local media = require "fal.workflow.media"
local reactor = require "fal.core.reactor"
local sys = require "fal.core.sys"
local task = require "fal.task"

local map = {}

local function refuse(step, message, kind)
  return nil, failure.new {
    kind = kind or "script", message = ("'%s' %s"):format(step.name, message), billed = "no", retryable = false,
  }
end

-- Functions ----------------------------------------------------------------------

local function by_function(step, input)
  local output, err = step.work(input)
  if output ~= nil then return output end
  if failure.is(err) then return nil, err end
  return refuse(step, err and "failed: " .. tostring(err) or "returned nothing")
end

-- Commands -----------------------------------------------------------------------

local function inputs_of(ctx, input)
  local paths = {}
  for i, file in ipairs(media.files(input, ctx.journal)) do
    local kept, err = media.keep(ctx, file)
    if not kept then return nil, err end
    paths[i] = kept.path
  end
  return paths
end

-- The words of a command, and the file that it is to make.
local function words_of(step, paths, target)
  local words, out, problem = {}, nil, nil
  for i, word in ipairs(step.work) do
    word = tostring(word):gsub("{in(%d*)}", function(n)
      local path = paths[n == "" and 1 or tonumber(n)]
      if not path then problem = ("has no file for {in%s}: %d came"):format(n, #paths) end
      return path
    end)
    words[i] = word:gsub("{out(%.?%w*)}", function(suffix)
      out = target .. suffix
      return out
    end)
  end
  return words, out, problem
end

local longest_word <const> = 300 -- bytes of what a command said

local function last_line(path)
  local file <close> = io.open(path, "rb")
  local last
  for line in file and file:lines() or function() end do
    if line:find "%S" then last = line end
  end
  return last and ": " .. last:sub(1, longest_word) or ""
end

-- The command is killed with the task that waits for it.
local function execute(words, said)
  local child <close>, err = command.start(words, said)
  if not child then return nil, err end
  local _ <close> = task.closing(function(problem)
    if not problem then return end
    child:kill "KILL"
    -- After a cancel there is time to see its end; after Ctrl-C nobody waits for us.
    if failure.is(problem) and problem.kind == "cancelled" then reactor.wait(child) end
  end)
  return reactor.wait(child)
end

-- True when the command went well.
local function succeed(step, words, said)
  local limit = step.options.timeout
  local in_time, how, code
  if limit then
    in_time, how, code = task.within(limit, execute, words, said)
  else
    in_time, how, code = true, execute(words, said)
  end
  if not in_time then return refuse(step, ("took longer than %g s, and was ended"):format(limit), "timeout") end
  if how == nil then return refuse(step, "failed: " .. code.message, "io") end
  if how == "exit" and code == 0 then return true end
  return refuse(step, ("failed: %s ended with %s %d%s"):format(words[1], how, code, last_line(said)), "io")
end

local function file_result(ctx, step, out)
  if not sys.stat(out) then return refuse(step, "ran, but made no file", "io") end
  local hash, why = fingerprint.of_file(out)
  if not hash then return refuse(step, why, "io") end
  local kept, err = media.keep(ctx, { path = out, sha256 = hash })
  if not kept then return nil, err end
  return { path = kept.path, sha256 = hash, file_size = kept.size, file_name = kept.name }
end

local function by_command(ctx, step, input)
  local folder, err = ctx.journal:files()
  if not folder then return nil, err end
  local paths
  paths, err = inputs_of(ctx, input)
  if not paths then return nil, err end
  -- What is left of one that was cut off lies where the next try writes.
  local target = ("%s/made-%s"):format(folder, digest.sha256(ctx.journal.workflow .. "\0" .. step.name):sub(1, 16))
  local words, out, problem = words_of(step, paths, target)
  if problem then return refuse(step, problem, "validation") end
  local said = target .. ".said"
  local function clear()
    os.remove(out)
    os.remove(said)
  end
  clear()
  local _ <close> = task.closing(clear)
  local done
  done, err = succeed(step, words, said)
  if not done then return nil, err end
  return file_result(ctx, step, out)
end

-- What a command has made must still be there.
local function is_whole(ctx, step, output)
  if type(step.work) ~= "table" then return true end
  local file = media.files(output, ctx.journal)[1]
  return file ~= nil and file.path ~= nil and sys.stat(file.path) ~= nil
end

--- Computes a local step, or finds what was computed before.
---@param ctx table
---@param step table  work (a function or words), name
---@param input any  without references
---@return any output, table? err
function map.perform(ctx, step, input)
  local text, err = key.canonical(input)
  if not text then return nil, err end
  local id
  id, err = key.of_map(step.work, text)
  if not id then return nil, err end
  local state, row = ledger.find(ctx, step, id)
  if not state then return nil, row end
  if state == "done" then
    local output, why = ledger.output_of(ctx.journal, row)
    if output == nil then return nil, why end
    if is_whole(ctx, step, output) then
      ctx.emit(step, "cached", {})
      return output
    end
  end
  ctx.emit(step, "running", {})
  local output
  if type(step.work) == "table" then
    local _ <close> = ctx.slot()
    output, err = by_command(ctx, step, input)
  else
    output, err = by_function(step, input)
  end
  if output == nil then return nil, err end
  local kept, why = json.encode(output)
  if not kept then return refuse(step, "returned what is no JSON: " .. why) end
  local noted
  noted, err = ledger.note_map(ctx.journal, { name = step.name, key = id, input = text }, kept)
  if not noted then return nil, ctx.halt(err) end
  ctx.emit(step, "done", {})
  return json.decode(kept)
end

return map
