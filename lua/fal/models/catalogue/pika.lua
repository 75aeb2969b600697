-- Pika: what its endpoints take and cost. Data only; see
-- lua/fal/models/schema.lua. The 2.2 pages say what is required; for the types
-- beside them it is taken from the official client's types.
local files = require "fal.models.catalogue.files"

local ratios = { "16:9", "9:16", "1:1", "4:5", "5:4", "3:2", "2:3" }
local effects = {
  "Cake-ify", "Crumble", "Crush", "Decapitate", "Deflate", "Dissolve", "Explode", "Eye-pop", "Inflate", "Levitate",
  "Melt", "Peel", "Poke", "Squish", "Ta-da", "Tear",
}

local prompt = { "prompt", "string", "what the video shows", required = true }
local image = { "image_url", "string", "picture of the first frame", required = true }
local source = { "video_url", "string", "the video to work on", required = true }
local seed = { "seed", "integer", "for repeatable results" }
local negative = { "negative_prompt", "string", "what to avoid", default = "" }
local free_negative = { "negative_prompt", "string", "what to avoid" }
local ratio = { "aspect_ratio", "string", "shape of the frame", enum = ratios, default = "16:9" }
local resolution = { "resolution", "string", "size of the frame", enum = { "720p", "1080p" }, default = "720p" }
local duration = { "duration", "integer", "length in seconds", default = 5 }
local output = { { "video", "File", "the video", required = true, media = "video" } }

local text_to_video = { prompt, seed, negative, ratio, resolution, duration }
local image_to_video = { image, prompt, seed, negative, resolution, duration }
local price = { unit = "clip", seconds = 5, by = "resolution", rates = { ["720p"] = "0.20", ["1080p"] = "0.45" } }

return {
  types_inferred = true,
  endpoints = {
    {
      id = "fal-ai/pika/v2.2/text-to-video",
      title = "Pika 2.2, text to video",
      category = "text-to-video",
      input = text_to_video, output = output, price = price,
    },
    {
      id = "fal-ai/pika/v2.2/image-to-video",
      title = "Pika 2.2, image to video",
      category = "image-to-video",
      input = image_to_video, output = output, price = price,
    },
  },
  types = {
    {
      name = "TextToVideoRequest", title = "Pika, text to video", category = "text-to-video",
      endpoints = { "fal-ai/pika/v2.1/text-to-video", "fal-ai/pika/v2/turbo/text-to-video" },
      input = text_to_video, output = output,
    },
    {
      name = "Pika22ImageToVideoRequest", title = "Pika 2.2, image to video", category = "image-to-video",
      endpoints = { "fal-ai/pika/v2.2/image-to-video" },
      input = image_to_video, output = output, price = price,
    },
    {
      name = "PikaswapsRequest", title = "Pikaswaps, swap a thing in a video", category = "video-to-video",
      input = {
        source,
        { "image_url", "string", "picture of what comes in" },
        { "modify_region", "string", "what goes out, in words" },
        { "prompt", "string", "the change in words" },
        free_negative, seed,
      },
      output = output,
    },
    {
      name = "CollectionToVideoRequest", title = "Pikascenes, images to video", category = "image-to-video",
      endpoints = { "fal-ai/pika/v2.2/pikascenes" },
      input = {
        { "images", "list<PikaImage>", "pictures to put together", required = true },
        prompt, seed, negative, ratio, resolution, duration,
        {
          "ingredients_mode", "string", "how freely they are put together",
          enum = { "creative", "precise" }, default = "creative",
        },
      },
      output = output,
    },
    { name = "File", part = true, input = files.file },
    {
      name = "ImageToVideoRequest", title = "Pika, image to video", category = "image-to-video",
      endpoints = { "fal-ai/pika/v2.1/image-to-video", "fal-ai/pika/v2/turbo/image-to-video" },
      input = image_to_video, output = output,
    },
    {
      name = "PikadditionsRequest", title = "Pikadditions, add a thing to a video", category = "video-to-video",
      endpoints = { "fal-ai/pika/v2/pikadditions" },
      input = {
        source,
        { "image_url", "string", "picture of what comes in", required = true },
        { "prompt", "string", "the addition in words" },
        free_negative, seed,
      },
      output = output,
    },
    { name = "PikaImage", part = true, input = { { "image_url", "string", "the picture", required = true } } },
    {
      name = "PikaffectsRequest", title = "Pikaffects, effects on a picture", category = "image-to-video",
      endpoints = { "fal-ai/pika/v1.5/pikaffects" },
      input = {
        { "image_url", "string", "the picture", required = true },
        { "pikaffect", "string", "the effect", enum = effects, required = true },
        { "prompt", "string", "guides the effect" },
        free_negative, seed,
      },
      output = output,
    },
  },
}
