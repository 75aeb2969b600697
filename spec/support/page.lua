-- The blocks of a page in Markdown, as the specs about the documentation see
-- them: what stands between two fences, in which language, and what the comment
-- in front of it says (`<!-- goes on -->`, `<!-- not run: why -->`).
local tree = require "support.tree"

local page = {}

local function opened(line, number, remark)
  local language = line:match "^```(.*)$"
  if not language then return nil end
  local goes_on = remark:find "^goes on" ~= nil
  return { line = number, language = language, goes_on = goes_on, not_run = remark:match "^not run: (%S.*)$" }
end

-- The blocks of a page, in order: { line, language, code, goes_on, not_run };
-- `not_run` says why it is not run. What is not closed is no block.
function page.blocks(path)
  local list, number, remark, current = {}, 0, "", nil
  for line in (tree.read(path) .. "\n"):gmatch "([^\n]*)\n" do
    number = number + 1
    if not current then
      current = opened(line, number, remark)
      if line:find "%S" then remark = line:match "^<!%-%- (.*) %-%->$" or "" end
    elseif line:find "^```" then
      current.code = table.concat(current, "\n") .. "\n"
      list[#list + 1], current, remark = current, nil, ""
    else
      current[#current + 1] = line
    end
  end
  return list
end

-- A page without its blocks.
function page.prose(path)
  local lines, inside = {}, false
  for line in (tree.read(path) .. "\n"):gmatch "([^\n]*)\n" do
    local fence = line:find "^```" ~= nil
    if not fence and not inside then lines[#lines + 1] = line end
    inside = inside ~= fence
  end
  return table.concat(lines, "\n") .. "\n"
end

return page
