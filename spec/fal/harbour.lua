-- For the specs of files: a sandbox, a client that tries again without delay,
-- and a folder that goes with them.
local assert = require "luassert"
local file = require "support.file"
local process = require "support.process"
local service = require "support.service"

local Harbour = {}
Harbour.__index = Harbour

local harbour = {}

--- Opens one. `options` are further ones of the client, `sandbox_options` of the sandbox.
function harbour.open(options, sandbox_options)
  local sandbox = service.start(sandbox_options)
  return setmetatable({
    sandbox = sandbox, client = service.client(sandbox, options), folder = process.temporary(),
  }, Harbour)
end

function Harbour:path(name) return self.folder.path .. "/" .. name end

--- Writes a file; returns its path.
function Harbour:write(name, content)
  local path = self:path(name)
  file.write(path, content)
  return path
end

function Harbour:read(path) return assert(file.read(path:find "^/" and path or self:path(path))) end

--- The names in the folder or one below, hidden ones too, sorted.
function Harbour:list(below)
  local names = {}
  local pipe <close> = io.popen(("ls -A %s"):format(process.quote(self:path(below or ""))))
  for name in pipe:lines() do names[#names + 1] = name end
  return names
end

--- Puts bytes on the sandbox's shelf; returns the URL.
function Harbour:publish(data, name, content_type)
  return require("fal.sandbox.files").publish(self.sandbox, data, name or "a.bin", content_type or "video/mp4")
end

--- That no key went to a media host, and no partial file is left.
function Harbour:check_downloads()
  for _, seen in ipairs(self.sandbox:requests "download") do
    assert.is_nil((seen.headers.authorization or ""):find "^Key")
  end
  for _, name in ipairs(self:list()) do assert.is_nil(name:find "%.part") end
end

--- What the sandbox has under a URL.
function Harbour:stored(url)
  return assert(self.client.http { url = url, anonymous = true, idle = true, check = true, timeout = 60 }).body
end

--- How many requests of a kind came, and how many of those had the header.
function Harbour:count(call, header)
  local count, with = 0, 0
  for _, seen in ipairs(self.sandbox:requests(call)) do
    count = count + 1
    if header and seen.headers[header] then with = with + 1 end
  end
  return count, with
end

--- Starts a program of this build whose service is the sandbox.
function Harbour:start(words)
  local env = { HOME = self.folder.path }
  for name, value in pairs(self.sandbox.config) do env["FAL_" .. name:upper()] = value end
  for name, value in pairs(words.env or {}) do env[name] = value end
  words.env = env
  return process.start(words)
end

function Harbour:close()
  self.sandbox:stop()
  self.folder:remove()
end

Harbour.__close = Harbour.close

--- Bytes that tell where they belong: numbered lines in numbered blocks of 64 KiB.
function harbour.bytes(count)
  local lines, blocks = {}, {}
  for i = 1, 8192 do lines[i] = ("%7d\n"):format(i) end
  local block = table.concat(lines)
  for i = 1, (count + #block - 1) // #block do blocks[i] = ("%15d\n"):format(i) .. block:sub(17) end
  return table.concat(blocks):sub(1, count)
end

return harbour
