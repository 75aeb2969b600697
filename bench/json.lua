-- What exact JSON costs beside plain lua-cjson, measured from Lua on answers of
-- ordinary shapes. Usage: lua5.4 bench/json.lua [ROUNDS]; LUA_CPATH must find
-- fal.so and cjson. Each figure is the median over the rounds of the ratio of
-- two runs right after each other; the goal is 1.3.
local json = require "fal.core.json"
local plain = require("cjson").new()

local rounds <const> = tonumber(arg and arg[1]) or 31
local bytes_a_run <const> = 1500000

local function repeated(n, make)
  local list = {}
  for i = 1, n do list[i] = make(i) end
  return table.concat(list, ",")
end

local request <const> = "https://queue.fal.run/fal-ai/flux/requests/3f1c9a52-7d0e-4c5b-9b0a-0e2f6a1d8c47"
local urls <const> = ('"request_id":"3f1c9a52-7d0e-4c5b-9b0a-0e2f6a1d8c47","response_url":"%s",' ..
  '"status_url":"%s/status","cancel_url":"%s/cancel"'):format(request, request, request)

local function image(i)
  return ('{"url":"https://v3.fal.media/files/koala/Xy%dQpLr8sT0uVwXyZ_image.png","width":1024,"height":768,' ..
    '"content_type":"image/png","file_name":"image-%d.png","file_size":%d}'):format(i, i, 480000 + i)
end

local function line(i)
  return ('{"message":"step %d/50 of the denoising loop, 12.4 it/s","timestamp":"2026-03-02T10:11:%02d.120314",' ..
    '"level":"INFO","source":"USER","labels":{}}'):format(i, i % 60)
end

local shapes <const> = {
  { "status, waiting", '{"status":"IN_QUEUE",' .. urls .. ',"queue_position":3}' },
  { "status, done", '{"status":"COMPLETED",' .. urls .. ',"logs":null,"metrics":{"inference_time":2.41}}' },
  { "status, no logs yet", '{"status":"IN_PROGRESS",' .. urls .. ',"logs":[]}' },
  { "status, 50 lines", '{"status":"IN_PROGRESS",' .. urls .. ',"logs":[' .. repeated(50, line) .. "]}" },
  { "result, a video", '{"video":{"url":"https://v3.fal.media/files/lion/abc_output.mp4","content_type":"video/mp4",' ..
    '"file_name":"output.mp4","file_size":4862031},"seed":42}' },
  { "result, 4 images", '{"images":[' .. repeated(4, image) .. '],"timings":{"inference":2.4137},"seed":1234567,' ..
    '"has_nsfw_concepts":[false,false,false,false],"prompt":"A futuristic city at dusk, cinematic, warm haze"}' },
  { "  long seed, timings", '{"images":[' .. repeated(4, image) .. '],"timings":{"inference":2.413756221998483},' ..
    '"seed":281474976710655,"has_nsfw_concepts":[false,false,false,false],"prompt":"A futuristic city at dusk"}' },
  { "  unsigned seed", '{"images":[' .. repeated(4, image) .. '],"seed":17446744073709551615}' },
  { "an input", '{"prompt":"A futuristic city at dusk, cinematic, warm haze, wide shot, holographic overlay",' ..
    '"image_size":{"width":1024,"height":768},"num_inference_steps":28,"guidance_scale":3.5,"num_images":1,"seed":7}' },
  { "a long text", '{"output":"' .. ("All work and no play makes \\\"Jack\\\" a dull boy.\\n"):rep(60) .. '"}' },
  { "1000 integers", '{"mask":[' .. repeated(1000, function(i) return tostring(i * 7 % 1024) end) .. "]}" },
  { "1000 floats", '{"embedding":[' .. repeated(1000, function(i) return ("%.6f"):format(math.sin(i)) end) .. "]}" },
  { "  of 17 digits", '{"list":[' .. repeated(1000, function(i) return ("%.17g"):format(math.sin(i)) end) .. "]}" },
}

local function seconds(times, fn, argument)
  local start = os.clock()
  for _ = 1, times do fn(argument) end
  return os.clock() - start
end

-- Median ratio of fn to its plain counterpart, and the plain time of one call.
local function compare(times, fn, argument, plain_fn, plain_argument)
  local ratios, base = {}, math.huge
  for round = 1, rounds do
    collectgarbage()
    local ours, theirs
    if round % 2 == 0 then
      ours, theirs = seconds(times, fn, argument), seconds(times, plain_fn, plain_argument)
    else
      theirs, ours = seconds(times, plain_fn, plain_argument), seconds(times, fn, argument)
    end
    ratios[round], base = ours / theirs, math.min(base, theirs / times)
  end
  table.sort(ratios)
  return ratios[(rounds + 1) // 2], base * 1e6
end

print(("lua-cjson %s, %d rounds"):format(plain._VERSION, rounds))
print(("%-22s %7s  %18s  %18s"):format("", "bytes", "decode (plain us)", "encode (plain us)"))
for _, shape in ipairs(shapes) do
  local name, text = shape[1], shape[2]
  local times = math.max(1, bytes_a_run // #text)
  local value, plain_value = assert(json.decode(text)), plain.decode(text)
  local d, dus = compare(times, json.decode, text, plain.decode, text)
  local e, eus = compare(times, json.encode, value, plain.encode, plain_value)
  print(("%-22s %7d  %7.2f (%8.2f)  %7.2f (%8.2f)"):format(name, #text, d, dus, e, eus))
end
