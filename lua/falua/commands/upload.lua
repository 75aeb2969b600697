-- `falua upload`: brings files to the service and prints their URLs.
local shared = require "falua.shared"

local function lifetime(text)
  local value = math.tointeger(tonumber(text)) or text
  return pcall(require("fal").lifetime, value) and value or nil
end

local function content_type(text) return text:match "^[%w!#$&^_.+-]+/[%w!#$&^_.+-]+[\x20-\x7E]*$" end

-- A URL for each file, or for the first that fails nil and why.
local function upload(fal, path, values, meter)
  meter.begin(path)
  return fal.upload(path, {
    content_type = values.type, name = values.name, fresh = values.fresh,
    lifecycle = values.expires and { expires_in = values.expires } or nil,
    on_progress = meter.told,
  })
end

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
    local fal = require "fal"
    local exits, notes, output = require "falua.exits", require "falua.notes", require "falua.output"
    local meter, done, first = require("falua.transfer").meter(), {}, nil
    for _, path in ipairs(values.file) do
      local url, err
      do
        local _ <close> = notes.progress(meter.text)
        url, err = upload(fal, path, values, meter)
      end
      if url then
        done[#done + 1] = { file = path, url = url }
      else
        first = first or err
        if #values.file > 1 then notes.fail(name, err) end
      end
    end
    if #done == 0 and #values.file == 1 then return nil, first end
    if values.json or not output.is_terminal() then
      output.json(require("fal.core.json").array(done), true)
    else
      for _, entry in ipairs(done) do print(entry.url) end
    end
    if not first then return exits.done end
    return #done > 0 and exits.partly or exits.of(first)
  end,
}
