-- How each model wants to be spoken to, as its page says. Data, and one look-up
-- by endpoint id: the entry of the longest id that the endpoint begins with.
--   sound      it makes sound, so audio and dialogue belong into its prompt
--   avoid      true: what is not wanted is said in the prompt, for want of a
--              field of its own; otherwise it is left out, since a model that
--              only reads nouns would show them
--   sequence   how a row of shots is written: "numbered" (Shot 1: ...),
--              "bracketed" ([Wide shot] ...); nil: it makes one shot
--   moves      camera moves go in brackets: { most = n, ... } by word; a row
--              of shots has them where they happen
--   still      boolean field that says the camera does not move
--   styles     field with a fixed list of styles of its own
--   generator  the prompt generator itself: words go to parameters
local manners = {}

-- MiniMax director models; the names are those of the model's page.
local director = {
  most = 3,
  known = {
    "Truck left", "Truck right", "Pan left", "Pan right", "Push in", "Pull out", "Pedestal up", "Pedestal down",
    "Tilt up", "Tilt down", "Zoom in", "Zoom out", "Shake", "Tracking shot", "Static shot",
  },
  alone = "Static shot", -- means nothing beside another move
  direction = {
    ["Zoom in"] = { "Zoom in" }, ["Zoom out"] = { "Zoom out" },
    ["Pan left"] = { "Pan left" }, ["Pan right"] = { "Pan right" },
    ["Tilt up"] = { "Tilt up" }, ["Tilt down"] = { "Tilt down" },
    ["Push in"] = { "Push in" }, ["Pull out"] = { "Pull out" },
    ["Track forward"] = { "Push in" }, ["Track backward"] = { "Pull out" },
    ["Orbital rotation"] = { "Truck left", "Pan right" }, ["Arc movement"] = { "Truck right", "Pan left" },
    ["Spiral in"] = { "Truck left", "Pan right", "Push in" },
    ["Spiral out"] = { "Truck left", "Pan right", "Pull out" },
    ["Diagonal traverse"] = { "Truck right", "Pedestal up" },
    ["Vertical rise"] = { "Pedestal up" }, ["Vertical descent"] = { "Pedestal down" },
  },
  camera = {
    ["Static tripod"] = { "Static shot" }, ["Handheld urgency"] = { "Shake" },
    ["Steadicam flow"] = { "Tracking shot" },
  },
}

local by_id = {
  ["fal-ai/video-prompt-generator"] = { generator = true },
  ["fal-ai/kling-video"] = { sequence = "numbered" },
  ["fal-ai/bytedance/seedance"] = { sequence = "bracketed", still = "camera_fixed" },
  ["fal-ai/pixverse"] = { styles = "style" },
  ["fal-ai/minimax"] = { avoid = true },
  ["fal-ai/minimax/video-01-director"] = { avoid = true, moves = director },
  ["fal-ai/veo3"] = { sound = true },
  ["fal-ai/veo3.1"] = { sound = true, avoid = true },
  ["fal-ai/sora-2"] = { sound = true, avoid = true },
}

-- Of a model nobody knows nothing is held back.
local stranger = { sound = true, avoid = true }

--- Finds the manners of an endpoint.
---@param endpoint string
---@param is_known boolean  whether its schema is known
---@return table manner
function manners.of(endpoint, is_known)
  local id = endpoint
  while id do
    if by_id[id] then return by_id[id] end
    id = id:match "^(.+)/[^/]*$"
  end
  return is_known and {} or stranger
end

return manners
