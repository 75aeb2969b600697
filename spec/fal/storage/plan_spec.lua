-- The plan of parts covers every file exactly, and never has too many parts.
local plan = require "fal.storage.plan"

local MIB <const> = 1024 * 1024

describe("the plan of parts", function()
  it("sends up to 90 MiB in one piece", function()
    assert.is_false(plan.in_parts(0))
    assert.is_false(plan.in_parts(90 * MIB))
    assert.is_true(plan.in_parts(90 * MIB + 1))
    assert.is_true(plan.in_parts(101, 100))
    assert.is_false(plan.in_parts(100, 100))
  end)

  it("lets parts grow so that there are at most 10,000", function()
    assert.equal(10 * MIB, plan.part_size(5 * 1024 * MIB))
    assert.equal(10 * MIB, plan.part_size(100000 * MIB))
    assert.equal(11 * MIB, plan.part_size(100000 * MIB + 1))
    assert.is_true(#plan.parts(1 << 40, plan.part_size(1 << 40)) <= 10000)
    assert.equal(MIB, plan.part_size(20000, 1))
  end)

  it("covers the file without gap and overlap", function()
    for _, size in ipairs { 1, 9, 10, 11, 99, 100, 101, 5 * 1024 * MIB + 1 } do
      local part_size = size > MIB and 10 * MIB or 10
      local at = 0
      for i, part in ipairs(plan.parts(size, part_size)) do
        assert.equal(i, part.number)
        assert.equal(at, part.offset)
        assert.is_true(part.length > 0 and part.length <= part_size)
        at = at + part.length
      end
      assert.equal(size, at)
    end
  end)
end)
