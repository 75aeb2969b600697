-- Video As Prompt: what it takes. Data only; see lua/fal/models/schema.lua.
local files = require "fal.models.catalogue.files"

return {
  endpoints = {
    {
      id = "fal-ai/video-as-prompt",
      title = "Video As Prompt",
      category = "video-to-video",
      input = {
        { "prompt", "string", "what the result shows", required = true },
        { "video_url", "string", "the video whose motion is taken over", required = true },
        { "image_url", "string", "the picture that is to move", required = true },
        { "seed", "integer", "for repeatable results; random when missing" },
        { "num_frames", "integer", "how many frames", default = 49 },
        { "fps", "integer", "frames a second", default = 16 },
        { "video_description", "string", "what the given video shows", required = true },
        { "enable_safety_checker", "boolean", "check the result", default = true },
        { "aspect_ratio", "string", "shape of the frame", enum = { "16:9", "9:16" }, default = "9:16" },
        { "resolution", "string", "size of the frame", enum = { "480p", "580p", "720p" }, default = "480p" },
        { "guidance_scale", "number", "how closely the prompt is followed", default = 5 },
      },
      output = { { "video", "File", "the video", required = true, media = "video" } },
    },
  },
  types = {
    { name = "File", part = true, input = files.plain },
  },
}
