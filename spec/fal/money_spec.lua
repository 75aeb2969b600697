-- Exact money: decimals in, integers inside, nearest floats out.
local money = require "fal.money"

describe("money", function()
  it("reads decimals exactly", function()
    local cases = {
      ["0"] = 0, ["1"] = 1000000000, ["0.1"] = 100000000, ["0.045"] = 45000000,
      ["0.000000001"] = 1, ["12.50"] = 12500000000, ["007.5"] = 7500000000, ["3."] = 3000000000,
    }
    for text, amount in pairs(cases) do assert.equal(amount, money.parse(text), text) end
  end)

  it("refuses what is no such decimal", function()
    for _, text in ipairs { "", ".", "-1", "1e3", "0.0000000001", "1,5", "$1", "9999999999", "nan" } do
      assert.is_nil(money.parse(text), text)
    end
  end)

  it("takes a float for the decimal it shows", function()
    assert.equal(100000000, money.from_number(0.1))
    assert.equal(45000000, money.from_number(0.045))
    assert.equal(2000000000, money.from_number(2))
    assert.equal(1000, money.from_number(0.000001))
    assert.equal(1234, money.from_number(1.234e-6))
    assert.is_nil(money.from_number(-1))
    assert.is_nil(money.from_number(0 / 0))
    assert.is_nil(money.from_number(math.huge))
    assert.is_nil(money.from_number(1e-10))
  end)

  it("adds without binary fractions", function()
    local sum = money.parse "0.1" * 3
    assert.equal("$0.30", money.text(sum))
    assert.equal(0.3, money.dollars(sum))
    assert.are_not.equal(0.3, 0.1 * 3)
  end)

  it("gives the nearest float of every cent up to a hundred dollars", function()
    for cents = 0, 10000 do
      local text = ("%d.%02d"):format(cents // 100, cents % 100)
      assert.equal(tonumber(text), money.dollars(money.parse(text)))
    end
  end)

  it("multiplies, divides, and notices what does not fit", function()
    assert.equal(3200000000, money.times(400000000, 8))
    assert.equal(0, money.times(5, 0))
    assert.is_nil(money.times(money.dollar, math.maxinteger))
    assert.same({ 120000000, 120000000 }, { money.product(200000000, money.parse "0.6") })
    assert.same({ 3, 4 }, { money.product(7, money.parse "0.5") })
    assert.same({ 12000000000, 12000000000 }, { money.product(400000000, money.parse "30") })
    assert.is_nil(money.product(money.dollar * 100, money.parse "999999999.9"))
  end)

  it("writes what people write", function()
    local cases = { ["0.2"] = "$0.20", ["0.045"] = "$0.045", ["3"] = "$3.00", ["12.5"] = "$12.50" }
    for text, shown in pairs(cases) do assert.equal(shown, money.text(money.parse(text))) end
  end)
end)
