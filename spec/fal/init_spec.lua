-- What `require "fal"` gives: the whole table, and nothing that comes too early.
local process = require "support.process"

local names = [[all array async attach_luv cancel config cost data_uri download file loop map models new null number
  pollable pollfd race request result run schema settle sleep status step stream submit subscribe timeout upload
  validate]]

describe("fal", function()
  it("has every function of the contract", function()
    local fal = require "fal"
    for name in names:gmatch "%S+" do assert.is_truthy(fal[name] ~= nil, name) end
  end)

  it("gives clients of their own the calls", function()
    local client = require("fal").new {}
    for name in ("run submit status result cancel subscribe stream request upload download config http option")
      :gmatch "%a+" do
      assert.is_function(client[name], name)
    end
  end)

  it("loads rooms that few scripts need when they are needed", function()
    local done = process.run { "lua", "-e", [[
      require "fal"
      for _, name in ipairs { "fal.luv", "fal.models", "fal.prompt", "fal.sandbox", "fal.core.server", "fal.raise" } do
        assert(not package.loaded[name], name)
      end
      print "light"
    ]] }
    assert.are.equal("light\n", done.out, done.err)
  end)

  it("validates inputs of the models it knows, unless told not to", function()
    local fal = require "fal"
    local nobody = "http://127.0.0.1:1"
    local client = fal.new { key = "a:b", queue_url = nobody, run_url = nobody, retries = 0 }
    for _, call in ipairs { "run", "submit", "subscribe", "stream" } do
      local value, err = client[call]("fal-ai/veo3", { prompt = 5 })
      assert.is_nil(value)
      assert.are.equal("validation", err.kind)
      assert.are.equal("prompt", err.field)
      _, err = client[call]("fal-ai/veo3", { prompt = 5 }, { validate = false })
      assert.are.equal("network", err.kind)
    end
    client.config { validate = false }
    assert.are.equal("network", select(2, client.run("fal-ai/veo3", { prompt = 5 })).kind)
  end)

  it("names the field whose value is no JSON, before anything is sent", function()
    local client = require("fal").new { key = "a:b" }
    for field, value in pairs { seed = 0 / 0, image = print, size = math.huge } do
      local _, err = client.submit("acme/echo", { deep = { [field] = value } })
      assert.are.equal("validation", err.kind)
      assert.are.equal("no", err.billed)
      assert.matches(field, err.message)
    end
    local loop = {}
    loop.loop = loop
    assert.are.equal("validation", select(2, client.submit("acme/echo", loop)).kind)
  end)
end)
