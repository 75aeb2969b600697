-- fal.core.server called wrongly: each mistake raises at the caller, and says
-- what is wrong.
local serving = require "support.serving"
local server = require "fal.core.server"

describe("misuse of fal.core.server", function()
  local function raised(call)
    local message
    serving.run("curl -s $URL/", function(request)
      local _
      _, message = pcall(call, request)
      pcall(function() request:abort() end)
    end)
    return message
  end

  local cases = {
    { "the request was answered already", function(r) r:respond(200) r:respond(200) end },
    { "the request was answered already", function(r) r:abort() r:start(200) end },
    { "the request was answered already", function(r) r:respond(200) r:abort() end },
    { "the answer is not a stream that is open", function(r) r:write "x" end },
    { "the answer is not a stream that is open", function(r) r:start(200) r:finish() r:write "x" end },
    { "bad argument #1 to 'respond' (no status of an answer)", function(r) r:respond(100) end },
    { "header 'a' must be one line of text", function(r) r:respond(200, { a = "b\r\nc: d" }) end },
    { "header 'a' must be one line of text", function(r) r:respond(200, { a = "b\0" }) end },
    { "header 'a' must be one line of text", function(r) r:respond(200, { a = true }) end },
    { "'a b' is no name for a header", function(r) r:respond(200, { ["a b"] = "c" }) end },
    { "names of headers must be strings", function(r) r:respond(200, { "a" }) end },
    { "such an answer cannot be sent", function(r) r:respond(200, { ["content-length"] = "7" }) end },
    { "bad argument #4 to 'cut' (must be more than is sent)", function(r) r:cut(200, nil, "abc", 3) end },
    { "bad argument #1 to 'abort' (invalid option 'gently')", function(r) r:abort "gently" end },
    { "the request is closed", function(r) do local _ <close> = r end r:alive() end },
  }
  for i, case in ipairs(cases) do
    it(("raises (%d): %s"):format(i, case[1]), function()
      local message = raised(case[2])
      assert.are.equal(case[1], (tostring(message):gsub("^[^:]*:%d+: ", "")))
    end)
  end

  it("of options raises", function()
    assert.has_error(function() server.listen { prot = 1 } end, "unknown option 'prot'")
    assert.has_error(function() server.listen { 1 } end, "options have names, not positions")
    assert.has_error(function() server.listen { port = 65536 } end, "option 'port' must be an integer from 0 to 65535")
    assert.has_error(function() server.listen { host = 1 } end, "option 'host' must be a string")
    assert.has_error(function() server.listen() end)
  end)
end)
