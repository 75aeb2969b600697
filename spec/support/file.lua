-- Whole files in one go.
local file = {}

-- What is in a file; nil when there is none.
function file.read(path)
  local handle <close> = io.open(path, "rb")
  return handle and handle:read "a"
end

-- Makes a file of a text.
function file.write(path, text)
  local handle <close> = assert(io.open(path, "wb"))
  assert(handle:write(text))
end

return file
