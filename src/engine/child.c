/*
** Commands, by posix_spawn. The end is told by a pidfd; where the system has
** none, waitpid is asked every now and then.
*/
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reactor.h"

#ifdef __linux__
#include <sys/syscall.h>
#endif

#ifdef __APPLE__
#include <crt_externs.h>
#define environ (*_NSGetEnviron())
#else
extern char **environ;
#endif

#define LOOK_US 20000  /* between two looks without a descriptor */
#define UNKNOWN (127 << 8)  /* what the shell's 'wait' says of such a child */

static int end_descriptor(pid_t pid) {
#ifdef SYS_pidfd_open
  return (int)syscall(SYS_pidfd_open, pid, 0);
#else
  (void)pid;
  return -1;
#endif
}

/* ------------------------------------------------------------------ */

static void leave_loop(fal_child *c) {
  c->loop->release(c->loop->reactor, &c->side);
  if (c->side.fd >= 0) close(c->side.fd);
  c->side.fd = -1;
}

static void look(fal_pollable *p) {
  fal_child *c = (fal_child *)p;
  pid_t ended = waitpid(c->pid, &c->status, WNOHANG);
  c->due = fal_now_us() + LOOK_US;
  if (ended == 0 || (ended < 0 && errno == EINTR)) return;
  if (ended < 0) c->status = UNKNOWN;  /* in a process that ignores SIGCHLD */
  c->pid = 0;
  leave_loop(c);
  c->loop->signal(c->loop->reactor, &c->signal);
}

static int until_look(fal_pollable *p) {
  int64_t left = ((fal_child *)p)->due - fal_now_us();
  if (p->fd >= 0) return -1;
  return left <= 0 ? 0 : (int)(left / 1000) + 1;
}

static void join_loop(fal_child *c, const fal_loop *loop) {
  c->loop = loop;
  c->due = fal_now_us();
  c->side.timeout = until_look;
  c->side.step = look;
  c->side.fd = end_descriptor(c->pid);
  if (loop->adopt(loop->reactor, &c->side) == 0) return;
  if (c->side.fd >= 0) close(c->side.fd);
  c->side.fd = -1;
  loop->adopt(loop->reactor, &c->side);  /* cannot fail without one */
}

/* ------------------------------------------------------------------ */

static int redirect(posix_spawn_file_actions_t *actions, const char *output) {
  int fault = posix_spawn_file_actions_addopen(actions, STDIN_FILENO,
                                               "/dev/null", O_RDONLY, 0);
  if (fault == 0 && output != NULL)
    fault = posix_spawn_file_actions_addopen(actions, STDERR_FILENO, output,
                                             O_WRONLY | O_CREAT | O_TRUNC,
                                             0666);
  if (fault != 0) return fault;
  return posix_spawn_file_actions_adddup2(actions, STDERR_FILENO,
                                          STDOUT_FILENO);
}

/* A group of its own, and signals as in a new shell. */
static int separate(posix_spawnattr_t *attributes) {
  sigset_t usual, none;
  sigemptyset(&none);
  sigemptyset(&usual);
  sigaddset(&usual, SIGINT);
  sigaddset(&usual, SIGPIPE);
  sigaddset(&usual, SIGTERM);
  posix_spawnattr_setpgroup(attributes, 0);
  posix_spawnattr_setsigmask(attributes, &none);
  posix_spawnattr_setsigdefault(attributes, &usual);
  return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP |
                                  POSIX_SPAWN_SETSIGMASK |
                                  POSIX_SPAWN_SETSIGDEF);
}

int fal_child_start(fal_child *c, char *const words[], const char *output,
                    const fal_loop *loop) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  pid_t pid = 0;
  int fault = posix_spawn_file_actions_init(&actions);
  if (fault != 0) return fault;
  fault = posix_spawnattr_init(&attributes);
  if (fault == 0) {
    fault = redirect(&actions, output);
    if (fault == 0) fault = separate(&attributes);
    if (fault == 0)
      fault = posix_spawnp(&pid, words[0], &actions, &attributes, words,
                           environ);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  if (fault != 0) return fault;
  c->pid = pid;
  join_loop(c, loop);
  return 0;
}

void fal_child_kill(const fal_child *c, int signal) {
  if (c->pid != 0) kill(-c->pid, signal);
}

void fal_child_free(fal_child *c) {
  if (c->loop == NULL) return;
  if (c->pid != 0) {
    fal_child_kill(c, SIGKILL);
    waitpid(c->pid, &c->status, WNOHANG);
    leave_loop(c);
    c->pid = 0;
  }
  c->loop->forget(c->loop->reactor, &c->signal);
  c->loop = NULL;
}
