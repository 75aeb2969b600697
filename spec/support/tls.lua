-- A server that speaks TLS, and HTTP/2 to whom it suits, for specs: Node's, with
-- a certificate made by openssl. It answers every POST with a request id.
local process = require "support.process"

local tls = {}
tls.__index = tls

local server = [[
const fs = require("fs"), folder = process.argv[1]
const options = {
  allowHTTP1: true, cert: fs.readFileSync(folder + "/cert.pem"), key: fs.readFileSync(folder + "/key.pem"),
}
let connections = 0
const server = require("http2").createSecureServer(options, (request, response) => {
  const host = (request.authority || request.headers.host).split(":")[0]
  request.resume().on("end", () => {
    console.log("asked", host, request.httpVersion, connections, request.headers.authorization)
    response.end('{"request_id":"r"}')
  })
})
server.on("secureConnection", () => connections++)
server.listen(0, "127.0.0.1", () => console.log("port", server.address().port))
]]

-- Starts one whose certificate names the host: { port, ca_file }, to be closed.
function tls.start(host)
  local folder = process.temporary()
  local made = process.run { "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
    "-nodes", "-days", "2", "-subj", "/CN=" .. host, "-addext", "subjectAltName=DNS:" .. host,
    "-keyout", folder.path .. "/key.pem", "-out", folder.path .. "/cert.pem" }
  assert(made.status == 0, made.err)
  local child = process.start { "node", "-e", server, folder.path }
  local port = assert(child:expect "port (%d+)\n", "no server: is node there?")
  return setmetatable({ folder = folder, child = child, port = port, ca_file = folder.path .. "/cert.pem" }, tls)
end

-- What it was asked: a list of { host, version, connections (so far), key }.
function tls:requests()
  local list = {}
  for host, version, connections, key in self.child:out():gmatch "asked (%S+) (%S+) (%d+) ([^\n]+)\n" do
    list[#list + 1] = { host = host, version = version, connections = tonumber(connections), key = key }
  end
  return list
end

function tls:__close()
  local child <close> = self.child -- luacheck: ignore (ends it)
  self.folder:remove()
end

return tls
