-- `falua download`: fetches URLs, or the files of requests, into a folder.
local shared = require "falua.shared"

local function refused(message, ...)
  return nil, require "fal.core.error".new { kind = "validation", message = message:format(...) }
end

-- The output of a request, or of a call in the history: results vanish at the service, but not there.
local function output_of(fal, endpoint, id)
  local book, err = require("fal.history").open(fal)
  local row
  if book then row, err = require("fal.history.search").one(book, id) end
  if err and not endpoint then return nil, err end
  if row and row.output and (not endpoint or row.request_id == id) then
    return require("fal.core.json").decode(row.output)
  end
  endpoint, id = endpoint or row and row.endpoint, endpoint and id or row and row.request_id
  if id and endpoint then return fal.request(endpoint, id):result() end
  if row then return refused("call %d in the history has no request id and no output", row.id) end
end

-- What a word stands for.
local function meant(fal, word)
  if word:find "^%a[%w+.-]*:" then return word end
  local endpoint, id = word:match "^(.+)#(.+)$"
  local what, err = output_of(fal, endpoint, id or word)
  if what ~= nil or err then return what, err end
  return refused("'%s' is neither a URL nor ENDPOINT#ID, and not in the history", word)
end

-- "ENDPOINT ID" as two words names a request as well.
local function joined(words)
  local list = {}
  for _, word in ipairs(words) do
    local before = list[#list]
    if before and before:find "^[^:#]+/[^:#]+$" and not word:find "[:#/]" then
      list[#list] = before .. "#" .. word
    else
      list[#list + 1] = word
    end
  end
  return list
end

local function downloader(values, destination)
  return function(word, on_progress)
    local fal = require "fal"
    local what, err = meant(fal, word)
    if not what then return {}, err end
    local paths
    paths, err = fal.download(what, destination, {
      overwrite = values.overwrite, max_bytes = values.max_bytes, on_progress = on_progress,
    })
    if err and err.type == "exists" then err.hint = "--overwrite replaces it" end
    return require("falua.several").saved(paths, err), err
  end
end

local function as_it_is(path) return path end

return {
  summary = "download files, by URL or by the request that made them",
  operands = {
    { name = "URL", many = true, help = "a URL; or, for all files of an output, ENDPOINT#ID, or an ID in the history" },
  },
  options = {
    { name = "output", short = "o", value = "PATH", help = "a file, or a folder (default: here)" },
    { name = "overwrite", help = "replace files that are there" },
    { name = "max-bytes", value = "N", type = "integer", least = 0, help = "refuse larger files" },
    shared.json,
  },
  examples = {
    "falua download https://v3.fal.media/files/b/0a1b2c3d/boat.mp4",
    "falua download fal-ai/veo3/fast#764cabcf-b745-4b3e-ae38-1200304cf45b -o videos/",
    "falua download 764cabcf -o videos/",
  },
  run = function(values, name)
    local words, destination = joined(values.url), values.output or "./"
    if #words > 1 then destination = destination:gsub("/*$", "/") end
    return require("falua.several").each(words, values, name, downloader(values, destination), as_it_is)
  end,
}
