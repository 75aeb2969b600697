-- Prompts from rows: CSV in the forms in which it comes, plain lines, and the
-- places that errors name.
local prompt = require "fal.prompt"

describe("a table of prompts", function()
  it("is read by its head, other columns apart", function()
    local prompts, others = assert(prompt.table(
      'concept, style ,Effects,image_url,duration,seed,audio_on\n'
      .. '"a ""red"" fox, asleep",cinematic,Color grading | Light painting,http://x/1.png,5,007,false\n'
      .. '\n'
      .. 'a boat,,,,,,\n'))
    assert.equal(2, #prompts)
    assert.equal(prompt {
      concept = 'a "red" fox, asleep', style = "Cinematic", effects = { "Color grading", "Light painting" },
    }, prompts[1])
    assert.equal(prompt "a boat", prompts[2])
    assert.same({ { image_url = "http://x/1.png", duration = 5, seed = "007", audio_on = false }, {} }, others)
  end)

  it("may have semicolons, tabs, a mark in front, other line ends and no last one", function()
    for _, text in ipairs {
      "concept;style\r\na, b;Simple\r\n", "concept\tstyle\na, b\tSimple", "\u{FEFF}concept;style\na, b;Simple",
      "style;concept\nSimple;\"a, b\"", "concept\tstyle\n\"a, b\"\tSimple\r\n\r\n",
    } do
      assert.equal(prompt { concept = "a, b", style = "Simple" }, assert(prompt.table(text))[1], text)
    end
  end)

  it("may have line ends within quotes", function()
    local prompts = assert(prompt.table('concept,style\n"one\ntwo",Simple\nthree,Simple\n'))
    assert.equal("one\ntwo", prompts[1].concept)
    assert.equal("three", prompts[2].concept)
  end)

  it("may be plain lines", function()
    local prompts, others = prompt.table "a fox, asleep\n\n# not this\n  a boat \r\n"
    assert.same({ "a fox, asleep", "a boat" }, { prompts[1].concept, prompts[2].concept })
    assert.same({ {}, {} }, others)
    assert.same({}, (prompt.table ""))
  end)

  it("may be a list or an iterator of lines", function()
    assert.equal("b", prompt.table({ "concept,style", "b,Simple" })[1].concept)
    assert.equal("b", prompt.table(("concept,style\nb,Simple"):gmatch "[^\n]+")[1].concept)
    assert.is_false(pcall(prompt.table, 7))
  end)

  local function fault(text)
    local none, err = prompt.table(text)
    assert.is_nil(none)
    assert.equal("validation", err.kind)
    return tostring(err), err
  end

  it("that is wrong names line and column", function()
    local message, err = fault 'concept,style\n"two\nlines",Simple\nb,Cinematc\n'
    assert.matches('line 4, column "style": unknown style "Cinematc"; the nearest known: "Cinematic"', message)
    assert.equal(4, err.line)
    assert.matches('line 1: there is no field "stlye"; did you mean "style"', (fault "concept,stlye\na,Simple"))
    assert.matches("line 2.*3 cells, its head 2", (fault "concept,style\na,Simple,b"))
    assert.matches("line 3: a quote is never closed", (fault 'concept,style\na,Simple\n"b,Simple\n'))
  end)

  it("of thousands of rows is read at once", function()
    local lines = { "concept,style" }
    for i = 1, 20000 do lines[#lines + 1] = ('"fox %d",Simple'):format(i) end
    local before = os.clock()
    assert.equal(20000, #prompt.table(table.concat(lines, "\n")))
    assert.is_true(os.clock() - before < 5)
  end)
end)
