-- fal.core.server: what a handler sees of a request, and the ways to answer.
-- Faults, hang-ups and lifetimes are in server_life_spec.lua.
local file = require "support.file"
local serving = require "support.serving"
local process = require "support.process"
local reactor = require "fal.core.reactor"

local function ok(request) assert(request:respond(200, nil, "ok")) end

describe("a request", function()
  local function seen(command, options)
    local found
    local client = serving.run(command, function(request)
      found = {
        method = request.method, path = request.path, query = request.query, headers = request.headers,
        body = request.body, body_path = request.body_path, body_size = request.body_size,
        text = request.body_path and file.read(request.body_path), name = tostring(request),
      }
      ok(request)
    end, options)
    return found, client
  end

  it("has method, path and query as they were sent", function()
    local found = seen [[curl -s --path-as-is "$URL/a%20b/..%2f/%zz?x=%26&y=a+b?"]]
    assert.are.equal("GET", found.method)
    assert.are.equal("/a%20b/..%2f/%zz", found.path)
    assert.are.equal("x=%26&y=a+b?", found.query)
    assert.are.equal("", found.body)
    assert.is_nil(found.body_path)
    assert.are.equal("fal.server.request (GET /a%20b/..%2f/%zz)", found.name)
  end)

  it("tells an empty query from none", function()
    assert.is_nil(seen [[curl -s "$URL/"]].query)
    assert.are.equal("", seen [[curl -s "$URL/?"]].query)
  end)

  it("has headers by lower-case names, joined when they are repeated", function()
    local headers = seen [[curl -s "$URL/" -H 'X-One: a' -H 'x-one: b' -H 'AUTHORIZATION: Key k' -H 'X-Empty;']].headers
    assert.are.equal("a, b", headers["x-one"])
    assert.are.equal("Key k", headers.authorization)
    assert.are.equal("", headers["x-empty"])
    assert.is_nil(headers["X-One"])
  end)

  it("has its body, zeros included", function()
    local found = seen [[printf 'a\0b' | curl -s "$URL/" -X PUT --data-binary @-]]
    assert.are.equal("PUT", found.method)
    assert.are.equal("a\0b", found.body)
    assert.are.equal(3, found.body_size)
  end)

  it("has a body that came in chunks, after a 100 when that is expected", function()
    local found, client = seen [[head -c 70000 /dev/zero | tr '\0' x |
      curl -sv "$URL/" -T - -H 'Expect: 100-continue' 2>&1]]
    assert.are.equal(("x"):rep(70000), found.body)
    assert.is_truthy(client.out:find("HTTP/1.1 100 Continue", 1, true))
  end)

  it("has a long body in a file that goes with it", function()
    local folder <close> = process.temporary()
    for _, upload in ipairs { "-T -", "--data-binary @-" } do
      local found = seen("printf 0123456789 | curl -s $URL/ " .. upload, { spool = 9, spool_dir = folder.path })
      assert.is_nil(found.body)
      assert.are.equal(10, found.body_size)
      assert.are.equal("0123456789", found.text)
      assert.are.equal(folder.path, found.body_path:match "^(.*)/")
      collectgarbage()
      collectgarbage()
      assert.is_nil(file.read(found.body_path))
    end
    assert.are.equal("0123456789", seen("curl -s $URL/ -d 0123456789", { spool = 10 }).body)
  end)

  it("is refused when its body is announced as too long, and cut off when it turns out to be", function()
    local found, client = seen("curl -s $URL/ -d 01234567890 -w '%{http_code}'", { max_body = 10 })
    assert.is_nil(found)
    assert.is_truthy(client.out:find "413$")
    found, client = seen("printf 01234567890 | curl -s $URL/ -T -", { max_body = 10 })
    assert.is_nil(found)
    assert.are_not.equal(0, client.status)
    assert.are.equal("0123456789", seen("curl -s $URL/ -d 0123456789", { max_body = 10 }).body)
  end)

  it("is refused when its head is too long", function()
    local long = "$(head -c 40000 /dev/zero | tr '\\0' x)"
    local found, client = seen("curl -s -o /dev/null -w '%{http_code} ' \"$URL/" .. long .. "\"; "
      .. "curl -s -o /dev/null -w '%{http_code}' $URL/ -H \"X: " .. long .. '"')
    assert.is_nil(found)
    assert.are.equal("414 431", client.out)
  end)

  it("that is nonsense is refused", function()
    local count = 0
    local head = "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"
    local client = serving.raw(head, function() count = count + 1 end)
    assert.is_truthy(client.out:find "^HTTP/1.1 400")
    assert.are.equal(0, count)
  end)

  it("may come while another is unanswered on the same connection", function()
    local paths = {}
    local both = "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    local client = serving.raw(both, function(request)
      paths[#paths + 1] = request.path
      request:respond(200, nil, request.path)
    end)
    assert.are.same({ "/a", "/b" }, paths)
    assert.is_truthy(client.out:find "\r\n\r\n/aHTTP/1.1 200 OK.*\r\n\r\n/b$")
  end)
end)

