-- The HTTP server that the app had before fal came: one request a connection,
-- enough for a small service behind a proxy. Knows nothing of fal.
local loop = require "loop"
local socket = require "socket"

local http = {}

local largest <const> = 64 * 1024 -- bytes of a request's body

-- Reads a line, or so many bytes; nil when the other side has gone.
local function receive(connection, what)
  local got = ""
  while true do
    local text, problem, part = connection:receive(what, got)
    if text then return text end
    if problem ~= "timeout" then return nil end
    got = part
    loop.wait_readable(connection)
  end
end

local function send(connection, text)
  local sent = 0
  while sent < #text do
    local last, problem, partly = connection:send(text, sent + 1)
    if not last and problem ~= "timeout" then return end
    sent = last or partly
    if not last then loop.wait_writable(connection) end
  end
end

local function read_request(connection)
  local method, path = (receive(connection, "*l") or ""):match "^(%u+) (%S+) HTTP/1%.[01]$"
  local length = 0
  for line in function() return receive(connection, "*l") end do
    if line == "" then break end
    length = tonumber(line:lower():match "^content%-length:%s*(%d+)") or length
  end
  if not method or length > largest then return nil end
  return method, path, length > 0 and receive(connection, length) or ""
end

local reasons <const> = {
  [200] = "OK", [400] = "Bad Request", [404] = "Not Found", [422] = "Unprocessable Content", [500] = "Internal Error",
  [502] = "Bad Gateway",
}

local function serve(connection, handle)
  connection:settimeout(0)
  local method, path, body = read_request(connection)
  local status, kind, text = 400, "text/plain", "what?\n"
  if method then
    local ok
    ok, status, kind, text = xpcall(handle, debug.traceback, method, path, body)
    if not ok then
      io.stderr:write(status, "\n")
      status, kind, text = 500, "text/plain", "something went wrong\n"
    end
  end
  send(connection, ("HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"):format(
    status, reasons[status], kind, #text, text))
  connection:close()
end

--- Listens on 127.0.0.1.
---@param port integer  0: any free one
---@param handle function  (method, path, body) -> status, content type, text
---@return integer port
function http.listen(port, handle)
  local server = assert(socket.bind("127.0.0.1", port))
  server:settimeout(0)
  loop.start(function()
    while true do
      local connection = server:accept()
      if connection then
        loop.start(function() serve(connection, handle) end)
      else
        loop.wait_readable(server)
      end
    end
  end)
  return math.tointeger(select(2, server:getsockname()))
end

return http
