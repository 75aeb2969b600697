-- The completion of bash. `falua completion --words` says what may come next;
-- what is left to the shell is to take the line apart, since bash cuts words
-- at "=", ":" and "@" too, and to list files.
return [=[
# Completion of falua for bash 4.3 and newer. Load it with
#   eval "$(falua completion bash)"
_falua() {
  local line=${COMP_LINE:0:COMP_POINT} word answer breaks before tail files=
  local -a words
  read -r -a words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  while ((${#words[@]} > 1)) && [[ ${words[0]} == *=* ]]; do words=("${words[@]:1}"); done
  word=${words[-1]}
  breaks=${COMP_WORDBREAKS//[^=:@]/}
  tail=$word
  [[ -n $breaks ]] && tail=${word##*[$breaks]}
  before=${word%"$tail"}
  COMPREPLY=()
  while IFS= read -r answer; do
    if [[ $answer == :files ]]; then files=yes; continue; fi
    answer=${answer%%$'\t'*}
    printf -v answer %q "${answer#"$before"}"
    COMPREPLY+=("$answer")
  done < <("${words[0]/#\~/$HOME}" completion --words -- "${words[@]:1}" 2>/dev/null)
  if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
  if [[ -n $files ]]; then
    while IFS= read -r answer; do COMPREPLY+=("$answer"); done < <(compgen -f -- "$tail")
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _falua falua
]=]
