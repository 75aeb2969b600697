/*
** What the engine's test programs share: a check that goes on after a failure
** and names the case, and the exit status.
*/
#ifndef SPEC_CHECK_H
#define SPEC_CHECK_H

#include <stdio.h>

static int checks_failed;

#define check(condition, ...)                                  \
  do {                                                         \
    if (!(condition)) {                                        \
      checks_failed++;                                         \
      fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition); \
      fprintf(stderr, __VA_ARGS__);                            \
      fputc('\n', stderr);                                     \
    }                                                          \
  } while (0)

static int check_result(void) {
  if (checks_failed > 0) fprintf(stderr, "%d checks failed\n", checks_failed);
  return checks_failed > 0;
}

#endif
