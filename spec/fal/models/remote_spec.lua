-- Schemas, prices and searches from the service: asked seldom, kept with their
-- age, usable when the service is away. The service is a table of answers
-- here, the time a variable, the shelf a real folder.
local description = require "fal.sandbox.description"
local failure = require "fal.core.error"
local file = require "support.file"
local json = require "fal.core.json"
local models = require "fal.models"
local process = require "support.process"
local remote = require "fal.models.remote"
local shelf = require "fal.models.shelf"

local painter = file.read "spec/fixtures/models/openapi.json"
local day <const> = 86400

describe("what the service says about models", function()
  local folder, answers, asked, time, service

  local function open()
    return remote.new {
      fetch = function(url)
        asked[#asked + 1] = url
        local answer = answers[url]
        if answer == nil then answer = failure.new { kind = "network", message = "not reached" } end
        if type(answer) == "string" then return answer end
        return nil, answer
      end,
      shelf = shelf.open(folder.path .. "/deep/models"), now = function() return time end,
      site_url = "https://site", api_url = "https://api/v1",
    }
  end

  local function schema_url(id) return "https://site/api/openapi/queue/openapi.json?endpoint_id=" .. id end

  before_each(function()
    folder, answers, asked, time = process.temporary(), {}, {}, 1000000
    service = open()
  end)
  after_each(function() folder:remove() end)

  describe("schemas", function()
    it("are built in, read once, then kept for a day", function()
      answers[schema_url "somebody/painter"] = painter
      assert.equal("built in", service:schema("fal-ai/veo2").source)
      assert.equal(0, #asked)
      local schema = assert(service:schema "somebody/painter")
      assert.same({ "openapi", 0 }, { schema.source, schema.age })
      time = time + day - 1
      assert.equal(schema, service:schema "somebody/painter")
      assert.equal(day - 1, schema.age)
      assert.equal(1, #asked)
      time = time + 1
      assert.is_truthy(service:schema "somebody/painter")
      assert.equal(2, #asked)
    end)

    it("survive this program, and the service's absence", function()
      answers[schema_url "somebody/painter"] = painter
      assert.is_truthy(service:schema "somebody/painter")
      answers, time = {}, time + 30 * day
      service = open()
      local schema = assert(service:schema "somebody/painter")
      assert.same({ 30 * day, "PainterInput" }, { schema.age, schema.type })
      assert.equal(schema, service:known "somebody/painter")
      local none, err = service:schema("somebody/painter", { refresh = true })
      assert.is_nil(none)
      assert.equal("network", err.kind)
    end)

    it("are asked for anew when the clock was wrong", function()
      answers[schema_url "somebody/painter"] = painter
      assert.is_truthy(service:schema "somebody/painter")
      time = time - 3600
      service = open()
      assert.is_truthy(service:schema "somebody/painter")
      assert.equal(2, #asked)
    end)

    it("that cannot be had come with what may have been meant", function()
      local _, err = service:schema "fal-ai/veo3/fats"
      assert.same({ "network", "did you mean fal-ai/veo3/fast?" }, { err.kind, err.hint })
      assert.is_nil(select(2, service:schema "somebody/painter").hint)
      assert.is_nil(select(2, service:schema("fal-ai/veo2", { refresh = true })).hint)
    end)

    it("take the place of built-in ones when refreshed", function()
      answers[schema_url "fal-ai/veo2"] = painter
      assert.equal("openapi", assert(service:schema("fal-ai/veo2", { refresh = true })).source)
      assert.equal("openapi", service:known("fal-ai/veo2").source)
      assert.equal("openapi", open():known("fal-ai/veo2").source)
      assert.equal("built in", open():known("fal-ai/veo3").source)
    end)

    it("keep the listed price", function()
      answers[schema_url "fal-ai/sora-2/text-to-video"] = painter
      local schema = assert(service:schema("fal-ai/sora-2/text-to-video", { refresh = true }))
      assert.equal(models.find("fal-ai/sora-2/text-to-video").price, schema.price)
      answers[schema_url "somebody/painter"] = painter
      assert.is_nil(service:schema("somebody/painter").price)
    end)

    it("keep the rules between fields, as long as these have the values for which a rule was made", function()
      local id = "fal-ai/pixverse/v4.5/text-to-video"
      local function refreshed(change)
        local document = description.of(models.find(id))
        change(document.components.schemas.PixverseV45TextToVideoInput.properties)
        answers[schema_url(id)] = json.encode(document)
        return assert(service:schema(id, { refresh = true }))
      end
      local long = { prompt = "x", resolution = "1080p", duration = "8" }
      local schema = refreshed(function(fields) fields.prompt.maxLength = 5 end)
      assert.equal("duration", select(2, models.validate(schema, long)).field)
      assert.equal(schema, service:known(id))
      assert.equal("duration", select(2, models.validate(open():known(id), long)).field)

      local unset = { prompt = "x", resolution = "1080p" }
      local null = { prompt = "x", resolution = "1080p", duration = json.null }
      for _, case in ipairs {
        { long, function(fields) fields.duration.enum = { "5", "8", "10" } end },
        { { prompt = "x", resolution = "1080p", duration = 8 }, function(fields)
          fields.duration = { type = "integer", enum = { 5, 8 }, default = 5 }
        end },
        { long, function(fields) fields.duration.enum = nil end },
        { unset, function(fields) fields.duration = nil end },
        { unset, function(fields) fields.duration.default = nil end },
        { null, function(fields)
          fields.duration = { default = "5", anyOf = { fields.duration, { type = "null" } } }
        end },
        { { prompt = "x", duration = "8" }, function(fields) fields.resolution = nil end },
        { long, function(fields) fields.resolution.enum = { "720p", "1080p" } end },
      } do
        local input, change = table.unpack(case)
        assert.equal(input, assert(models.validate(refreshed(change), input)))
      end
    end)

    it("are not there for names that the service does not know", function()
      answers[schema_url "fal-ai/veo3/fats"] = "null"
      answers[schema_url "nobody/x"] = failure.new { kind = "http", status = 404, message = "not found" }
      local schema, err = service:schema "fal-ai/veo3/fats"
      assert.is_nil(schema)
      assert.same({ "http", 404, "did you mean fal-ai/veo3/fast?" }, { err.kind, err.status, err.hint })
      err = select(2, service:schema "nobody/x")
      assert.same({ "http", 404 }, { err.kind, err.status })
      assert.is_nil(err.hint)
      assert.is_nil(service:known "nobody/x")
    end)

    it("are refused when they are no use, and not kept", function()
      for _, text in ipairs { "", "<html>", "[]", '{"paths":5}', ("x"):rep(4 * 1024 * 1024 + 1) } do
        answers[schema_url "somebody/x"] = text
        local schema, err = service:schema "somebody/x"
        assert.is_nil(schema)
        assert.equal("protocol", err.kind)
        assert.is_true(#tostring(err) <= 400)
      end
      assert.is_nil(open():known "somebody/x")
    end)

    it("do not leave their folder, whatever the name", function()
      for _, id in ipairs { "../../evil", "a/../../b", "a b&c=d", "/etc/passwd", "x\0y", ("long"):rep(100) } do
        local url
        for _ = 1, 2 do
          service:schema(id)
          url = asked[#asked]
          answers[url] = painter
        end
        assert.is_nil(url:match "endpoint_id=.*[ &]")
        assert.is_truthy(service:known(id))
      end
      local out = process.run { "find", folder.path, "-type", "f", "-not", "-path", folder.path .. "/deep/models/*" }
      assert.is_nil(out.out:find "evil")
      out = process.run { "sh", "-c", "ls " .. folder.path .. "/deep/models | wc -l" }
      assert.equal(5, tonumber(out.out))
    end)
  end)

  describe("prices", function()
    local url = "https://api/v1/models/pricing?endpoint_id=fal-ai/veo2"
    local answer = json.encode { prices = {
      { endpoint_id = "fal-ai/veo3", unit_price = 9, unit = "second", currency = "USD" },
      { endpoint_id = "fal-ai/veo2", unit_price = 0.5, unit = "second", currency = "USD" },
    } }

    it("are asked for once a day", function()
      answers[url] = answer
      assert.same({ unit_price = 0.5, unit = "second", currency = "USD" }, service:quote "fal-ai/veo2")
      time = time + day - 1
      assert.equal(0.5, open():quote("fal-ai/veo2").unit_price)
      assert.equal(0.5, open():kept_quote("fal-ai/veo2").unit_price)
      assert.equal(1, #asked)
      time = time + 1
      assert.is_nil(service:kept_quote "fal-ai/veo2")
      assert.equal(0.5, service:quote("fal-ai/veo2").unit_price)
      assert.equal(2, #asked)
    end)

    it("are asked for anew when the clock was wrong, and asked of nobody before they were told", function()
      answers[url] = answer
      assert.is_nil(service:kept_quote "fal-ai/veo2")
      assert.equal(0, #asked)
      time = time + 0.9
      assert.is_truthy(service:quote "fal-ai/veo2")
      assert.is_truthy(service:kept_quote "fal-ai/veo2")
      time = time - 3600
      assert.is_nil(service:kept_quote "fal-ai/veo2")
      assert.is_truthy(service:quote "fal-ai/veo2")
      assert.equal(2, #asked)
    end)

    it("serve models.cost", function()
      answers[url] = answer
      local low, high = models.cost("fal-ai/veo2", { duration = "6s" },
        function(id) return service:quote(id) end)
      assert.same({ 3.0, 3.0 }, { low, high })
    end)

    it("may be missing", function()
      answers[url] = '{"prices":[],"next_cursor":null}'
      assert.same({}, { service:quote "fal-ai/veo2" })
      local without_unit = '{"prices":[{"endpoint_id":"fal-ai/veo2"}]}'
      for _, text in ipairs { "[]", "5", '{"prices":5}', '{"prices":[5]}', without_unit } do
        answers[url], time = text, time + day
        assert.same({}, { service:quote "fal-ai/veo2" })
      end
      answers, time = {}, time + day
      local price, err = service:quote "fal-ai/veo2"
      assert.is_nil(price)
      assert.equal("network", err.kind)
    end)
  end)

  describe("a search", function()
    local url = "https://api/v1/models?limit=100&status=active&q=veo2"

    it("adds the service's models to the built-in ones, page by page", function()
      answers[url] = json.encode {
        models = {
          { endpoint_id = "fal-ai/veo2", metadata = { display_name = "Other" } },
          { endpoint_id = "aa/first", metadata = { display_name = "First", category = "vision" } },
        }, has_more = true, next_cursor = "c 2",
      }
      answers[url .. "&cursor=c%202"] = '{"models":[{"endpoint_id":"zz/last"},5,{}],"has_more":false}'
      local list = assert(service:search "veo2")
      assert.same({
        { id = "aa/first", title = "First", category = "vision" },
        { id = "fal-ai/veo2", title = "Veo 2, text to video", category = "text-to-video" },
        { id = "zz/last", title = "zz/last" },
      }, list)
    end)

    it("passes over names that are none", function()
      local long = ("x"):rep(201)
      answers[url] = json.encode { models = {
        { endpoint_id = long }, { endpoint_id = "aa/b", metadata = { display_name = long, category = { "x" } } },
      } }
      assert.same({ id = "aa/b", title = "aa/b" }, assert(service:search "veo2")[1])
      assert.equal(2, #service:search "veo2")
    end)

    it("ends, whatever the service says", function()
      answers[url] = '{"models":[],"has_more":true,"next_cursor":"again"}'
      answers[url .. "&cursor=again"] = answers[url]
      assert.is_truthy(service:search "veo2")
      assert.is_true(#asked <= 10)
      answers[url] = "5"
      assert.equal("protocol", select(2, service:search "veo2").kind)
      answers[url] = nil
      assert.equal("network", select(2, service:search "veo2").kind)
    end)
  end)

  describe("a shelf", function()
    it("keeps texts as they are, and takes the newest", function()
      local here = shelf.open(folder.path .. "/s")
      assert.is_nil(here:get "a")
      for _, text in ipairs { "", "one\n", ("\0\r\n"):rep(1000) } do
        assert.is_true(here:put("a/b c", text, 12345))
        assert.same({ text, 12345 }, { here:get "a/b c" })
      end
    end)

    it("is no failure when it cannot be written, nor when it is full of rubbish", function()
      file.write(folder.path .. "/file", "x")
      local blocked = shelf.open(folder.path .. "/file/inside")
      assert.is_false(blocked:put("a", "text", 1))
      assert.is_nil(blocked:get "a")
      local here = shelf.open(folder.path)
      assert.is_nil(here:get "file")
      assert.is_false(here:put(("x"):rep(300), "text", 1))
    end)
  end)
end)
