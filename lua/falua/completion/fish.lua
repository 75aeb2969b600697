-- The completion of fish: a file falua.fish in a folder of completions, or
-- text to be sourced.
return [=[
# Completion of falua for fish. Put it into ~/.config/fish/completions, or
#   falua completion fish | source
function __falua_next
  set -l words (commandline -opc)
  set -l word (commandline -ct)
  for line in ($words[1] completion --words -- $words[2..-1] $word 2>/dev/null)
    if test "$line" = :files
      set -l before (string match -r '^[^=]*=@' -- $word)
      for path in (__fish_complete_path (string replace -r '^[^=]*=@' '' -- $word))
        echo "$before$path"
      end
    else
      echo $line
    end
  end
end
complete -c falua -f -a '(__falua_next)'
]=]
