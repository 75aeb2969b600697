-- The paragraph written by the service, against the sandbox: what is sent for
-- a prompt and for a row of shots, and that failures come back as they are.
local fal = require "fal"
local json = require "fal.core.json"
local prompt = require "fal.prompt"
local sandbox = require "fal.sandbox"

describe("expand", function()
  local sb

  before_each(function()
    sb = assert(sandbox.start { queue_time = 0, run_time = 0 })
    fal.config(sb.config)
  end)
  after_each(function() sb:stop() end)

  local function sent() return assert(json.decode(sb:requests("submit")[1].body)) end

  it("sends every field and gives the text", function()
    local p = prompt { concept = "A city", style = "Cinematic", camera = "VR 360", negative = "blur" }
    local text = assert(p:expand { prompt_length = "Short", model = "openai/gpt-4o", custom_elements = "35mm" })
    assert.is_string(text)
    assert.matches("city", text)
    assert.same({
      input_concept = "A city", style = "Cinematic", camera_style = "VR 360", prompt_length = "Short",
      model = "openai/gpt-4o", custom_elements = "avoid: blur; 35mm",
    }, sent())
  end)

  it("passes the other options to the call", function()
    local updates = 0
    assert(prompt "A city":expand { on_update = function() updates = updates + 1 end, timeout = 30 })
    assert.is_true(updates > 0)
    assert.same({ input_concept = "A city" }, sent())
  end)

  it("takes a row of shots", function()
    assert(prompt.shots { style = "Simple", "A city", "A forest" }:expand())
    assert.matches("Shot 1: A city.*Shot 2: A forest", sent().input_concept)
  end)

  it("leaves the caller's options alone", function()
    local options = { prompt_length = "Long" }
    assert(prompt "A city":expand(options))
    assert.same({ prompt_length = "Long" }, options)
  end)

  it("sends nothing that does not fit, and gives what went wrong", function()
    local none, err = prompt "A city":expand { model = "openai/gpt-5" }
    assert.same({ nil, "validation", "model" }, { none, err.kind, err.field })
    assert.equal(0, sb:accepted())
    sb:stop()
    fal.config { retries = 0 }
    none, err = prompt "A city":expand()
    assert.is_nil(none)
    assert.equal("network", err.kind)
    fal.config { retries = 5 }
  end)
end)
