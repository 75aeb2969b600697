-- A picture of yours begins to move:
--   falua --sandbox scripts/image_to_video.lua                        no key, no cost
--   FAL_KEY=... falua scripts/image_to_video.lua boat.jpg "The boat leaves the harbour"
-- Without a picture one is made first. The video goes to the folder videos/.
local fal = require "fal"

local endpoint = "fal-ai/minimax/hailuo-02/standard/image-to-video"
local patience <const> = 900 -- seconds; then the request is cancelled at the service
local path, motion = arg and arg[1], arg and arg[2] or "The light changes, slow push in"

if not path then
  local still = assert(fal.subscribe("fal-ai/minimax/image-01", { prompt = "A harbour at dawn, wide shot" }))
  path = assert(fal.download(still.images[1], "videos/"))
  print("picture: " .. path)
end

-- The file is uploaded before the call is sent, and its URL put in its place.
local input = { prompt = motion, image_url = fal.file(path), duration = 6 }
print(select(3, assert(fal.cost(endpoint, input))))

local output, err = fal.subscribe(endpoint, input, {
  timeout = patience,
  on_update = function(status) io.stderr:write(status.status, "\n") end,
})
if not output then
  io.stderr:write(tostring(err), "\n")
  os.exit(err.kind == "timeout" and 6 or 1)
end
print("video: " .. assert(fal.download(output.video, "videos/")))
