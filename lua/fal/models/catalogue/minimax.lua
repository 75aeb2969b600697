-- MiniMax (Hailuo video, speech, pictures, voices): what its endpoints take
-- and cost. Data only; see lua/fal/models/schema.lua. The Hailuo pages say what
-- is required; for the other types it is taken from the official client's types.
local files = require "fal.models.catalogue.files"

local prompt = { "prompt", "string", "what the video shows", required = true }
local optimizer = { "prompt_optimizer", "boolean", "let the service improve the prompt", default = true }
local image = { "image_url", "string", "picture of the first frame", required = true }
local duration = {
  "duration", "string", "length in seconds; 10 is not for 1080p", enum = { "6", "10" }, default = "6",
}
local director = {
  "prompt", "string", "what the video shows, with camera moves in brackets such as [Pan left, Zoom in]",
  required = true, max_bracketed = 3,
}
local image_prompt = { "prompt", "string", "what the picture shows", max_length = 1500, required = true }
local image_ratios = { "1:1", "16:9", "4:3", "3:2", "2:3", "3:4", "9:16", "21:9" }
local image_ratio = { "aspect_ratio", "string", "shape of the picture", enum = image_ratios, default = "1:1" }
local image_count = { "num_images", "integer", "how many pictures", min = 1, max = 9, default = 1 }
local image_optimizer = { "prompt_optimizer", "boolean", "let the service improve the prompt" }

local languages = {
  "Chinese", "Chinese,Yue", "English", "Arabic", "Russian", "Spanish", "French", "Portuguese", "German", "Turkish",
  "Dutch", "Ukrainian", "Vietnamese", "Indonesian", "Japanese", "Italian", "Korean", "Thai", "Polish", "Romanian",
  "Greek", "Czech", "Finnish", "Hindi", "auto",
}
local emotions = { "happy", "sad", "angry", "fearful", "disgusted", "surprised", "neutral" }
local speech_models = { "speech-02-hd", "speech-02-turbo", "speech-01-hd", "speech-01-turbo" }
local sample_rates = { "8000", "16000", "22050", "24000", "32000", "44100" }
local bitrates = { "32000", "64000", "128000", "256000" }
local preview = "Hello, this is a preview of your cloned voice! I hope you like it!"

local speech = {
  { "text", "string", "what is spoken", max_length = 5000, required = true },
  { "voice_setting", "VoiceSetting", "who speaks, and how" },
  { "audio_setting", "AudioSetting", "form of the sound file" },
  { "language_boost", "string", "language or dialect to listen for", enum = languages },
  { "output_format", "string", "form of the answer", enum = { "url", "hex" }, default = "hex" },
  { "pronunciation_dict", "PronunciationDict", "how words are pronounced" },
}
local video_output = { { "video", "File", "the video", required = true, media = "video" } }
local image_output = { { "images", "list<File>", "the pictures", required = true, media = "image" } }
local speech_output = {
  { "audio", "File", "the speech", required = true, media = "audio" },
  { "duration_ms", "integer", "its length in milliseconds", required = true },
}

