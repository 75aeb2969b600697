-- PixVerse: what its endpoints take. Data only; see lua/fal/models/schema.lua.
-- Two pages list the same types. "Required" is taken from their examples and
-- from the official client's types.
local files = require "fal.models.catalogue.files"

local all = { "360p", "540p", "720p", "1080p" }
local fast = { "360p", "540p", "720p" }
local ratios = { "16:9", "4:3", "1:1", "3:4", "9:16" }
local looks = { "anime", "3d_animation", "clay", "comic", "cyberpunk" }
local extended_looks = { "anime", "3d_animation", "day", "cyberpunk", "comic" }
local voices = {
  "Emily", "James", "Isabella", "Liam", "Chloe", "Adrian", "Harper", "Ava", "Sophia", "Julia", "Mason", "Jack",
  "Oliver", "Ethan", "Auto",
}

local prompt = { "prompt", "string", "what the video shows", required = true }
local image = { "image_url", "string", "picture of the first frame", required = true }
local source = { "video_url", "string", "the video to work on", required = true }
local ratio = { "aspect_ratio", "string", "shape of the frame", enum = ratios, default = "16:9" }
local resolution = { "resolution", "string", "size of the frame", enum = all, default = "720p" }
local fast_resolution = { "resolution", "string", "size of the frame", enum = fast, default = "720p" }
local negative = { "negative_prompt", "string", "what to avoid", default = "" }
local style = { "style", "string", "look of the video", enum = looks }
local extended_style = { "style", "string", "look of the added part", enum = extended_looks }
local seed = { "seed", "integer", "for repeatable results" }
local duration = { "duration", "string", "length in seconds", enum = { "5", "8" }, default = "5" }
local version = { "model", "string", "version of the model", enum = { "v3.5", "v4", "v4.5" }, default = "v4.5" }

local short_at_1080p = {
  { field = "duration", only = { "5" }, when = "resolution", is = "1080p", message = "1080p videos last 5 seconds" },
}
local double_at_8 = { scales = { { field = "duration", factors = { ["8"] = "2" } } } }

local fast_text = { prompt, ratio, fast_resolution, negative, style, seed }
local fast_image = { prompt, ratio, fast_resolution, negative, style, seed, image }
local text = { prompt, ratio, resolution, duration, negative, style, seed }
local text_and_image = { prompt, ratio, resolution, duration, negative, style, seed, image }
local output = { { "video", "File", "the video", required = true, media = "video" } }

return {
  required_inferred = true,
  endpoints = {
    {
      id = "fal-ai/pixverse/v4/text-to-video/fast",
      title = "PixVerse 4 Fast, text to video",
      category = "text-to-video",
      input = fast_text, output = output,
    },
    {
      id = "fal-ai/pixverse/v4.5/text-to-video",
      title = "PixVerse 4.5, text to video",
      category = "text-to-video",
      input = text, output = output, rules = short_at_1080p, price = double_at_8,
    },
  },
  types = {
    {
      name = "ExtendRequest", title = "PixVerse, extend a video", category = "video-to-video",
      endpoints = { "fal-ai/pixverse/extend" },
      input = { source, prompt, negative, extended_style, resolution, duration, version, seed },
      output = output, rules = short_at_1080p,
    },
    {
      name = "TextToVideoRequest", title = "PixVerse, text to video", category = "text-to-video",
      endpoints = { "fal-ai/pixverse/v3.5/text-to-video", "fal-ai/pixverse/v4/text-to-video" },
      input = text, output = output, rules = short_at_1080p, price = double_at_8,
    },
    { name = "I2VOutputV4", part = true, input = output },
    { name = "File", part = true, input = files.file },
    {
      name = "FastTextToVideoRequest", title = "PixVerse Fast, text to video", category = "text-to-video",
      endpoints = { "fal-ai/pixverse/v3.5/text-to-video/fast", "fal-ai/pixverse/v4.5/text-to-video/fast" },
      input = fast_text, output = output,
    },
    {
      name = "ImageToVideoRequest", title = "PixVerse 3.5, image to video", category = "image-to-video",
      endpoints = { "fal-ai/pixverse/v3.5/image-to-video" },
      input = text_and_image, output = output, rules = short_at_1080p, price = double_at_8,
    },
    {
      name = "TransitionRequest", title = "PixVerse, from one picture to another", category = "image-to-video",
      endpoints = { "fal-ai/pixverse/v3.5/transition", "fal-ai/pixverse/v4.5/transition" },
      input = {
        prompt, ratio, resolution, duration, negative, style, seed,
        { "first_image_url", "string", "picture of the first frame", required = true },
        { "last_image_url", "string", "picture of the last frame", required = true },
      },
      output = output,
    },
    {
      name = "FastImageToVideoRequestV4", title = "PixVerse Fast, image to video", category = "image-to-video",
      endpoints = { "fal-ai/pixverse/v4/image-to-video/fast", "fal-ai/pixverse/v4.5/image-to-video/fast" },
      input = fast_image, output = output,
    },
    {
      name = "ImageToVideoRequestV4", title = "PixVerse, image to video", category = "image-to-video",
      endpoints = { "fal-ai/pixverse/v4/image-to-video", "fal-ai/pixverse/v4.5/image-to-video" },
      input = text_and_image, output = output, rules = short_at_1080p, price = double_at_8,
    },
    {
      name = "SoundEffectRequest", title = "PixVerse, sound for a video", category = "video-to-video",
      endpoints = { "fal-ai/pixverse/sound-effects" },
      input = {
        source,
        { "original_sound_switch", "boolean", "keep the sound the video has" },
        { "prompt", "string", "the sound; random when empty", default = "" },
      },
      output = output,
    },
    {
      name = "LipsyncRequest", title = "PixVerse lip sync", category = "video-to-video",
      endpoints = { "fal-ai/pixverse/lipsync" },
      input = {
        source,
        { "audio_url", "string", "speech to follow; without it the text is spoken" },
        { "voice_id", "string", "who speaks the text", enum = voices, default = "Auto" },
        { "text", "string", "what is spoken when there is no audio" },
      },
      output = output,
    },
    {
      name = "FastImageToVideoRequest", title = "PixVerse 3.5 Fast, image to video", category = "image-to-video",
      endpoints = { "fal-ai/pixverse/v3.5/image-to-video/fast" },
      input = fast_image, output = output,
    },
    {
      name = "FastExtendRequest", title = "PixVerse Fast, extend a video", category = "video-to-video",
      endpoints = { "fal-ai/pixverse/extend/fast" },
      input = { source, prompt, negative, extended_style, fast_resolution, version, seed },
      output = output,
    },
  },
}
