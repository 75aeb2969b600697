-- Our side of the bench of files. Usage:
--   files.lua put FILE [PART_SIZE [AT_ONCE]]   uploads, prints the URL
--   files.lua get URL PATH                     downloads
-- The service is taken from the environment. Parts are larger than any file
-- unless told otherwise, so that `put` does what `curl -T` does.
local fal = require "fal"

local what = arg[1]
if what == "put" then
  local opts = { part_size = math.tointeger(arg[3] or 1 << 40), concurrency = math.tointeger(arg[4] or 4) }
  print(assert(fal.upload(arg[2], opts)))
else
  print(assert(fal.download(arg[2], arg[3], { overwrite = true })))
end
