-- What stands between a call and its submit: the check of the input and its
-- price, and what it takes to load the models at the first call.
local check_goal <const>, load_goal <const> = 20, 2000 -- microseconds

local function goal_of(what)
  if what:find "^check" then return check_goal end
  if what:find "^require" and not what:find "schema" then return load_goal end
end

return function(bench) return bench.rows("models", "us", goal_of) end
