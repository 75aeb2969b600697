-- Veo (Google): what its endpoints take and cost. Data only; see
-- lua/fal/models/schema.lua. The pages of Veo 2 and Veo 3 do not say what is
-- required; there it is taken from their examples.
local files = require "fal.models.catalogue.files"

local prompt = { "prompt", "string", "what the video shows", required = true }
local negative = { "negative_prompt", "string", "what to avoid" }
local enhance = { "enhance_prompt", "boolean", "let the service improve the prompt", default = true }
local seed = { "seed", "integer", "for repeatable results" }
local resolution = { "resolution", "string", "size of the frame", enum = { "720p", "1080p" }, default = "720p" }
local audio = { "generate_audio", "boolean", "with sound; without costs less", default = true }
local eight = { "duration", "string", "length", enum = { "8s" }, default = "8s" }
local lengths = { "duration", "string", "length", enum = { "4s", "6s", "8s" }, default = "8s" }
local output = { { "video", "File", "the video", required = true, media = "video" } }

local function by_audio(off, on)
  return { unit = "second", by = "generate_audio", rates = { [false] = off, [true] = on } }
end

return {
  types_inferred = true,
  endpoints = {
    {
      id = "fal-ai/veo3",
      title = "Veo 3, text to video",
      category = "text-to-video",
      required_inferred = true,
      input = {
        prompt,
        {
          "aspect_ratio", "string", "shape of the frame; others than 16:9 are outpainted",
          enum = { "16:9", "9:16", "1:1" }, default = "16:9",
        },
        eight, negative, enhance, seed, resolution, audio,
      },
      output = output,
      price = { scales = { { field = "generate_audio", factors = { [false] = "0.67" } } } },
    },
    {
      id = "fal-ai/veo2",
      title = "Veo 2, text to video",
      category = "text-to-video",
      required_inferred = true,
      input = {
        prompt,
        { "aspect_ratio", "string", "shape of the frame", enum = { "16:9", "9:16" }, default = "16:9" },
        { "duration", "string", "length", enum = { "5s", "6s", "7s", "8s" }, default = "5s" },
        negative, enhance, seed,
      },
      output = output,
    },
    {
      id = "fal-ai/veo3/fast",
      title = "Veo 3 Fast, text to video",
      category = "text-to-video",
      input = {
        prompt,
        {
          "aspect_ratio", "string", "shape of the frame; 1:1 is outpainted",
          enum = { "9:16", "16:9", "1:1" }, default = "16:9",
        },
        lengths, negative, enhance, seed,
        { "auto_fix", "boolean", "rewrite a prompt that a policy check refuses", default = true },
        resolution, audio,
      },
      output = output,
      price = by_audio("0.25", "0.40"),
    },
    {
      id = "fal-ai/veo3.1/reference-to-video",
      title = "Veo 3.1, reference images to video",
      category = "image-to-video",
      input = {
        { "image_urls", "list<string>", "pictures of what is to look the same", required = true },
        prompt, eight, resolution, audio,
      },
      output = output,
      price = by_audio("0.20", "0.40"),
    },
    {
      id = "fal-ai/veo3.1/fast/image-to-video",
      title = "Veo 3.1 Fast, image to video",
      category = "image-to-video",
      input = {
        { "prompt", "string", "how the picture moves", required = true },
        { "image_url", "string", "the picture, 720p or larger", required = true },
        lengths,
        { "aspect_ratio", "string", "shape of the frame", enum = { "auto", "9:16", "16:9", "1:1" }, default = "auto" },
        resolution, audio,
      },
      output = output,
      price = by_audio("0.10", "0.15"),
    },
  },
  types = {
    { name = "File", part = true, input = files.file },
  },
}
