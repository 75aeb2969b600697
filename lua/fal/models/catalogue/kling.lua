-- Kling video: what its endpoints take. Data only; lua/fal/models/schema.lua
-- says how a row is read. The page states no "required": it is taken from its
-- examples and from the official client's types.
local files = require "fal.models.catalogue.files"

local prompt = { "prompt", "string", "what the video shows", required = true }
local image = { "image_url", "string", "picture the video starts from", required = true }
local tail_image = { "tail_image_url", "string", "picture the video ends with" }
local video = { "video_url", "string", "video whose lips are to move", required = true }
local duration = { "duration", "string", "length in seconds", enum = { "5", "10" }, default = "5" }
local ratio = { "aspect_ratio", "string", "shape of the frame", enum = { "16:9", "9:16", "1:1" }, default = "16:9" }
local negative = { "negative_prompt", "string", "what to avoid", default = "blur, distort, and low quality" }
local cfg = { "cfg_scale", "number", "how closely the prompt is followed", default = 0.5 }

local text_to_video = { prompt, duration, ratio, negative, cfg }
local image_to_video = { prompt, image, duration, negative, cfg }
local output = { { "video", "File", "the video", required = true, media = "video" } }

local voices = {
  "genshin_vindi2", "zhinen_xuesheng", "AOT", "ai_shatang", "genshin_klee2", "genshin_kirara", "ai_kaiya",
  "oversea_male1", "ai_chenjiahao_712", "girlfriend_4_speech02", "chat1_female_new-3", "chat_0407_5-1",
  "cartoon-boy-07", "uk_boy1", "cartoon-girl-01", "PeppaPig_platform", "ai_huangzhong_712", "ai_huangyaoshi_712",
  "ai_laoguowang_712", "chengshu_jiejie", "you_pingjing", "calm_story1", "uk_man2", "laopopo_speech02",
  "heainainai_speech02", "reader_en_m-v1", "commercial_lady_en_f-v1", "tiyuxi_xuedi", "tiexin_nanyou",
  "girlfriend_1_speech02", "girlfriend_2_speech02", "zhuxi_speech02", "uk_oldman3", "dongbeilaotie_speech02",
  "chongqingxiaohuo_speech02", "chuanmeizi_speech02", "chaoshandashu_speech02", "ai_taiwan_man2_speech02",
  "xianzhanggui_speech02", "tianjinjiejie_speech02", "diyinnansang_DB_CN_M_04-v2", "yizhipiannan-v1",
  "guanxiaofang-v2", "tianmeixuemei-v1", "daopianyansang-v1", "mengwa-v1",
}
local scenes = { "hug", "kiss", "heart_gesture", "squish", "expansion", "fuzzyfuzzy", "bloombloom", "dizzydizzy" }
local moves = { "down_back", "forward_up", "right_turn_forward", "left_turn_forward" }
local axes = { "horizontal", "vertical", "pan", "tilt", "roll", "zoom" }

