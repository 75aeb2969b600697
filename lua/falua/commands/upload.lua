-- `falua upload`: brings files to the service and prints their URLs.
local shared = require "falua.shared"

local function lifetime(text)
  local value = math.tointeger(tonumber(text)) or text
  return pcall(require("fal").lifetime, value) and value or nil
end

local function content_type(text) return text:match "^[%w!#$&^_.+-]+/[%w!#$&^_.+-]+[\x20-\x7E]*$" end

local function uploader(values)
  return function(path, on_progress)
    local url, err = require("fal").upload(path, {
      content_type = values.type, name = values.name, fresh = values.fresh,
      lifecycle = values.expires and { expires_in = values.expires } or nil,
      on_progress = on_progress,
    })
    return { url and { file = path, url = url } }, err
  end
end

local function url_of(entry) return entry.url end

return {
  summary = "upload files and print their URLs",
  operands = { { name = "FILE", many = true, help = "what to upload" } },
  options = {
    {
      name = "type", value = "TYPE", convert = content_type, wanted = "a content type such as image/png",
      help = "the content type (default: by the name)",
    },
    { name = "name", value = "NAME", help = "what the file is called at the service" },
    {
      name = "expires", value = "TIME", convert = lifetime, wanted = "seconds, or 1h, 1d, 7d, 30d, 1y",
      help = "how long the service keeps it: seconds, or 1h, 1d, 7d, 30d, 1y",
    },
    { name = "fresh", help = "send it even if the history knows a URL of the same bytes" },
    shared.json,
  },
  examples = {
    "falua upload boat.png",
    "url=$(falua upload boat.png | jq -r '.[0].url')",
  },
  run = function(values, name)
    return require("falua.several").each(values.file, values, name, uploader(values), url_of)
  end,
}
