-- Saving: the files of some steps under names of the user's choice. A file that
-- is there already is left alone; a file that is not ours is never replaced.
local failure = require "fal.core.error"
local fingerprint = require "fal.fingerprint"
local ioerror = require "fal.ioerror"
local json = require "fal.core.json"
local media = require "fal.workflow.media"
local reference = require "fal.workflow.reference"
local sys = require "fal.core.sys"

local save = {}

-- The references of a template, in order: each one's files are saved.
local function sources(template, list)
  if reference.is(template) then
    list[#list + 1] = template
  elseif type(template) == "table" then
    for _, item in ipairs(template) do sources(item, list) end
  end
  return list
end

local function name_for(pattern, step, file, n, alone)
  local numbered = pattern:find "{n}" or pattern:find "{name}"
  local values = { step = step.name, n = tostring(n), ext = media.suffix_of(file):sub(2), name = media.name_of(file) }
  local path = pattern:gsub("{(%w+)}", values)
  if alone or numbered then return path end
  local stem, suffix = path:match "^(.*)(%.%w+)$"
  return ("%s-%d%s"):format(stem or path, n, suffix or "")
end

local function exists(path)
  return nil, failure.new {
    kind = "io", message = path .. ": a file of another origin is there and was not replaced", billed = "no",
    hint = "move it away, or save under another name", retryable = false,
  }
end

-- The kept file at its destination.
local function place(ctx, kept, path)
  local stat = sys.stat(path)
  if stat then
    local hash = stat.kind == "file" and fingerprint.of_file(path)
    if hash == kept.hash then return path end
    if not hash or not media.is_kept(ctx.journal, hash) then return exists(path) end
  end
  local folder = path:match "^(.*)/[^/]*$"
  if folder and folder ~= "" then
    local made, why = sys.makedirs(folder)
    if not made then return nil, ioerror(why) end
  end
  local copied, err = media.copy(kept.path, path)
  return copied and path, err
end

--- The files that a step saves, and where.
---@return table? list  of { file, path }, table? err
function save.targets(ctx, step)
  local list, taken = {}, {}
  for _, ref in ipairs(sources(step.input, {})) do
    local origin, value, err = reference.step_of(ref), json.null, nil
    if ctx.output_of(origin) ~= nil then value, err = reference.fill(ref, ctx.output_of) end -- else it was skipped
    if value == nil then return nil, err end
    local files = media.files(value, ctx.journal)
    for n, file in ipairs(files) do
      local path = name_for(step.pattern, origin, file, n, #files == 1)
      if taken[path] then
        return nil, failure.new {
          kind = "validation", billed = "no", retryable = false, hint = "put {step}, {n} or {name} into the pattern",
          message = ("'%s' would save two files as %s"):format(step.name, path),
        }
      end
      taken[path] = true
      list[#list + 1] = { file = file, path = path }
    end
  end
  return list
end

--- Saves the files of a step's references.
---@param ctx table
---@param step table  pattern, input (the references)
---@return table? paths, table? err
function save.perform(ctx, step)
  local list, err = save.targets(ctx, step)
  if not list then return nil, err end
  local _ <close> = ctx.slot()
  local paths = {}
  for i, item in ipairs(list) do
    local kept
    kept, err = media.keep(ctx, item.file)
    if not kept then return nil, err end
    paths[i], err = place(ctx, kept, item.path)
    if not paths[i] then return nil, err end
  end
  ctx.emit(step, "saved", { paths = paths })
  return paths
end

return save
