-- The lines that were typed in earlier sessions: a file in the XDG state
-- folder, for its owner's eyes, one entry a line. Several sessions add to it.
-- Nothing is kept where no history is wanted, nor lines that begin with a
-- space, nor such as set a key.
local attach = require "falua.attach"
local line = require "falua.line"
local place = require "fal.history.place"
local sys = require "fal.core.sys"

local past = {}

local most <const> = 1000 -- entries that are read

local function folder()
  local home = os.getenv "XDG_STATE_HOME"
  if not home or not home:find "^/" then home = (os.getenv "HOME" or "") .. "/.local/state" end
  return home .. "/fal"
end

local function is_wanted()
  local here = place.of(os.getenv "FAL_HISTORY")
  return here and not here.private or attach.is_sandbox()
end

local function is_secret(text)
  return text:find "^%s" or text:find "[Kk][Ee][Yy]%w*[\"'%]]*%s*=" or text:find "setenv"
end

--- Gives an editor the entries of earlier sessions.
---@param editor table
function past.recall(editor)
  local file <close> = is_wanted() and io.open(folder() .. "/lines")
  local entries = {}
  for text in file and file:lines() or function() end do entries[#entries + 1] = text end
  for i = math.max(1, #entries - most + 1), #entries do
    editor:remember((entries[i]:gsub("\\(.)", { n = "\n", ["\\"] = "\\" })))
  end
end

--- Adds an entry; one that cannot be kept is no failure.
---@param text string
function past.keep(text)
  if text == "" or is_secret(text) or not is_wanted() then return end
  sys.makedirs(folder())
  line.append(folder() .. "/lines", text:gsub("[\\\n]", { ["\\"] = "\\\\", ["\n"] = "\\n" }) .. "\n")
end

return past
