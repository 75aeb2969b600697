/*
** A command that runs beside us: started without a shell, in a process group
** of its own, which dies with it. It reads nothing, and what it writes goes to
** a file, or to our standard error. The loop watches for its end.
*/
#ifndef FAL_CHILD_H
#define FAL_CHILD_H

#include <stdint.h>
#include <sys/types.h>

#include "pollable.h"

typedef struct fal_child {
  fal_pollable side;  /* its descriptor tells the end, where there is one */
  fal_signal signal;  /* set: it has ended */
  const fal_loop *loop;
  int64_t due;  /* when to look next, in microseconds, without a descriptor */
  pid_t pid;    /* 0 once its end is known */
  int status;   /* as of waitpid; exit 127 when nobody can tell */
} fal_child;

/* Starts a command, which is looked for as a shell would; 'output' is a path
   or NULL. 0, or an errno. */
int fal_child_start(fal_child *c, char *const words[], const char *output,
                    const fal_loop *loop);
/* Sends a signal to the command and all that it has started. */
void fal_child_kill(const fal_child *c, int signal);
/* Kills it if it still runs, and takes it from the loop; never waits. */
void fal_child_free(fal_child *c);

#endif
