--- The SHA-256 of a file, taken while everything else goes on.

local task = require "fal.task"

local M = {}

--- Whether hashes can be taken: fal.core.digest is built where libcrypto is.
---@return boolean
function M.is_built() return (pcall(require, "fal.core.digest")) end

--- The SHA-256 of a file.
---@param path string
---@return string|nil hex
---@return table err
function M.of_file(path)
  local hashing <close>, err = require("fal.core.digest").hashing(path)
  if not hashing then return nil, err end
  local hex
  hex, err = hashing:step()
  while hex == false do
    task.sleep(0)
    hex, err = hashing:step()
  end
  return hex, err
end

return M
