-- Rows of shots: making them, what they share, splitting and joining them.
local json = require "fal.core.json"
local prompt = require "fal.prompt"

local function message_of(fn, ...)
  local ok, message = pcall(fn, ...)
  assert.is_false(ok)
  return message
end

describe("a row of shots", function()
  local row = prompt.shots {
    subject = "a fox", style = "Cinematic", context = "in the snow",
    prompt { action = "wakes", direction = "Push in" }, { action = "runs" }, "The forest is empty",
  }

  it("is told in order, what is shared first", function()
    assert.equal("In the snow. The look is cinematic, with deep contrast and a strong sense of scale. "
      .. "Shot 1: A fox wakes. The camera pushes in toward the heart of the scene. Shot 2: A fox runs. "
      .. "Shot 3: The forest is empty.", tostring(row))
    assert.matches("Shot 1: A fox wakes, captured as the camera pushes in%.", row:text { length = "Short" })
    assert.is_true(#row:text { length = "Long" } > #row:text())
  end)

  it("tells a shared subject first where a shot has no scene of its own", function()
    assert.matches("^A fox%. Shot 1: The camera zooms in",
      tostring(prompt.shots { subject = "a fox", { direction = "Zoom in" }, { action = "runs" } }))
    assert.matches("^A storm%. Shot 1: A boat%.", tostring(prompt.shots { concept = "a storm", "a boat" }))
  end)

  it("splits into one prompt each", function()
    local list = row:split()
    assert.equal(3, #list)
    assert.equal(prompt {
      subject = "a fox", action = "wakes", context = "in the snow", style = "Cinematic", direction = "Push in",
    }, list[1])
    assert.equal(prompt { concept = "The forest is empty", context = "in the snow", style = "Cinematic" }, list[3])
  end)

  it("gives its shots by number", function()
    assert.equal(3, #row)
    assert.equal("runs", row[2].action)
    assert.is_nil(row[4])
  end)

  it("can be made again from its fields", function()
    assert.equal(row, prompt.shots(row:fields()))
    assert.equal(row, prompt.shots(row))
    local plain = row:fields()
    local shared = json.decode(json.encode { style = plain.style, first = plain[1] })
    assert.same({ action = "wakes", direction = "Push in" }, shared.first)
  end)

  it("takes other shared fields by ..", function()
    local other = row .. { style = "Simple" }
    assert.equal("Simple", other:split()[1].style)
    assert.equal("Cinematic", row:split()[1].style)
    assert.not_equal(row, other)
    assert.matches("^row: In the snow", "row: " .. row)
  end)

  it("is not made of nonsense", function()
    assert.matches("no shot", message_of(prompt.shots, { style = "Cinematic" }))
    assert.matches("shot 2: .*Cinematic", message_of(prompt.shots, { "a", { style = "Cinematc" } }))
    assert.matches("shot 2: .*not of a nil", message_of(prompt.shots, { "a", nil, "b" }))
    assert.matches("unknown field", message_of(prompt.shots, { "a", stile = "Simple" }))
    assert.matches("made of a table", message_of(prompt.shots, "a"))
    assert.matches("never changes", message_of(function() row[1] = "b" end))
    assert.matches("nearest known", message_of(function() return row .. { style = "Smple" } end))
  end)
end)