describe("an answer", function()
  local function answer(command, respond)
    local client = serving.run(command, respond)
    return client.out, client
  end

  it("has a status, headers and a body", function()
    local out = answer("curl -si $URL/", function(request)
      request:respond(422, { ["x-fal-request-id"] = "r1", ["x-fal-billable-units"] = 8, ["set-cookie"] = { "a", "b" } },
        "a\0b")
    end)
    assert.is_truthy(out:find "^HTTP/1.1 422 ")
    assert.is_truthy(out:find("x-fal-request-id: r1\r\n", 1, true))
    assert.is_truthy(out:find("x-fal-billable-units: 8\r\n", 1, true))
    assert.is_truthy(out:find("set-cookie: a\r\nset-cookie: b\r\n", 1, true))
    assert.is_truthy(out:find("Content-Length: 3\r\n", 1, true))
    assert.is_truthy(out:find("\r\n\r\na\0b", 1, true))
  end)

  it("keeps the connection, unless it says otherwise", function()
    local urls = "$URL/1 $URL/2 $URL/3"
    local count = "curl -s -w '%{num_connects}' " .. urls
    assert.are.equal("100", answer(count, function(request) request:respond(200) end))
    assert.are.equal("111", answer(count, function(request) request:respond(200, { connection = "close" }) end))
  end)

  it("to HEAD has the length but no body", function()
    local out = answer("curl -sI $URL/", ok)
    assert.is_truthy(out:find "Content%-Length: 2\r\n\r\n$")
  end)

  it("may come late, while others are answered", function()
    local slow, answered
    local out = answer("curl -s $URL/slow & curl -s $URL/quick; wait", function(request, _, client)
      if request.path == "/slow" then slow = request else answered = request:respond(200, nil, "quick,") end
      if slow and answered then
        client:expect "quick"
        slow:respond(200, nil, "slow")
      end
    end)
    assert.are.equal("quick,slow", out)
  end)

  it("of many megabytes arrives whole at a slow reader", function()
    local client = serving.run("curl -s --limit-rate 60M $URL/ | sha256sum", function(request)
      request:respond(200, nil, ("0123456789abcdef"):rep(1 << 20))
    end)
    local digest = require "fal.core.digest"
    assert.are.equal(digest.sha256(("0123456789abcdef"):rep(1 << 20)), client.out:match "^%x+")
  end)

  it("can be waited for", function()
    local complete
    answer("curl -s $URL/", function(request)
      ok(request)
      complete = reactor.wait(request)
    end)
    assert.is_true(complete)
  end)
end)

describe("an answer from a file", function()
  local folder, path

  setup(function()
    folder = process.temporary()
    path = folder.path .. "/file"
    file.write(path, ("0123456789"):rep(100000))
  end)
  teardown(function() folder:remove() end)

  it("is the whole file, or a slice of it", function()
    local slices = { ["/all"] = {}, ["/tail"] = { 999997 }, ["/slice"] = { 5, 3 }, ["/none"] = { 1000000 } }
    local command = "curl -s $URL/all | sha256sum; curl -s $URL/tail; echo; curl -s $URL/slice; curl -s $URL/none"
    local client = serving.run(command, function(request)
      local slice = slices[request.path]
      assert(request:send_file(200, { ["content-type"] = "text/plain" }, path, slice[1], slice[2]))
    end)
    local digest = require "fal.core.digest"
    assert.are.equal(digest.sha256_file(path) .. "  -\n789\n567", client.out)
  end)

  it("to HEAD has its length", function()
    local client = serving.run("curl -sI $URL/", function(request) request:send_file(206, nil, path, 0, 10) end)
    assert.is_truthy(client.out:find "^HTTP/1.1 206 .*Content%-Length: 10\r\n\r\n$")
  end)

  it("leaves the request unanswered when it cannot be had", function()
    local errors = {}
    local client = serving.run("curl -s $URL/ -w '%{http_code}'", function(request)
      for _, try in ipairs { { path .. "no" }, { folder.path }, { path, 1000001 }, { path, 999999, 2 } } do
        local sent, err = request:send_file(200, nil, table.unpack(try))
        errors[#errors + 1] = sent == nil and tostring(err):gsub(folder.path, "")
      end
      request:respond(404)
    end)
    assert.are.same({
      "io: /fileno: No such file or directory", "io: : Is a directory", "io: /file: shorter than that",
      "io: /file: shorter than that",
    }, errors)
    assert.are.equal("404", client.out)
  end)

  it("does not kill us when the reader has left", function()
    local done
    serving.run("exec curl -s $URL/", function(request, _, client)
      client:kill()
      local start = os.clock()
      while request:alive() and os.clock() - start < 5 do end -- without the loop: only sending finds out
      request:send_file(200, nil, path)
      done = reactor.wait(request)
    end)
    assert.is_false(done)
  end)
end)

describe("a stream", function()
  it("sends what is written, when it is written", function()
    local lines = { "one\n", "two\n", ("x"):rep(100000) .. "\n", "four\n" }
    local client = serving.run("curl -sN $URL/ | { read a; echo got $a; cat; }", function(request, _, client)
      assert(request:start(200, { ["content-type"] = "text/event-stream" }))
      request:write(lines[1])
      client:expect "got one"
      for i = 2, #lines do
        reactor.wait(reactor.after(0.001)) -- it sleeps in between
        assert(request:write(lines[i]))
      end
      request:finish()
    end)
    assert.are.equal("got " .. table.concat(lines), client.out)
  end)

  it("ends by closing for a client that knows no chunks, also beside older connections", function()
    local client = serving.run([[
      exec 4<>/dev/tcp/127.0.0.1/$PORT; printf 'GET /older HTTP/1.1\r\nHost: x\r\n\r\n' >&4; read -u 4 line
      exec 3<>/dev/tcp/127.0.0.1/$PORT; printf 'GET / HTTP/1.0\r\n\r\n' >&3; cat <&3]], function(request)
      if request.path == "/older" then return ok(request) end
      request:start(200)
      request:write "abc"
      for _ = 1, 5 do reactor.step(0.001) end -- it sleeps meanwhile
      request:finish()
    end)
    assert.is_truthy(client.out:find "\r\n\r\nabc$")
  end)

  it("leaves the connection usable", function()
    local client = serving.run("curl -s -w '%{num_connects}' $URL/1 $URL/2", function(request)
      request:start(200)
      request:write(request.path)
      request:finish()
    end)
    assert.are.equal("/11/20", client.out)
  end)
end)
