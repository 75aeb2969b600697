-- Error objects: how they print, join and are told from other tables.
describe("fal.core.error", function()
  local failure

  before_each(function() failure = require "fal.core.error" end)

  it("makes an error of a table of fields", function()
    local fields = { kind = "validation", message = "no prompt", field = "prompt", allowed = { 1 } }
    local err = failure.new(fields)
    assert.are.equal(fields, err)
    assert.is_true(failure.is(err))
    assert.are.equal("fal.error", getmetatable(err).__name)
  end)

  it("knows its own from everything else", function()
    for _, other in ipairs { {}, "text", 5, true, print, setmetatable({}, {}), io.stdout } do
      assert.is_false(failure.is(other))
    end
    assert.is_false(failure.is(nil))
    assert.is_false((pcall(failure.is)))
  end)

  it("insists on a kind", function()
    assert.is_false((pcall(failure.new, {})))
    assert.is_false((pcall(failure.new, "network")))
  end)

  it("prints as one line that tells what, why and where", function()
    local rows = {
      { { kind = "network" }, "network: " },
      { { kind = "http", message = "gone" }, "http: gone" },
      { { kind = "http", message = "gone", status = 404 }, "http: gone (HTTP 404)" },
      { { kind = "http", message = "gone", hint = "look" }, "http: gone; look" },
      { { kind = "http", message = "gone", endpoint = "a/b" }, "http: gone [a/b]" },
      { { kind = "http", message = "gone", request_id = "1" }, "http: gone [1]" },
      { { kind = "http", message = "m", status = 500, hint = "h", endpoint = "a/b", request_id = "1" },
        "http: m (HTTP 500); h [a/b#1]" },
      { { kind = "http", message = "two\r\nlines\t\0and\27 more" }, "http: two  lines  and  more" },
    }
    for _, row in ipairs(rows) do assert.are.equal(row[2], tostring(failure.new(row[1]))) end
  end)

  it("prints at most 400 bytes, and cuts no character", function()
    for length = 380, 420 do
      for _, piece in ipairs { "x", "ä", "€", "😀", "\x80" } do
        local long = piece:rep(length)
        for _, fields in ipairs {
          { message = long }, { message = long, hint = long }, { message = "m", endpoint = long, request_id = long },
          { message = long, status = 422, hint = "h", endpoint = "a/b", request_id = "id" },
        } do
          fields.kind = "http"
          local text = tostring(failure.new(fields))
          assert.is_true(#text <= 400, #text)
          if piece ~= "\x80" then assert.is_truthy(utf8.len(text)) end
          assert.is_nil(text:find "%c")
        end
      end
    end
  end)

  it("keeps where it happened when the message is cut", function()
    local long = ("x"):rep(1000)
    local err = failure.new { kind = "http", message = long, status = 500, endpoint = "a/b", request_id = "1" }
    assert.matches("%.%.%. %(HTTP 500%) %[a/b#1%]$", tostring(err))
  end)

  it("joins to strings and numbers on both sides", function()
    local err = failure.new { kind = "http", message = "gone" }
    assert.are.equal("failed: http: gone", "failed: " .. err)
    assert.are.equal("http: gone!", err .. "!")
    assert.are.equal("1http: gone", 1 .. err)
    assert.are.equal("http: gonehttp: gone", err .. err)
  end)
end)
