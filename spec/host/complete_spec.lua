-- What Tab offers at the prompt, as a table: what is typed, what is added to it
-- or, as a list, what there is to choose from. `|` is where the cursor is.
local complete = require "falua.repl.complete"
local scan = require "falua.repl.scan"

local function offered(text)
  local insert, choices = complete.lua(text)
  if choices then return table.concat(choices, " ") end
  return insert and "+" .. insert or ""
end

describe("completion at the prompt", function()
  local object = setmetatable({ own = 1 }, { __index = { shared = 2, _hidden = 3 } })

  setup(function()
    _G.fal, _G.spec_object, _G.spec_trap = require "fal", object, setmetatable({}, {
      __index = function() error "was called" end,
    })
  end)

  teardown(function() _G.fal, _G.spec_object, _G.spec_trap = nil, nil, nil end)

  local cases = {
    -- names
    { "coro", "+utine" },
    { "retu", "+rn" },
    { "if x then whi", "+le" },
    { "zzz", "" },
    { "x = spec_o", "+bject" },
    -- fields and methods
    { "string.gs", "+ub" },
    { "string.g", "gmatch gsub" },
    { "fal.subs", "+cribe" },
    { "fal.nope.x", "" },
    { "spec_object.", "own shared" },
    { "spec_object._", "+hidden" },
    { "spec_object:sh", "+ared" },
    { "('x'):re", "" },
    { "f().x", "" },
    { "spec_trap.", "" },
    { "io.stdout:wr", "+ite" },
    { "1 .. str", "+ing" },
    -- ids of models inside strings
    { "fal.run('fal-ai/veo3/f", "+ast'" },
    { 'fal.run("fal-ai/veo3/f', '+ast"' },
    { "fal.cost[[fal-ai/veo3/f", "+ast" },
    { "fal.subscribe('fal-ai/minimax/video-01-l", "+ive" },
    { "fal.subscribe('fal-ai/minimax/video-01-live",
      "fal-ai/minimax/video-01-live fal-ai/minimax/video-01-live/image-to-video" },
    { "x = 'fal-ai/veo3/f", "+ast'" },
    { "x = 'fa", "" },
    { "fal.request('fal-ai/veo3/f", "+ast'" },
    -- fields of the input, and their values
    { "fal.run('fal-ai/veo3/fast', { see", "+d = " },
    { "fal.run('fal-ai/veo3/fast', { prompt = 'x', asp", "+ect_ratio = " },
    { "fal.run('fal-ai/veo3/fast', {\n  prompt = 'x',\n  asp", "+ect_ratio = " },
    { "fal.run('fal-ai/veo3/fast', { prompt = f(1, { 2 }), asp", "+ect_ratio = " },
    { "fal.run('fal-ai/veo3/fast', { duration = '", "4s 6s 8s" },
    { "fal.run('fal-ai/veo3/fast', { duration = '8", "+s'" },
    { "fal.run('fal-ai/veo3/fast', { duration = ", '+"' },
    { "fal.run('fal-ai/veo3/fast', { generate_audio = t", "+rue" },
    { "fal.validate('fal-ai/veo3/fast', { see", "+d = " },
    { "req = assert(fal.submit('fal-ai/veo3/fast', { see", "+d = " },
    { "fal.run('me/unknown', { see", "" },
    { "fal.status('fal-ai/veo3/fast', { see", "" },
    { "fal.run('fal-ai/veo3/fast', { prompt = 'x' }) see", "" },
    -- names of options
    { "fal.submit('a/b', {}, { start_", "+timeout = " },
    { "fal.submit('a/b', {}, { webhook_url = 'x', no_r", "+etry = " },
    { "fal.subscribe('a/b', {}, { stall", "+_timeout = " },
    { "fal.submit('a/b', {}, { stall", "" },
    { "fal.config { exchange", "+_timeout = " },
    { "fal.config({ exchange", "+_timeout = " },
    { "c = fal.new { max_con", "+nections = " },
    { "req:wait { stall", "+_timeout = " },
    -- in a table that belongs to no call
    { "x = { coro", "+utine" },
    { "x = { y = { coro", "+utine" },
    { "f { coro", "+utine" },
    -- where nothing fits
    { "-- fal.subs", "" },
    { "--[[ fal.subs", "" },
    { "--[[ x ]] fal.subs", "+cribe" },
    { "'an open string with fal.subs", "" },
    { "x = 'done' fal.subs", "+cribe" },
  }
  for _, case in ipairs(cases) do
    it("after: " .. case[1]:gsub("\n", " "), function() assert.equal(case[2], offered(case[1])) end)
  end

  it("takes any beginning of anything", function()
    local text = [==[local a = fal.run("x\"y", { k = [[z]], --[=[ c ]=] n = 1e5, l = { 'q' } },
      { o = f { g "h" } }):x().y[1]]==]
    for i = 0, #text do
      scan.at(text:sub(1, i))
      complete.lua(text:sub(1, i))
    end
  end)
end)
