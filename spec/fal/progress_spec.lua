-- Telling how far something is: once for each news, the end for certain.
local progress = require "fal.progress"

describe("who is told how far it is", function()
  -- A look at bytes and total that a spec sets, and what was told.
  local function watched()
    local now, told = { bytes = 0 }, {}
    local meter = { count = function() return now.bytes end }
    local look = progress.teller(meter, function(count, total) told[#told + 1] = { count, total } end,
      function() return now.total end)
    return now, told, look
  end

  it("hears of each change once", function()
    local now, told, look = watched()
    look()
    look()
    now.bytes, now.total = 5, 10
    look()
    look()
    assert.same({ { 0 }, { 5, 10 } }, told)
  end)

  it("hears of a total that is known after all bytes have come", function()
    local now, told, look = watched()
    now.bytes = 10
    look()
    now.total = 10
    look()
    assert.same({ { 10 }, { 10, 10 } }, told)
  end)
end)
