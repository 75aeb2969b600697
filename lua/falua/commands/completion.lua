-- `falua completion`: the scripts for shells, and for these scripts the words
-- that may come next.
local shells <const> = { "bash", "zsh", "fish" }
local names <const> = table.concat(shells, ", ")

-- A word and what it means a line; ":files" where names of files fit too.
local function print_next(list)
  local output = require "falua.output"
  local found = require("falua.words").next(list)
  for _, entry in ipairs(found) do output.write(entry[1], "\t", (entry[2]:gsub("%c", " ")), "\n") end
  if found.files then output.write ":files\n" end
end

return {
  summary = "print the completion script of a shell",
  operands = {
    { name = "SHELL", optional = true, offers = shells, help = "one of " .. names },
    { name = "WORD", optional = true, many = true, hidden = true },
  },
  options = { { name = "words", hidden = true } },
  examples = {
    'eval "$(falua completion bash)"      # in ~/.bashrc',
    'eval "$(falua completion zsh)"       # in ~/.zshrc, after compinit',
    "falua completion fish | source       # in ~/.config/fish/config.fish",
  },
  run = function(values)
    if values.words then return print_next { values.shell, table.unpack(values.word) } end
    if not values.shell then return nil, "SHELL is missing" end
    if values.word[1] then return nil, ("unexpected argument '%s'"):format(values.word[1]) end
    for _, shell in ipairs(shells) do
      if shell == values.shell then
        require("falua.output").write((require("falua.completion." .. shell)))
        return
      end
    end
    return nil, ("SHELL must be one of %s, not '%s'"):format(names, values.shell)
  end,
}
