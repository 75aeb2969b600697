-- Sora 2 (OpenAI): what its endpoints take and cost. Data only; see
-- lua/fal/models/schema.lua. The pages write the default duration once as "4"
-- and once as 4; their examples send numbers.
local key = { "api_key", "string", "your own OpenAI key; then fal does not bill", secret = true }
local prompt = { "prompt", "string", "what the video shows", required = true }
local image = { "image_url", "string", "picture of the first frame", required = true }
local duration = { "duration", "integer", "length in seconds", enum = { 4, 8, 12 }, default = 4 }
local ratio = { "aspect_ratio", "string", "shape of the frame", enum = { "9:16", "16:9" }, default = "16:9" }
local auto_ratio = {
  "aspect_ratio", "string", "shape of the frame", enum = { "auto", "9:16", "16:9" }, default = "auto",
}

local function resolution(enum, default)
  return { "resolution", "string", "size of the frame", enum = enum, default = default }
end

local output = {
  { "video", "VideoFile", "the video", required = true, media = "video" },
  { "video_id", "string", "its id, for a remix", required = true },
}
local price = { unit = "second", rate = "0.10", free_with = "api_key" }
local pro_price = {
  unit = "second", by = "resolution", rates = { ["720p"] = "0.30", ["1080p"] = "0.50" }, free_with = "api_key",
}

return {
  endpoints = {
    {
      id = "fal-ai/sora-2/text-to-video",
      title = "Sora 2, text to video",
      category = "text-to-video",
      input = { key, prompt, resolution({ "720p" }, "720p"), ratio, duration },
      output = output, price = price,
    },
    {
      id = "fal-ai/sora-2/image-to-video",
      title = "Sora 2, image to video",
      category = "image-to-video",
      input = { key, prompt, resolution({ "auto", "720p" }, "auto"), auto_ratio, duration, image },
      output = output, price = price,
    },
    {
      id = "fal-ai/sora-2/text-to-video/pro",
      title = "Sora 2 Pro, text to video",
      category = "text-to-video",
      input = { key, prompt, resolution({ "720p", "1080p" }, "1080p"), ratio, duration },
      output = output, price = pro_price,
    },
    {
      id = "fal-ai/sora-2/image-to-video/pro",
      title = "Sora 2 Pro, image to video",
      category = "image-to-video",
      input = { key, prompt, resolution({ "auto", "720p", "1080p" }, "auto"), auto_ratio, duration, image },
      output = output, price = pro_price,
    },
  },
  types = {},
}
