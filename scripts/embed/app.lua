-- A small web app, as many have one: LuaSocket, a loop of its own, two routes.
-- README.md beside this file tells how fal came into it.
--   lua5.4 app.lua [PORT]
package.path = (arg[0]:match "^(.*/)" or "./") .. "?.lua;" .. package.path

local http = require "http"
local loop = require "loop"
local videos = require "videos"

local routes = {}

routes["GET /"] = function()
  return 200, "text/plain", ("%d under way\n"):format(videos.under_way())
end

-- The status that our caller gets for an error of fal.
local statuses <const> = { validation = 400, model = 422 }

routes["POST /videos"] = function(prompt)
  if prompt == "" then return 400, "text/plain", "the body is the prompt\n" end
  local url, err = videos.make(prompt)
  if url then return 200, "text/plain", url .. "\n" end
  io.stderr:write(tostring(err), "\n")
  return statuses[err.kind] or 502, "text/plain", tostring(err) .. "\n"
end

local function handle(method, path, body)
  local route = routes[method .. " " .. path]
  if not route then return 404, "text/plain", "not here\n" end
  return route(body)
end

local port = http.listen(math.tointeger(arg[1]) or 8080, handle)
print(("listening on http://127.0.0.1:%d"):format(port))
io.stdout:flush()
loop.run()
