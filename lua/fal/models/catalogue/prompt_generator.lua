-- Video Prompt Generator: what it takes and costs. Data only; see
-- lua/fal/models/schema.lua. There are two pages of different age: the newer
-- one rules, models that only the older one names are accepted with a note.
local styles = {
  "Minimalist", "Simple", "Detailed", "Descriptive", "Dynamic", "Cinematic", "Documentary", "Animation", "Action",
  "Experimental",
}
local cameras = {
  "None", "Steadicam flow", "Drone aerials", "Handheld urgency", "Crane elegance", "Dolly precision", "VR 360",
  "Multi-angle rig", "Static tripod", "Gimbal smoothness", "Slider motion", "Jib sweep", "POV immersion",
  "Time-slice array", "Macro extreme", "Tilt-shift miniature", "Snorricam character", "Whip pan dynamics",
  "Dutch angle tension", "Underwater housing", "Periscope lens",
}
local directions = {
  "None", "Zoom in", "Zoom out", "Pan left", "Pan right", "Tilt up", "Tilt down", "Orbital rotation", "Push in",
  "Pull out", "Track forward", "Track backward", "Spiral in", "Spiral out", "Arc movement", "Diagonal traverse",
  "Vertical rise", "Vertical descent",
}
local paces = {
  "None", "Slow burn", "Rhythmic pulse", "Frantic energy", "Ebb and flow", "Hypnotic drift", "Time-lapse rush",
  "Stop-motion staccato", "Gradual build", "Quick cut rhythm", "Long take meditation", "Jump cut energy",
  "Match cut flow", "Cross-dissolve dreamscape", "Parallel action", "Slow motion impact", "Ramping dynamics",
  "Montage tempo", "Continuous flow", "Episodic breaks",
}
local effects = {
  "None", "Practical effects", "CGI enhancement", "Analog glitches", "Light painting", "Projection mapping",
  "Nanosecond exposures", "Double exposure", "Smoke diffusion", "Lens flare artistry", "Particle systems",
  "Holographic overlay", "Chromatic aberration", "Digital distortion", "Wire removal", "Motion capture",
  "Miniature integration", "Weather simulation", "Color grading", "Mixed media composite", "Neural style transfer",
}
local models = {
  "anthropic/claude-3.5-sonnet", "anthropic/claude-3-5-haiku", "anthropic/claude-3-haiku",
  "google/gemini-2.5-flash-lite", "google/gemini-2.0-flash-001", "meta-llama/llama-3.2-1b-instruct",
  "meta-llama/llama-3.2-3b-instruct", "meta-llama/llama-3.1-8b-instruct", "meta-llama/llama-3.1-70b-instruct",
  "openai/gpt-4o-mini", "openai/gpt-4o", "deepseek/deepseek-r1",
}
local older_models = { "google/gemini-pro-1.5", "google/gemini-flash-1.5", "google/gemini-flash-1.5-8b" }

return {
  endpoints = {
    {
      id = "fal-ai/video-prompt-generator",
      title = "Video Prompt Generator",
      category = "llm",
      input = {
        { "input_concept", "string", "what the video is about", required = true },
        { "style", "string", "manner of the prompt", enum = styles, default = "Simple" },
        { "camera_style", "string", "how the camera is carried", enum = cameras, default = "None" },
        { "camera_direction", "string", "where the camera moves", enum = directions, default = "None" },
        { "pacing", "string", "rhythm", enum = paces, default = "None" },
        { "special_effects", "string", "effects", enum = effects, default = "None" },
        { "custom_elements", "string", "technical wishes of your own", default = "" },
        { "image_url", "string", "picture to work into the prompt" },
        {
          "model", "string", "language model that writes",
          enum = models, older = older_models, default = "google/gemini-2.0-flash-001",
        },
        { "prompt_length", "string", "how long it gets", enum = { "Short", "Medium", "Long" }, default = "Medium" },
      },
      output = { { "prompt", "string", "the prompt", required = true } },
      price = { unit = "call", rate = "0.001" },
    },
  },
  types = {},
}
