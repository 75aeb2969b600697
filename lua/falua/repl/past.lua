-- The lines that were typed in earlier sessions: a file in the XDG state
-- folder, for its owner's eyes, one entry a line. Several sessions add to it.
-- Nothing is kept where no history is wanted, nor lines that begin with a
-- space, nor such as set a key.
local attach = require "falua.attach"
local line = require "falua.line"
local place = require "fal.history.place"
local sys = require "fal.core.sys"
local xdg = require "fal.xdg"

local past = {}

local most <const> = 1000 -- entries that are read

-- Where the file is; nil where none is wanted.
local function folder()
  local here = place.of(os.getenv "FAL_HISTORY")
  local wanted = here and not here.private or attach.is_sandbox()
  return wanted and xdg.folder "state" or nil
end

local function is_secret(text)
  return text:find "^%s" or text:find "[Kk][Ee][Yy]%w*[\"'%]]*%s*=" or text:find "setenv"
end

--- Gives an editor the entries of earlier sessions.
---@param editor table
function past.recall(editor)
  local kept = folder()
  local file <close> = kept and io.open(kept .. "/lines")
  local entries = {}
  for text in file and file:lines() or function() end do entries[#entries + 1] = text end
  for i = math.max(1, #entries - most + 1), #entries do
    editor:remember((entries[i]:gsub("\\(.)", { n = "\n", ["\\"] = "\\" })))
  end
end

--- Adds an entry; one that cannot be kept is no failure.
---@param text string
function past.keep(text)
  local kept = text ~= "" and not is_secret(text) and folder()
  if not kept then return end
  sys.makedirs(kept)
  line.append(kept .. "/lines", text:gsub("[\\\n]", { ["\\"] = "\\\\", ["\n"] = "\\n" }) .. "\n")
end

return past
