-- What a call has cost, from its billed units; and that every place that tells
-- it tells the same: the request, the info of a run, the history.
local money = require "fal.money"
local paid = require "fal.models.paid"
local process = require "support.process"
local service = require "support.service"

local fast <const>, unlisted <const> = "fal-ai/veo3/fast", "fal-ai/veo2"
local hailuo <const> = "fal-ai/minimax/hailuo-02/standard/text-to-video"

local function dollars(text) return money.parse(text) end

describe("what was paid", function()
  local function of(...) return { paid.of(...) } end

  it("is what the units make of a listed rate by the second", function()
    assert.same({ dollars "0.27", "6 s billed" }, of({ endpoint = hailuo }, 6))
    assert.same({ dollars "0.0675", "1.5 s billed" }, of({ endpoint = hailuo, low = 1, high = 2 }, "1.5"))
  end)

  it("is the price that the input settled, or at most the highest, where the rate is not one", function()
    local bounds = paid.bounds(fast, { prompt = "x", duration = "8s" })
    assert.same({ endpoint = fast, low = dollars "3.20", high = dollars "3.20" }, bounds)
    assert.same({ dollars "3.20", "list price" }, of(bounds, 8))
    assert.same({ dollars "3.20", "list price" }, of(bounds, nil))
    assert.same({ 5, "at most" }, of({ endpoint = fast, low = 1, high = 5 }, 8))
  end)

  it("is what the units make of a unit price, where none is listed", function()
    local quote = { unit_price = 0.1, unit = "second", currency = "USD" }
    assert.same({ dollars "0.30", "3 x $0.10 per second = $0.30; units billed" }, of({ endpoint = unlisted }, 3, quote))
    assert.same({ 5, "at most" }, of({ endpoint = fast, low = 1, high = 5 }, 3, quote))
    assert.same({ 7, "list price" }, of({ endpoint = unlisted, low = 7, high = 7 }, nil, quote))
  end)

  it("is nothing where nothing was billed, and unknown where nothing is known", function()
    assert.same({ 0, "nothing was billed" }, of({ endpoint = unlisted, low = 1, high = 1 }, 0))
    for _, units in ipairs { 3, "many", -1, 0 / 0, math.huge } do
      assert.same({ nil, "price unknown" }, of({ endpoint = unlisted }, units))
    end
    assert.same({ nil, "price unknown" }, of({ endpoint = "nobody/knows" }, 1))
    assert.same({ endpoint = unlisted }, paid.bounds(unlisted, { prompt = "x" }))
    assert.same({ endpoint = fast }, paid.bounds(fast, { prompt = "x", duration = "long" }))
  end)

  it("is nothing where another key pays, whatever was counted", function()
    local sora = "fal-ai/sora-2/text-to-video"
    local bounds = paid.bounds(sora, { prompt = "x", api_key = "theirs" })
    assert.same({ 0, "list price" }, of(bounds, 4))
    assert.same({ dollars "0.40", "4 s billed" }, of(paid.bounds(sora, { prompt = "x" }), 4))
  end)

  it("is not made of units that are no seconds", function()
    assert.same({ nil, "price unknown" }, of({ endpoint = "fal-ai/video-prompt-generator" }, 3))
  end)

  -- It is worked out beside a call that is paid for: a mistake here would cost the answer.
  it("is worked out from anything", function()
    local index = require "fal.models.index"
    local json = require "fal.core.json"
    local junk = {
      {}, { {} }, print, true, false, "", "x", "8s", "-8s", -1, 0, 8, 8.5, 1e300, 0 / 0, 1 / 0, math.mininteger,
      math.maxinteger, json.null, json.number "18446744073709551615", json.array {},
    }
    local names = { "duration", "resolution", "generate_audio", "api_key", "num_images", "text", "preview_text" }
    local units = { "", "x", "1e400", "-5", "0x10", 1e300, -1, 0 / 0, 1 / 0, math.maxinteger, 0.1, 1e-12 }
    local quote = { unit = "second" }
    for _, id in ipairs(index.ids) do
      for _, value in ipairs(junk) do
        for _, name in ipairs(names) do
          local bounds = paid.bounds(id, { [name] = value })
          assert.is_true(not bounds.low or bounds.low >= 0 and bounds.low <= bounds.high)
          quote.unit_price, quote.currency = value, nil
          local amount, how = paid.of(bounds, units[#id % #units + 1], quote)
          assert.is_true(amount == nil or math.type(amount) == "integer" and amount >= 0)
          assert.is_string(how)
        end
      end
      for _, count in ipairs(units) do paid.of({ endpoint = id }, count, { unit = "second", unit_price = 0.1 }) end
    end
  end)

  it("knows which prices are listed", function()
    assert.same({ true, true, false, false, false }, {
      paid.is_listed(fast), paid.is_listed(hailuo), paid.is_listed(unlisted), paid.is_listed "nobody/knows",
      paid.is_listed "fal-ai/luma-dream-machine/ray-2-flash", -- only how it is scaled
    })
  end)
end)

describe("a finished request", function()
  local folder, sandbox, client

  before_each(function()
    folder = process.temporary()
    sandbox = service.start { endpoints = {
      ["me/free"] = function(_, job)
        job.units = 0
        return { ok = true }
      end,
    } }
    client = service.client(sandbox, { history = folder.path .. "/history.db" })
  end)
  after_each(function()
    client = nil
    collectgarbage()
    sandbox:stop()
    folder:remove()
  end)

  local function in_history(id)
    local book = assert(require("fal.history").open(client))
    local row = assert(book.db:rows("SELECT units, paid, paid_how FROM calls WHERE request_id = ?", id))[1]
    return { row.units, row.paid and money.dollars(row.paid), row.paid_how }
  end

  local function known(request) return { request.billable_units, request.price, request.price_how } end

  it("knows its price, as the history does", function()
    local cases = {
      { hailuo, { prompt = "x", duration = 10 }, { 10.0, 0.45, "10 s billed" } },
      { fast, { prompt = "x", duration = 4, generate_audio = false }, { 4.0, 1.0, "list price" } },
      { "me/free", {}, { 0, 0.0, "nothing was billed" } },
    }
    for _, case in ipairs(cases) do
      local _, request = assert(client.subscribe(case[1], case[2]))
      assert.same(case[3], known(request))
      assert.same(case[3], in_history(request.id))
      local _, info = assert(client.run(case[1], case[2]))
      assert.same(case[3], known(info))
      assert.same(case[3], in_history(info.request_id))
    end
  end)

  it("has none where none is known", function()
    local _, request = assert(client.subscribe(unlisted, { prompt = "x" }))
    assert.is_number(request.billable_units)
    assert.same({ nil, nil }, { request.price, request.price_how })
    assert.is_nil(in_history(request.id)[2])
  end)

  it("is priced as it was sent, whatever becomes of the input", function()
    local input = { prompt = "x", duration = "8s" }
    local request = assert(client.submit(fast, input))
    assert.is_nil(request.price)
    input.duration, input.generate_audio = "4s", false
    assert(request:wait())
    assert.same({ 3.2, "list price" }, { request.price, request.price_how })
  end)

  it("knows, picked up by its id, what its units alone tell", function()
    local made = assert(client.submit(hailuo, { prompt = "x" }))
    local again = client.request(hailuo, made.id)
    assert(again:wait())
    assert.same({ 0.27, "6 s billed" }, { again.price, again.price_how })
  end)

  it("knows, picked up by its id, what the history has of its price", function()
    local made = assert(client.submit(fast, { prompt = "x" }))
    local again = client.request(fast, made.id)
    assert(again:wait())
    assert.same({ 3.2, "list price" }, { again.price, again.price_how })
    local forgetful = service.client(sandbox)
    made = assert(forgetful.submit(fast, { prompt = "x" }))
    again = forgetful.request(fast, made.id)
    assert(again:wait())
    assert.is_nil(again.price)
  end)

  it("does not take the service's word for its price", function()
    sandbox:fault { what = "broken_json", body = '{"request_id":"1","price":0.01,"price_how":"trust me"}', times = 1 }
    local request = assert(client.submit(unlisted, { prompt = "x" }))
    assert.same({ "1", nil, nil }, { request.id, request.price, request.price_how })
  end)

  it("is not priced without units", function()
    sandbox:fault { what = 500, match = { call = "result" } }
    local request = assert(client.submit(hailuo, { prompt = "x" }))
    assert.is_nil((request:wait()))
    assert.is_nil(request.price)
  end)
end)
