-- The completion of zsh: a file _falua in $fpath, or text to be evaluated.
return [=[
#compdef falua
# Completion of falua for zsh. Put it into a folder of $fpath as _falua, or
#   eval "$(falua completion zsh)"
_falua() {
  local line word note files=
  local -a whole whole_shown begun begun_shown
  for line in "${(@f)$("${words[1]}" completion --words -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    word=${line%%$'\t'*}
    note=${line#*$'\t'}
    [[ -n $note ]] && note="$word -- $note" || note=$word
    case $word in
      ('') ;;
      (:files) files=yes ;;
      (*=) begun+=("$word"); begun_shown+=("$note") ;;
      (*) whole+=("$word"); whole_shown+=("$note") ;;
    esac
  done
  (( $#whole )) && compadd -l -d whole_shown -a whole
  (( $#begun )) && compadd -l -S '' -d begun_shown -a begun
  if [[ -n $files ]]; then
    compset -P '*=@'
    _files
  fi
}
if [[ $funcstack[1] == _falua ]]; then _falua "$@"; else compdef _falua falua; fi
]=]
