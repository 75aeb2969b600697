-- How long it takes to compose prompts; a hundred thousand samples of a typical
-- template are to take a second.
local sample_goal <const> = 10 -- microseconds

return function(bench)
  return bench.rows("prompts", "us", function(what) return what == "template, a sample" and sample_goal or nil end)
end
