-- Seedance (ByteDance): what its endpoints take. Data only; see
-- lua/fal/models/schema.lua. "Required" is taken from the page's examples and
-- from the official client's types.
local files = require "fal.models.catalogue.files"

local ratios = { "21:9", "16:9", "4:3", "1:1", "3:4", "9:16" }

return {
  required_inferred = true,
  endpoints = {
    {
      id = "fal-ai/bytedance/seedance/v1/pro/text-to-video",
      title = "Seedance 1.0 Pro, text to video",
      category = "text-to-video",
      input = {
        { "prompt", "string", "what the video shows", required = true },
        { "aspect_ratio", "string", "shape of the frame", enum = ratios, default = "16:9" },
        { "resolution", "string", "480p is faster, 1080p better", enum = { "480p", "1080p" }, default = "1080p" },
        { "duration", "string", "length in seconds", enum = { "5", "10" }, default = "5" },
        { "camera_fixed", "boolean", "keep the camera still" },
        { "seed", "integer", "for repeatable results; -1 for a random one" },
      },
      output = {
        { "video", "File", "the video", required = true, media = "video" },
        { "seed", "integer", "the seed that was used", required = true },
      },
    },
  },
  types = {
    { name = "File", part = true, input = files.file },
    { name = "Image", part = true, input = files.image },
    {
      name = "ImageSize", part = true,
      input = {
        { "width", "integer", "width in pixels", default = 512 },
        { "height", "integer", "height in pixels", default = 512 },
      },
    },
  },
}
