--- Content types of the files that models take and make, by the end of their
-- names. The list is kept by hand after IANA's register; what is not in it is
-- sent as bytes of no known kind. Pure.

local M = {}

local types = {
  -- images
  avif = "image/avif", bmp = "image/bmp", gif = "image/gif", heic = "image/heic", heif = "image/heif",
  ico = "image/vnd.microsoft.icon", jfif = "image/jpeg", jpeg = "image/jpeg", jpg = "image/jpeg",
  jxl = "image/jxl", png = "image/png", svg = "image/svg+xml", tif = "image/tiff", tiff = "image/tiff",
  webp = "image/webp", exr = "image/x-exr", hdr = "image/vnd.radiance", psd = "image/vnd.adobe.photoshop",
  -- video
  avi = "video/x-msvideo", m4v = "video/x-m4v", mkv = "video/x-matroska", mov = "video/quicktime",
  mp4 = "video/mp4", mpeg = "video/mpeg", mpg = "video/mpeg", ogv = "video/ogg", ts = "video/mp2t",
  webm = "video/webm", wmv = "video/x-ms-wmv", ["3gp"] = "video/3gpp",
  -- sound
  aac = "audio/aac", aif = "audio/aiff", aiff = "audio/aiff", flac = "audio/flac", m4a = "audio/mp4",
  mid = "audio/midi", midi = "audio/midi", mp3 = "audio/mpeg", oga = "audio/ogg", ogg = "audio/ogg",
  opus = "audio/opus", wav = "audio/wav", weba = "audio/webm", wma = "audio/x-ms-wma",
  -- three dimensions
  fbx = "application/octet-stream", glb = "model/gltf-binary", gltf = "model/gltf+json", obj = "model/obj",
  ply = "application/octet-stream", stl = "model/stl", usdz = "model/vnd.usdz+zip",
  -- text and data
  csv = "text/csv", htm = "text/html", html = "text/html", json = "application/json",
  jsonl = "application/jsonl", md = "text/markdown", pdf = "application/pdf", srt = "application/x-subrip",
  txt = "text/plain", vtt = "text/vtt", xml = "application/xml", yaml = "application/yaml",
  yml = "application/yaml", toml = "application/toml",
  -- archives and weights
  gz = "application/gzip", tar = "application/x-tar", zip = "application/zip", zst = "application/zstd",
  ["7z"] = "application/x-7z-compressed", safetensors = "application/octet-stream",
  ckpt = "application/octet-stream", bin = "application/octet-stream",
}

-- The way back, where several names have one type or the first is not the usual one.
local usual = {
  ["image/jpeg"] = "jpg", ["image/jpg"] = "jpg", ["image/tiff"] = "tiff", ["video/mpeg"] = "mpg",
  ["audio/aiff"] = "aiff", ["audio/x-aiff"] = "aiff", ["audio/midi"] = "mid", ["audio/ogg"] = "ogg",
  ["audio/x-wav"] = "wav", ["audio/wave"] = "wav", ["audio/vnd.wave"] = "wav", ["audio/mp3"] = "mp3",
  ["audio/x-m4a"] = "m4a", ["audio/x-flac"] = "flac", ["text/html"] = "html", ["application/yaml"] = "yaml",
  ["image/heif"] = "heif", ["application/x-zip-compressed"] = "zip", ["image/x-icon"] = "ico",
}

local UNKNOWN = "application/octet-stream"

for suffix, content_type in pairs(types) do
  if content_type ~= UNKNOWN and not usual[content_type] then usual[content_type] = suffix end
end

--- The content type of a file by its name.
---@param name string
---@return string content_type
function M.type_of(name)
  local suffix = name:match "%.([%w]+)$"
  return suffix and types[suffix:lower()] or UNKNOWN
end

--- The usual end of a name for a content type.
---@param content_type string|nil may have parameters
---@return string|nil suffix without the dot
function M.suffix_of(content_type)
  return content_type and usual[content_type:lower():match "^%s*([^;%s]*)"]
end

return M
