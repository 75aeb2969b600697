-- What `falua doctor` looks at. Each check adds findings to a list: { topic,
-- state = "ok", "note" or "problem", message, remedy }. Prints nothing.
local fal = require "fal"
local host = require "falua.host"
local place = require "fal.history.place"
local reach = require "falua.reach"
local sys = require "fal.core.sys"
local xdg = require "fal.xdg"

local checks = {}

local farthest <const> = 120 -- seconds by which the clocks may differ
local shown <const> = 4      -- characters of the key's id

local parts <const> = {
  { "fal.core.server", "sandbox", "build it with libmicrohttpd (libmicrohttpd-dev)" },
  { "fal.core.digest", "digest", "build it with libcrypto (libssl-dev)" },
  { "fal.core.store", "store", "build it with SQLite (libsqlite3-dev)" },
  { "fal.realtime", "websocket", "this version has no fal.realtime; fal.stream does without" },
}

local function versions(add)
  add("version", "ok", ("falua %s, %s, %s"):format(host.version, host.lua, sys.libraries()))
end

local function features(add)
  local has_http2 = sys.libraries():find("nghttp2", 1, true)
  add("HTTP/2", has_http2 and "ok" or "note", has_http2 and "there" or "not in this libcurl; HTTP/1.1 does as well")
  for _, part in ipairs(parts) do
    local module, name, remedy = table.unpack(part)
    if package.preload[module] or package.searchpath(module, package.cpath) then
      add(name, "ok", "there")
    else
      add(name, "note", "left out of this build", remedy)
    end
  end
end

-- Where the key comes from, and the key itself as far as it is known here.
local function source_of_key()
  local function variable(name)
    local value = os.getenv(name)
    return value ~= "" and value or nil
  end
  if variable "FAL_KEY" then return "FAL_KEY", variable "FAL_KEY" end
  if variable "FAL_KEY_ID" and variable "FAL_KEY_SECRET" then
    return "FAL_KEY_ID and FAL_KEY_SECRET", variable "FAL_KEY_ID" .. ":" .. variable "FAL_KEY_SECRET"
  end
  return "fal.config"
end

local function key(add)
  if not fal.option "key" then
    if fal.option "proxy_url" then return add("key", "ok", "none; the proxy has it") end
    return add("key", "problem", "none", "make one at https://fal.ai/dashboard/keys and set FAL_KEY; or use --sandbox")
  end
  local from, value = source_of_key()
  local id = value and value:match "^%s*([^:]*):."
  if value and not id then
    return add("key", "problem", ("the one from %s does not look like id:secret"):format(from),
      "copy the whole key, id and secret")
  end
  add("key", "ok", id and ("%s... from %s"):format(id:sub(1, shown), from) or "from " .. from)
end

local function proxies(add)
  for _, name in ipairs { "HTTPS_PROXY", "https_proxy", "http_proxy", "ALL_PROXY", "all_proxy" } do
    local value = os.getenv(name)
    if value and value ~= "" then
      add("proxy", "note", ("%s is %s"):format(name, (value:gsub("//[^/]*@", "//...@"):gsub("^[^/]*@", "...@"))))
    end
  end
end

local function clock(add, findings)
  for _, finding in ipairs(findings) do
    if finding.ahead then
      local seconds = finding.ahead
      if math.abs(seconds) <= farthest then return add("clock", "ok", "right") end
      return add("clock", "problem", ("%.0f s %s"):format(math.abs(seconds), seconds > 0 and "fast" or "slow"),
        "set it, for example with: timedatectl set-ntp true")
    end
  end
end

local function hosts(add)
  local findings, reached = reach.all(), {}
  for _, finding in ipairs(findings) do
    local names = table.concat(finding.options, ", ")
    if finding.took then
      add(finding.url, "ok", ("answers in %.0f ms (%s)"):format(finding.took * 1000, names))
      for _, option in ipairs(finding.options) do reached[option] = true end
    else
      add(finding.url, "problem", ("%s: %s (%s)"):format(finding.place, finding.message, names),
        reach.remedies[finding.place])
    end
  end
  clock(add, findings)
  return reached
end

-- Asks for a request that cannot be there: who has the right key is told so.
local function acceptance(add, reached)
  if not fal.option "key" or not reached.queue_url then return end
  local _, err = fal.status("fal-ai/doctor", "00000000-0000-4000-8000-000000000000")
  local status = err and err.status
  if status == 401 then
    add("key", "problem", "the service does not know it", "make one at https://fal.ai/dashboard/keys and set FAL_KEY")
  elseif status == 403 then
    add("key", "problem", "the service refuses it: " .. err.message, "see https://fal.ai/dashboard/billing")
  elseif not err or status == 404 then
    add("key", "ok", "the service accepts it")
  else
    add("key", "note", "whether the service accepts it could not be seen: " .. err.message)
  end
end

local function write_access(folder)
  local made, message = sys.makedirs(folder)
  if not made then return nil, message end
  local name = ("%s/.doctor-%d"):format(folder, sys.pid())
  local file
  file, message = io.open(name, "wb")
  if not file then return nil, message end
  local written
  written, message = file:write "x"
  written = file:close() and written
  os.remove(name)
  return written, message
end

local function folders(add)
  for _, topic in ipairs { "cache", "data", "state" } do
    local folder = xdg.folder(topic)
    local can, message = nil, "there is no home folder"
    if folder then can, message = write_access(folder) end
    if can then
      add(topic, "ok", folder)
    else
      add(topic, "problem", message,
        ("make it writable, or set XDG_%s_HOME to a folder that is"):format(topic:upper()))
    end
  end
end

-- Whether the next call could be written down.
local function record(add)
  local here = place.of(fal.option "history")
  if not here then return add("history", "note", "off") end
  local book, err = require("fal.history.book").open(here)
  local can = book
  if book then can, err = book.db:exec "BEGIN IMMEDIATE; ROLLBACK" end
  if can then return add("history", "ok", here.path .. (here.private and ", without texts" or "")) end
  add("history", "problem", (err.cause or err).message,
    "make it writable, or set FAL_HISTORY to off or to another file; until then nothing is sent")
end

--- Looks at everything.
---@return table[] findings
function checks.run()
  local findings = {}
  local function add(topic, state, message, remedy)
    findings[#findings + 1] = { topic = topic, state = state, message = message, remedy = remedy }
  end
  versions(add)
  features(add)
  key(add)
  proxies(add)
  acceptance(add, hosts(add))
  folders(add)
  record(add)
  return findings
end

return checks
