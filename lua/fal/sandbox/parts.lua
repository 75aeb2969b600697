-- The bytes of uploads: a body in memory or on disk becomes a file, and parts
-- that come in any order are put together. Files of a GiB pass through without
-- ever being in memory at once.
local json = require "fal.core.json"
local sys = require "fal.core.sys"
local task = require "fal.task"

local exchange = require "fal.sandbox.exchange"
local files = require "fal.sandbox.files"
local reply = require "fal.sandbox.reply"

local parts = {}

-- What a body is kept as: { data, size } or { path, size }.
local function keep(x)
  local request = x.request
  local size, from = request.body_size, request.body_path
  if not from then return { data = request.body, size = size } end
  local path = files.new_path(x.sandbox)
  assert(os.rename(from, path))
  return { path = path, size = size }
end

--- Makes the body of an exchange the content of a file.
---@param x table  the exchange
---@param file table
function parts.store(x, file)
  local kept = keep(x)
  if file.path then os.remove(file.path) end
  file.data, file.path, file.size = kept.data, kept.path, kept.size
end

--- Lets a file be uploaded in parts.
---@param file table
function parts.open(file) file.parts = {} end

--- Takes a part; one that was there already is replaced.
---@param x table  the exchange
---@param file table
---@param number integer
function parts.put(x, file, number)
  local before, part = file.parts[number], keep(x)
  if before and before.path then os.remove(before.path) end
  part.etag = ('"%s"'):format(x.sandbox.chance:hex(16))
  file.parts[number] = part
  reply.json(x, 200, { partNumber = number, etag = part.etag }, { etag = part.etag })
end

-- The parts that the body lists, in order; nil and why not.
local function listed(x, file)
  local body = json.decode(exchange.body(x))
  local list = type(body) == "table" and body.parts
  if type(list) ~= "table" or #list == 0 then return nil, "No parts" end
  local chosen, last = {}, 0
  for i, entry in ipairs(list) do
    local number = type(entry) == "table" and entry.partNumber
    local part = file.parts[number]
    if not part or part.etag ~= entry.etag then return nil, ("Invalid part %s"):format(tostring(number)) end
    if number <= last then return nil, "Parts are not in ascending order" end
    chosen[i], last = part, number
  end
  return chosen
end

-- A file of the size that it will have; what comes first is there.
local function lay_out(x, chosen, size)
  local first = chosen[1]
  local path = first.path or files.new_path(x.sandbox)
  local target <close> = assert(io.open(path, first.path and "r+b" or "wb"))
  if first.data then assert(target:write(first.data)) end
  if size > first.size then
    assert(target:seek("set", size - 1))
    assert(target:write "\0")
  end
  return path
end

local function put_at(path, offset, part)
  if part.path then
    assert(assert(sys.copy(part.path, path, offset)) == part.size, "a part was not copied whole")
    return os.remove(part.path)
  end
  local target <close> = assert(io.open(path, "r+b"))
  assert(target:seek("set", offset))
  assert(target:write(part.data))
end

-- The other parts come behind the first. A file that cannot be put together (a full disk) is none.
local function join(file, chosen)
  local _ <close> = task.closing(function(err)
    if err then file.size = nil end
    task.set_event(file.joining)
    file.joining = nil
  end)
  local offset = chosen[1].size
  for i = 2, #chosen do
    put_at(file.path, offset, chosen[i])
    offset = offset + chosen[i].size
    task.sleep(0)
  end
end

--- Puts the parts together. The answer does not wait for it; who reads the
--- file does.
---@param x table  the exchange
---@param file table
function parts.complete(x, file)
  local chosen, why = listed(x, file)
  if not chosen then return reply.detail(x, 400, why) end
  local size = 0
  for _, part in ipairs(chosen) do size = size + part.size end
  file.path, file.size = lay_out(x, chosen, size), size
  file.parts, file.joining = nil, task.new_event()
  x.sandbox:spawn(join, file, chosen)
  reply.json(x, 200, { access_url = file.url, uploaded = true })
end

return parts