return {
  types_inferred = true,
  endpoints = {
    {
      id = "fal-ai/minimax/hailuo-02/standard/text-to-video",
      title = "MiniMax Hailuo 02 Standard, text to video",
      category = "text-to-video",
      input = { prompt, duration, optimizer }, output = video_output,
      price = { unit = "second", rate = "0.045" },
      notes = "768p",
    },
    {
      id = "fal-ai/minimax/hailuo-02/standard/image-to-video",
      title = "MiniMax Hailuo 02 Standard, image to video",
      category = "image-to-video",
      input = {
        prompt, { "image_url", "string", "picture the video starts from", required = true }, duration, optimizer,
        { "resolution", "string", "size of the frame", enum = { "512P", "768P" }, default = "768P" },
        { "end_image_url", "string", "picture of the last frame" },
      },
      output = video_output,
      price = { unit = "second", by = "resolution", rates = { ["768P"] = "0.045" } },
    },
  },
  types = {
    {
      name = "TextToSpeechTurboRequest", title = "MiniMax Speech 02 Turbo", category = "text-to-speech",
      endpoints = { "fal-ai/minimax/speech-02-turbo" },
      input = speech, output = speech_output,
    },
    {
      name = "TextToVideoLiveRequest", title = "MiniMax Video 01 Live, text to video", category = "text-to-video",
      endpoints = { "fal-ai/minimax/video-01-live" },
      input = { prompt, optimizer }, output = video_output,
    },
    {
      name = "TextToVideoDirectorRequest", title = "MiniMax Video 01 Director, text to video",
      category = "text-to-video",
      endpoints = { "fal-ai/minimax/video-01-director" },
      input = { director, optimizer }, output = video_output,
    },
    { name = "File", part = true, input = files.file },
    {
      name = "ImageToVideoRequest", title = "MiniMax Video 01, image to video", category = "image-to-video",
      endpoints = { "fal-ai/minimax/video-01/image-to-video", "fal-ai/minimax/video-01-live/image-to-video" },
      input = { prompt, image, optimizer }, output = video_output,
    },
    {
      name = "SubjectReferenceRequest", title = "MiniMax Video 01, subject to video", category = "image-to-video",
      endpoints = { "fal-ai/minimax/video-01-subject-reference" },
      input = {
        prompt,
        { "subject_reference_image_url", "string", "picture of who is to look the same", required = true },
        optimizer,
      },
      output = video_output,
    },
    {
      name = "AudioSetting", part = true,
      input = {
        { "sample_rate", "string", "samples a second", enum = sample_rates, default = "32000" },
        { "bitrate", "string", "bits a second", enum = bitrates, default = "128000" },
        { "format", "string", "form of the file", enum = { "mp3", "pcm", "flac" }, default = "mp3" },
        { "channel", "string", "1 is mono, 2 stereo", enum = { "1", "2" }, default = "1" },
      },
    },
    {
      name = "MiniMaxTextToImageWithReferenceRequest", title = "MiniMax Image 01, with a subject",
      category = "image-to-image",
      endpoints = { "fal-ai/minimax/image-01/subject-reference" },
      input = {
        image_prompt, { "image_url", "string", "picture of who is to look the same", required = true },
        image_ratio, image_count, image_optimizer,
      },
      output = image_output,
    },
    {
      name = "VoiceDesignRequest", title = "MiniMax, design a voice", category = "text-to-speech",
      endpoints = { "fal-ai/minimax/voice-design" },
      input = {
        { "prompt", "string", "the voice in words", required = true },
        { "preview_text", "string", "what the voice says as a sample", max_length = 500, required = true },
      },
      output = {
        { "audio", "File", "the sample", required = true, media = "audio" },
        { "custom_voice_id", "string", "the voice", required = true },
      },
      price = { part = { field = "preview_text", rate = "0.00003", of = "the sample" } },
      notes = "the sample costs $30 per million characters",
    },
    {
      name = "MiniMaxTextToImageRequest", title = "MiniMax Image 01", category = "text-to-image",
      endpoints = { "fal-ai/minimax/image-01" },
      input = { image_prompt, image_ratio, image_count, image_optimizer },
      output = image_output,
    },
    {
      name = "VoiceSetting", part = true,
      input = {
        { "voice_id", "string", "who speaks", default = "Wise_Woman" },
        { "speed", "number", "pace", min = 0.5, max = 2.0, default = 1 },
        { "vol", "number", "loudness", min = 0, max = 10, default = 1 },
        { "pitch", "integer", "height of the voice", min = -12, max = 12 },
        { "emotion", "string", "mood", enum = emotions },
        { "english_normalization", "boolean", "read English numbers better, a little slower" },
      },
    },
    {
      name = "VoiceCloneRequest", title = "MiniMax, clone a voice", category = "text-to-speech",
      endpoints = { "fal-ai/minimax/voice-clone" },
      input = {
        { "audio_url", "string", "at least 10 seconds of the voice", required = true },
        { "noise_reduction", "boolean", "take the noise out" },
        { "need_volume_normalization", "boolean", "even out the loudness" },
        { "accuracy", "number", "how exactly the text must match", min = 0, max = 1 },
        { "text", "string", "what the voice says as a sample", default = preview },
        { "model", "string", "speech model of the sample", enum = speech_models, default = "speech-02-hd" },
      },
      output = {
        { "audio", "File", "the sample", media = "audio" },
        { "custom_voice_id", "string", "the voice", required = true },
      },
    },
    {
      name = "VoiceDeleteRequest", title = "MiniMax, delete a voice", category = "text-to-speech",
      input = { { "voice_id", "string", "the voice to delete", required = true } },
      output = {},
    },
    {
      name = "TextToVideoRequest", title = "MiniMax Video 01, text to video", category = "text-to-video",
      endpoints = { "fal-ai/minimax/video-01" },
      input = { prompt, optimizer }, output = video_output,
    },
    {
      name = "ImageToVideoDirectorRequest", title = "MiniMax Video 01 Director, image to video",
      category = "image-to-video",
      endpoints = { "fal-ai/minimax/video-01-director/image-to-video" },
      input = { director, image, optimizer }, output = video_output,
    },
    {
      name = "TextToSpeechHDRequest", title = "MiniMax Speech 02 HD", category = "text-to-speech",
      endpoints = { "fal-ai/minimax/speech-02-hd" },
      input = speech, output = speech_output,
    },
    {
      name = "PronunciationDict", part = true,
      input = { { "tone_list", "list<string>", "replacements such as text/(pronunciation)" } },
    },
  },
}