return {
  required_inferred = true,
  endpoints = {
    {
      id = "fal-ai/kling-video/v2/master/text-to-video",
      title = "Kling 2.0 Master, text to video",
      category = "text-to-video",
      input = text_to_video,
      output = output,
    },
  },
  types = {
    {
      name = "TextToVideoV21MasterRequest", title = "Kling 2.1 Master, text to video", category = "text-to-video",
      endpoints = { "fal-ai/kling-video/v2.1/master/text-to-video" },
      input = text_to_video, output = output,
    },
    {
      name = "V1TextToVideoRequest", title = "Kling 1.0, text to video", category = "text-to-video",
      endpoints = { "fal-ai/kling-video/v1/standard/text-to-video" },
      input = {
        prompt, duration, ratio, negative, cfg,
        { "camera_control", "string", "a ready-made camera move", enum = moves },
        { "advanced_camera_control", "CameraControl", "a camera move by axis and amount" },
      },
      output = output,
    },
    { name = "File", part = true, input = files.file },
    {
      name = "ImageToVideoRequest", title = "Kling 1.6, image to video", category = "image-to-video",
      endpoints = { "fal-ai/kling-video/v1.6/standard/image-to-video" },
      input = image_to_video, output = output,
    },
    {
      name = "ProImageToVideoRequest", title = "Kling Pro, image to video", category = "image-to-video",
      endpoints = { "fal-ai/kling-video/v1.5/pro/image-to-video", "fal-ai/kling-video/v1.6/pro/image-to-video" },
      input = { prompt, image, duration, ratio, tail_image, negative, cfg },
      output = output,
    },
    {
      name = "LipsyncA2VRequest", title = "Kling lip sync, audio to video", category = "video-to-video",
      endpoints = { "fal-ai/kling-video/lipsync/audio-to-video" },
      input = { video, { "audio_url", "string", "speech to follow", required = true } },
      output = output,
    },
    {
      name = "ImageToVideoV21MasterRequest", title = "Kling 2.1 Master, image to video", category = "image-to-video",
      endpoints = { "fal-ai/kling-video/v2.1/master/image-to-video" },
      input = image_to_video, output = output,
    },
    {
      name = "CameraControl", part = true,
      input = {
        { "movement_type", "string", "axis of the move", enum = axes, required = true },
        { "movement_value", "integer", "amount of the move", required = true },
      },
    },
    {
      name = "ImageToVideoV21StandardRequest", title = "Kling 2.1 Standard, image to video",
      category = "image-to-video",
      endpoints = { "fal-ai/kling-video/v2.1/standard/image-to-video" },
      input = image_to_video, output = output,
    },
    {
      name = "ImageToVideoV21ProRequest", title = "Kling 2.1 Pro, image to video", category = "image-to-video",
      endpoints = { "fal-ai/kling-video/v2.1/pro/image-to-video" },
      input = image_to_video, output = output,
    },
    {
      name = "LipsyncT2VRequest", title = "Kling lip sync, text to video", category = "video-to-video",
      endpoints = { "fal-ai/kling-video/lipsync/text-to-video" },
      input = {
        video,
        { "text", "string", "what is to be said", max_length = 120, required = true },
        { "voice_id", "string", "who speaks", enum = voices, required = true },
        { "voice_language", "string", "language of the voice", enum = { "zh", "en" }, default = "en" },
        { "voice_speed", "number", "pace of the speech", default = 1 },
      },
      output = output,
    },
    {
      name = "V1ImageToVideoRequest", title = "Kling 1.0, image to video", category = "image-to-video",
      endpoints = { "fal-ai/kling-video/v1/standard/image-to-video", "fal-ai/kling-video/v1/pro/image-to-video" },
      input = {
        prompt, image, duration, negative, cfg, tail_image,
        { "static_mask_url", "string", "mask of what stands still" },
        { "dynamic_masks", "list<DynamicMask>", "masks of what moves, and how" },
      },
      output = output,
    },
    {
      name = "DynamicMask", part = true,
      input = {
        { "mask_url", "string", "mask of what moves", required = true },
        { "trajectories", "list<Trajectory>", "points of its way" },
      },
    },
    {
      name = "TextToVideoRequest", title = "Kling, text to video", category = "text-to-video",
      endpoints = {
        "fal-ai/kling-video/v1.5/pro/text-to-video", "fal-ai/kling-video/v1.6/pro/text-to-video",
        "fal-ai/kling-video/v1.6/standard/text-to-video", "fal-ai/kling-video/v1/pro/text-to-video",
      },
      input = text_to_video, output = output,
    },
    {
      name = "VideoEffectsRequest", title = "Kling video effects", category = "image-to-video",
      endpoints = {
        "fal-ai/kling-video/v1/standard/effects", "fal-ai/kling-video/v1.5/pro/effects",
        "fal-ai/kling-video/v1.6/pro/effects", "fal-ai/kling-video/v1.6/standard/effects",
      },
      input = {
        { "input_image_urls", "list<string>", "pictures for hug, kiss and heart_gesture" },
        { "effect_scene", "string", "the effect", enum = scenes, required = true },
        duration,
      },
      output = output,
    },
    {
      name = "MultiImageToVideoRequest", title = "Kling elements, images to video", category = "image-to-video",
      endpoints = { "fal-ai/kling-video/v1.6/pro/elements", "fal-ai/kling-video/v1.6/standard/elements" },
      input = {
        prompt,
        { "input_image_urls", "list<string>", "up to four pictures", max_items = 4, required = true },
        duration, ratio, negative,
      },
      output = output,
    },
    {
      name = "Trajectory", part = true,
      input = {
        { "x", "integer", "column of the point", required = true },
        { "y", "integer", "row of the point", required = true },
      },
    },
    {
      name = "ImageToVideoV2MasterRequest", title = "Kling 2.0 Master, image to video", category = "image-to-video",
      endpoints = { "fal-ai/kling-video/v2/master/image-to-video" },
      input = image_to_video, output = output,
    },
  },
}
