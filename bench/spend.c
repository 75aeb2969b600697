/*
** Runs a command and says what it spent. Usage: spend TIMES COMMAND...
** Prints a line: milliseconds of CPU (user and system) a run, milliseconds of
** wall time a run, and the largest peak of resident memory in KB; then leaves
** with the command's exit status. Its figures are the kernel's own accounts of
** the finished process, so no client has to measure itself. What the command
** prints goes to standard error.
*/
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct account {
  double cpu, wall;  /* ms */
  long peak;         /* KB */
  int status;
} account;

static double ms_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double ms_of(struct timeval t) {
  return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static void run(account *sum, char **command) {
  struct rusage used;
  int status = 0;
  double start = ms_now();
  pid_t child = fork();
  if (child == 0) {
    dup2(2, 1);
    execvp(command[0], command);
    _exit(127);
  }
  if (child < 0 || wait4(child, &status, 0, &used) < 0) exit(126);
  sum->wall += ms_now() - start;
  sum->cpu += ms_of(used.ru_utime) + ms_of(used.ru_stime);
  if (used.ru_maxrss > sum->peak) sum->peak = used.ru_maxrss;
  if (status != 0) sum->status = WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

int main(int argc, char **argv) {
  account sum = {0};
  int times = argc > 2 ? atoi(argv[1]) : 0;
  if (times < 1) {
    fprintf(stderr, "usage: spend TIMES COMMAND...\n");
    return 2;
  }
  for (int i = 0; i < times; i++) run(&sum, argv + 2);
  printf("%.3f %.3f %ld\n", sum.cpu / times, sum.wall / times, sum.peak);
  return sum.status;
}
