-- The file types that the pages of several families repeat. Data only; see
-- lua/fal/models/schema.lua.
local url = { "url", "string", "where the file is", required = true }
local content_type = { "content_type", "string", "media type" }
local name = { "file_name", "string", "name, made up when missing" }
local size = { "file_size", "integer", "size in bytes" }
local data = { "file_data", "string", "the bytes themselves" }

return {
  plain = { url, content_type, name, size },
  file = { url, content_type, name, size, data },
  image = {
    url, content_type, name, size, data,
    { "width", "integer", "width in pixels" },
    { "height", "integer", "height in pixels" },
  },
}
