-- Word lists from the files of a folder. The one room of fal.prompt that reads
-- files; names were already restricted by the notation (letters, digits, _, -
-- and / between them), so that they cannot leave the folder.
local folder = {}

--- Gives a function that reads the list of a name from its file in the folder.
---@param path string
---@return fun(name: string): string|nil, string|nil  the text, or nil and why not
function folder.reader(path)
  return function(name)
    local file <close>, message = io.open(path .. "/" .. name .. ".txt", "rb")
    if not file then return nil, ("the word list %s cannot be read: %s"):format(name, message) end
    local text, why = file:read "a"
    if not text then return nil, ("the word list %s cannot be read: %s"):format(name, why) end
    return text
  end
end

return folder
