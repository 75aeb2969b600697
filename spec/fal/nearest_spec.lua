-- The nearest known word: distances, numbers and ratios by value.
local nearest = require "fal.nearest"

describe("nearest.of", function()
  it("counts insertions, deletions, replacements and swaps", function()
    for _, case in ipairs {
      { "", "", 0 }, { "a", "", 1 }, { "kitten", "sitting", 3 }, { "ab", "ba", 1 }, { "abc", "acb", 1 },
      { "flaw", "lawn", 2 },
    } do
      assert.equal(case[3], nearest.distance(case[1], case[2]))
      assert.equal(case[3], nearest.distance(case[2], case[1]))
    end
  end)

  it("compares numbers by value and words by letters", function()
    assert.equal("8s", nearest.of("9s", { "4s", "8s" }))
    assert.equal(8, nearest.of("10", { 4, 8 }))
    assert.equal("16:9", nearest.of("21:9", { "1:1", "9:16", "16:9" }))
    assert.equal("7:2", nearest.of("2:1", { "1:1", "7:2" }))
    assert.equal("4:5", nearest.of("3/4", { "16:9", "4:5", "1:1" }))
    assert.equal("Cinematic", nearest.of("cinematik", { "Simple", "Cinematic" }))
    assert.is_nil(nearest.of("xyz", { "abc" }))
    assert.is_nil(nearest.of("completely", { "other" }, 0.5))
  end)
end)
