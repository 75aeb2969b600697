-- Sizes in words.
local units <const> = { { 1e9, "GB" }, { 1e6, "MB" }, { 1e3, "kB" } }

--- A number of bytes as people say it: 1.5 MB.
---@param bytes number
---@return string
return function(bytes)
  for _, unit in ipairs(units) do
    if bytes >= unit[1] then return ("%.1f %s"):format(bytes / unit[1], unit[2]) end
  end
  return ("%.0f B"):format(bytes)
end
