-- Which catalogue file knows an endpoint: small, so that asking loads one
-- family and not all of them. The specs hold it against the catalogue.
local index = {}

local families = {
  kling = [[
    fal-ai/kling-video/lipsync/audio-to-video fal-ai/kling-video/lipsync/text-to-video
    fal-ai/kling-video/v1.5/pro/effects fal-ai/kling-video/v1.5/pro/image-to-video
    fal-ai/kling-video/v1.5/pro/text-to-video fal-ai/kling-video/v1.6/pro/effects
    fal-ai/kling-video/v1.6/pro/elements fal-ai/kling-video/v1.6/pro/image-to-video
    fal-ai/kling-video/v1.6/pro/text-to-video fal-ai/kling-video/v1.6/standard/effects
    fal-ai/kling-video/v1.6/standard/elements fal-ai/kling-video/v1.6/standard/image-to-video
    fal-ai/kling-video/v1.6/standard/text-to-video fal-ai/kling-video/v1/pro/image-to-video
    fal-ai/kling-video/v1/pro/text-to-video fal-ai/kling-video/v1/standard/effects
    fal-ai/kling-video/v1/standard/image-to-video fal-ai/kling-video/v1/standard/text-to-video
    fal-ai/kling-video/v2.1/master/image-to-video fal-ai/kling-video/v2.1/master/text-to-video
    fal-ai/kling-video/v2.1/pro/image-to-video fal-ai/kling-video/v2.1/standard/image-to-video
    fal-ai/kling-video/v2/master/image-to-video fal-ai/kling-video/v2/master/text-to-video]],
  luma = [[
    fal-ai/luma-dream-machine fal-ai/luma-dream-machine/image-to-video fal-ai/luma-dream-machine/ray-2-flash
    fal-ai/luma-dream-machine/ray-2-flash/image-to-video fal-ai/luma-dream-machine/ray-2-flash/modify
    fal-ai/luma-dream-machine/ray-2-flash/reframe fal-ai/luma-dream-machine/ray-2/image-to-video
    fal-ai/luma-dream-machine/ray-2/modify fal-ai/luma-dream-machine/ray-2/reframe]],
  minimax = [[
    fal-ai/minimax/hailuo-02/standard/image-to-video fal-ai/minimax/hailuo-02/standard/text-to-video
    fal-ai/minimax/image-01 fal-ai/minimax/image-01/subject-reference fal-ai/minimax/speech-02-hd
    fal-ai/minimax/speech-02-turbo fal-ai/minimax/video-01 fal-ai/minimax/video-01-director
    fal-ai/minimax/video-01-director/image-to-video fal-ai/minimax/video-01-live
    fal-ai/minimax/video-01-live/image-to-video fal-ai/minimax/video-01-subject-reference
    fal-ai/minimax/video-01/image-to-video fal-ai/minimax/voice-clone fal-ai/minimax/voice-design]],
  pika = [[
    fal-ai/pika/v1.5/pikaffects fal-ai/pika/v2.1/image-to-video fal-ai/pika/v2.1/text-to-video
    fal-ai/pika/v2.2/image-to-video fal-ai/pika/v2.2/pikascenes fal-ai/pika/v2.2/text-to-video
    fal-ai/pika/v2/pikadditions fal-ai/pika/v2/turbo/image-to-video fal-ai/pika/v2/turbo/text-to-video]],
  pixverse = [[
    fal-ai/pixverse/extend fal-ai/pixverse/extend/fast fal-ai/pixverse/lipsync fal-ai/pixverse/sound-effects
    fal-ai/pixverse/v3.5/image-to-video fal-ai/pixverse/v3.5/image-to-video/fast fal-ai/pixverse/v3.5/text-to-video
    fal-ai/pixverse/v3.5/text-to-video/fast fal-ai/pixverse/v3.5/transition fal-ai/pixverse/v4.5/image-to-video
    fal-ai/pixverse/v4.5/image-to-video/fast fal-ai/pixverse/v4.5/text-to-video fal-ai/pixverse/v4.5/text-to-video/fast
    fal-ai/pixverse/v4.5/transition fal-ai/pixverse/v4/image-to-video fal-ai/pixverse/v4/image-to-video/fast
    fal-ai/pixverse/v4/text-to-video fal-ai/pixverse/v4/text-to-video/fast]],
  prompt_generator = "fal-ai/video-prompt-generator",
  seedance = "fal-ai/bytedance/seedance/v1/pro/text-to-video",
  sora = [[
    fal-ai/sora-2/image-to-video fal-ai/sora-2/image-to-video/pro fal-ai/sora-2/text-to-video
    fal-ai/sora-2/text-to-video/pro]],
  veo = [[
    fal-ai/veo2 fal-ai/veo3 fal-ai/veo3.1/fast/image-to-video fal-ai/veo3.1/reference-to-video fal-ai/veo3/fast]],
  video_as_prompt = "fal-ai/video-as-prompt",
  wan_pro = "fal-ai/wan-pro/image-to-video fal-ai/wan-pro/text-to-video",
}

index.family_of = {}
index.ids = {}
index.families = {}

for family, ids in pairs(families) do
  index.families[family] = true
  for id in ids:gmatch "%S+" do
    index.family_of[id] = family
    index.ids[#index.ids + 1] = id
  end
end
table.sort(index.ids)

return index
