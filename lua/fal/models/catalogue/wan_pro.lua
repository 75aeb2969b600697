-- Wan Pro: what its endpoints take. Data only; see lua/fal/models/schema.lua.
-- "Required" is taken from the page's examples and the official client's types.
local files = require "fal.models.catalogue.files"

local prompt = { "prompt", "string", "what the video shows", required = true }
local seed = { "seed", "integer", "for repeatable results; random when missing" }
local checker = { "enable_safety_checker", "boolean", "check the result", default = true }
local output = { { "video", "File", "the video", required = true, media = "video" } }

return {
  required_inferred = true,
  endpoints = {
    {
      id = "fal-ai/wan-pro/text-to-video",
      title = "Wan 2.1 Pro, text to video",
      category = "text-to-video",
      input = { prompt, seed, checker }, output = output,
      notes = "always 6 seconds of 1080p at 30 frames a second",
    },
  },
  types = {
    { name = "WanProI2VResponse", part = true, input = output },
    {
      name = "WanProI2VRequest", title = "Wan 2.1 Pro, image to video", category = "image-to-video",
      endpoints = { "fal-ai/wan-pro/image-to-video" },
      input = { prompt, seed, checker, { "image_url", "string", "picture the video starts from", required = true } },
      output = output,
    },
    { name = "File", part = true, input = files.plain },
  },
}
