# Lets the binary FALUA write its manual page and its completions into FOLDER.
file(MAKE_DIRECTORY ${FOLDER})
set(ENV{ASAN_OPTIONS} detect_leaks=0)
function(write name)
  execute_process(COMMAND ${FALUA} ${ARGN} OUTPUT_FILE ${FOLDER}/${name}
    COMMAND_ERROR_IS_FATAL ANY)
endfunction()
write(falua.1 -E -e "io.write(require('falua.manual').page())")
foreach(shell bash zsh fish)
  write(${shell} -E completion ${shell})
endforeach()
