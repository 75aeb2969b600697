-- Luma Dream Machine: what its endpoints take. Data only; see
-- lua/fal/models/schema.lua. "Required" is taken from the page's examples and
-- from the official client's types.
local files = require "fal.models.catalogue.files"

local ratios = { "16:9", "9:16", "4:3", "3:4", "21:9", "9:21" }
local all_ratios = { "1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21" }
local modes = {
  "adhere_1", "adhere_2", "adhere_3", "flex_1", "flex_2", "flex_3", "reimagine_1", "reimagine_2", "reimagine_3",
}

local prompt = { "prompt", "string", "what the video shows", required = true }
local source = { "video_url", "string", "the video to work on", required = true }
local ratio = { "aspect_ratio", "string", "shape of the frame", enum = ratios, default = "16:9" }
local loop = { "loop", "boolean", "let the end run into the beginning" }
local resolution = {
  "resolution", "string", "size of the frame; 720p costs twice, 1080p four times as much",
  enum = { "540p", "720p", "1080p" }, default = "540p",
}
local duration = { "duration", "string", "length; 9s costs twice as much", enum = { "5s", "9s" }, default = "5s" }
local output = { { "video", "File", "the video", required = true, media = "video" } }

local by_size = { field = "resolution", factors = { ["720p"] = "2", ["1080p"] = "4" } }
local by_length = { field = "duration", factors = { ["9s"] = "2" } }

return {
  required_inferred = true,
  endpoints = {
    {
      id = "fal-ai/luma-dream-machine/ray-2-flash",
      title = "Luma Ray 2 Flash, text to video",
      category = "text-to-video",
      input = { prompt, ratio, loop, resolution, duration }, output = output,
      price = { scales = { by_size, by_length } },
    },
  },
  types = {
    {
      name = "TextToVideoRequest", title = "Luma Dream Machine, text to video", category = "text-to-video",
      endpoints = { "fal-ai/luma-dream-machine" },
      input = { prompt, ratio, loop }, output = output,
    },
    {
      name = "ReframeVideoRequest", title = "Luma, reframe a video", category = "video-to-video",
      endpoints = { "fal-ai/luma-dream-machine/ray-2/reframe", "fal-ai/luma-dream-machine/ray-2-flash/reframe" },
      input = {
        source,
        { "aspect_ratio", "string", "shape of the new frame", enum = all_ratios, required = true },
        { "image_url", "string", "picture of the first frame" },
        { "grid_position_x", "integer", "column of the old frame in the new one" },
        { "grid_position_y", "integer", "row of the old frame in the new one" },
        { "prompt", "string", "what fills the new parts" },
        { "x_end", "integer", "right edge" },
        { "x_start", "integer", "left edge" },
        { "y_end", "integer", "lower edge" },
        { "y_start", "integer", "upper edge" },
      },
      output = output,
    },
    { name = "File", part = true, input = files.file },
    {
      name = "ImageToVideoRequest", title = "Luma Dream Machine, image to video", category = "image-to-video",
      endpoints = { "fal-ai/luma-dream-machine/image-to-video" },
      input = {
        prompt,
        { "image_url", "string", "picture the video starts from", required = true },
        { "end_image_url", "string", "picture the video ends in" },
        ratio, loop,
      },
      output = output,
    },
    {
      name = "Ray2ImageToVideoRequest", title = "Luma Ray 2, image to video", category = "image-to-video",
      endpoints = {
        "fal-ai/luma-dream-machine/ray-2/image-to-video", "fal-ai/luma-dream-machine/ray-2-flash/image-to-video",
      },
      input = {
        prompt,
        { "image_url", "string", "first picture; alone or with the last" },
        { "end_image_url", "string", "last picture; alone or with the first" },
        ratio, loop, resolution,
        { "duration", "string", "length", enum = { "5s", "9s" }, default = "5s" },
      },
      output = output,
      price = { scales = { by_size } },
    },
    {
      name = "ModifyVideoRequest", title = "Luma, modify a video", category = "video-to-video",
      endpoints = { "fal-ai/luma-dream-machine/ray-2/modify", "fal-ai/luma-dream-machine/ray-2-flash/modify" },
      input = {
        source,
        { "image_url", "string", "picture of the first frame" },
        { "prompt", "string", "what to change" },
        { "mode", "string", "how much to change: adhere least, reimagine most", enum = modes, default = "flex_1" },
      },
      output = output,
    },
  },
}
