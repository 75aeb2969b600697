-- A server that speaks TLS, for specs: Python's, with a certificate made for it
-- by openssl. It answers every POST with a request id.
local process = require "support.process"

local tls = {}
tls.__index = tls

local server = [[
import http.server, ssl, sys
class Answers(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        print(self.headers["host"], self.headers["authorization"], flush=True)
        body = b'{"request_id":"r"}'
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1] + "/cert.pem", sys.argv[1] + "/key.pem")
s.socket = context.wrap_socket(s.socket, server_side=True)
print("port", s.server_port, flush=True)
s.serve_forever()
]]

-- Starts one whose certificate names the host: { port, ca_file }, to be closed.
function tls.start(host)
  local folder = process.temporary()
  local made = process.run { "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
    "-nodes", "-days", "2", "-subj", "/CN=" .. host, "-addext", "subjectAltName=DNS:" .. host,
    "-keyout", folder.path .. "/key.pem", "-out", folder.path .. "/cert.pem" }
  assert(made.status == 0, made.err)
  local child = process.start { "python3", "-c", server, folder.path }
  local port = assert(child:expect "port (%d+)\n", "no server: is python3 there?")
  return setmetatable({ folder = folder, child = child, port = port, ca_file = folder.path .. "/cert.pem" }, tls)
end

-- What it was asked: a list of { host, key }.
function tls:requests()
  local list = {}
  for host, key in self.child:out():gmatch "([%w.]+):%d+ ([^\n]+)\n" do list[#list + 1] = { host = host, key = key } end
  return list
end

function tls:__close()
  local child <close> = self.child -- luacheck: ignore (ends it)
  self.folder:remove()
end

return tls
