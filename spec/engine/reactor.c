/*
** The reactor without curl transfers: timers, signals, pollables, interrupts,
** and what it tells a host that sleeps for it.
*/
#include "reactor.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define MANY 10000

/* ------------------------------------------------------------------
** Timers
*/

typedef struct bell {
  fal_timer timer;
  fal_reactor *reactor;
  int rang, order;
  int64_t again;  /* starts itself again after so long, once */
} bell;

static int rings;

static void ring(fal_timer *t) {
  bell *b = (bell *)t;
  b->rang++;
  b->order = ++rings;
  if (b->again > 0) {
    int64_t us = b->again;
    b->again = 0;
    fal_timer_start(b->reactor, t, us);
  }
}

static bell *new_bells(fal_reactor *r, size_t n) {
  bell *all = calloc(n, sizeof *all);
  rings = 0;
  for (size_t i = 0; i < n; i++) {
    all[i].timer.fire = ring;
    all[i].reactor = r;
  }
  return all;
}

static void step_until(fal_reactor *r, const bell *b) {
  for (int i = 0; i < 1000 && b->rang == 0; i++) fal_reactor_step(r, 100);
}

static void timers_ring_in_order(void) {
  fal_reactor *r = fal_reactor_new();
  bell *b = new_bells(r, 3);
  fal_census census;
  fal_timer_start(r, &b[0].timer, 60000);
  fal_timer_start(r, &b[1].timer, 20000);
  fal_timer_start(r, &b[2].timer, 40000);
  fal_reactor_census(r, &census);
  check(census.timers == 3, "%d timers", census.timers);
  step_until(r, &b[0]);
  check(b[1].order == 1 && b[2].order == 2 && b[0].order == 3, "order");
  fal_reactor_census(r, &census);
  check(census.timers == 0, "%d timers", census.timers);
  free(b);
  fal_reactor_free(r);
}

static void timers_never_ring_early(void) {
  fal_reactor *r = fal_reactor_new();
  bell *b = new_bells(r, 1);
  for (int i = 0; i < 20; i++) {
    int64_t start = fal_now_us();
    b->rang = 0;
    fal_timer_start(r, &b->timer, 1500);
    int ms = fal_reactor_timeout(r), late = fal_now_us() - start >= 1500;
    check((ms >= 1 || late) && ms <= 2, "%d ms", ms);
    step_until(r, b);
    check(fal_now_us() - start >= 1500, "early");
  }
  free(b);
  fal_reactor_free(r);
}

static void timers_stop_and_start_again(void) {
  fal_reactor *r = fal_reactor_new();
  bell *b = new_bells(r, 3);
  fal_timer_start(r, &b[0].timer, 1000);
  fal_timer_stop(r, &b[0].timer);
  fal_timer_stop(r, &b[0].timer);
  fal_timer_start(r, &b[1].timer, 900000000);
  fal_timer_start(r, &b[1].timer, 500);
  b[2].again = 1000;
  fal_timer_start(r, &b[2].timer, 0);
  for (int i = 0; i < 1000 && b[2].rang < 2; i++) fal_reactor_step(r, 100);
  check(b[0].rang == 0, "a stopped timer rang");
  check(b[1].rang == 1, "a moved timer rang %d times", b[1].rang);
  check(b[2].rang == 2, "a repeated timer rang %d times", b[2].rang);
  check(fal_reactor_timeout(r) == -1, "nothing is left");
  free(b);
  fal_reactor_free(r);
}

/* Starts and stops many in no order; the rest ring in the order of their due
   times. */
static void many_timers_keep_their_order(void) {
  fal_reactor *r = fal_reactor_new();
  bell *b = new_bells(r, MANY);
  unsigned seed = 7;
  int expected = 0, wrong = 0;
  for (int i = 0; i < MANY; i++) {
    seed = seed * 1103515245u + 12345u;
    fal_timer_start(r, &b[i].timer, 1000 + (seed >> 16) % 5000);
  }
  for (int i = 0; i < MANY; i += 3) fal_timer_stop(r, &b[i].timer);
  for (int i = 0; i < MANY; i++) expected += i % 3 != 0;
  for (int i = 0; i < 10000 && rings < expected; i++) fal_reactor_step(r, 100);
  bell **by_order = calloc((size_t)expected + 1, sizeof *by_order);
  for (int i = 0; i < MANY; i++)
    if (b[i].order > 0 && b[i].order <= expected) by_order[b[i].order] = &b[i];
  for (int i = 2; i <= expected; i++)
    wrong += by_order[i - 1]->timer.due > by_order[i]->timer.due;
  check(rings == expected, "%d rang of %d", rings, expected);
  check(wrong == 0, "%d out of order", wrong);
  free(by_order);
  free(b);
  fal_reactor_free(r);
}

static void seconds_become_smaller_units(void) {
  const int64_t ten_years = (int64_t)315360000 * 1000000;
  check(fal_us(0) == 0 && fal_us(-5) == 0, "nothing");
  check(fal_us(1.5) == 1500000, "one and a half");
  check(fal_us(1e-9) == 1, "rounds up");
  check(fal_us(1e300) == ten_years, "clamps");
  check(fal_us(1.0 / 0.0 * 0.0) == 0, "not a number");
  check(fal_ms(-1) == 0 && fal_ms(0.0011) == 2, "milliseconds, rounded up");
  check(fal_ms(1e300) == INT_MAX, "as many as there are");
}

/* ------------------------------------------------------------------
** Signals
*/

static void signals_come_out_first_in_first_out(void) {
  fal_reactor *r = fal_reactor_new();
  fal_signal s[4];
  memset(s, 0, sizeof s);
  check(fal_reactor_ready(r) == NULL, "nothing yet");
  for (int i = 0; i < 4; i++) fal_reactor_signal(r, &s[i]);
  fal_reactor_signal(r, &s[0]);
  check(fal_reactor_timeout(r) == 0, "somebody is ready");
  fal_reactor_forget(r, &s[0]);
  fal_reactor_forget(r, &s[2]);
  fal_reactor_forget(r, &s[2]);
  check(fal_reactor_ready(r) == &s[1], "the second");
  fal_reactor_signal(r, &s[1]);
  fal_reactor_forget(r, &s[1]);
  check(fal_reactor_ready(r) == &s[3], "the last");
  check(fal_reactor_ready(r) == NULL && s[3].set && !s[3].queued, "the end");
  fal_reactor_signal(r, &s[2]);
  check(fal_reactor_ready(r) == &s[2], "again");
  fal_reactor_free(r);
}

/* ------------------------------------------------------------------
** Pollables
*/

typedef struct pipe_end {
  fal_pollable p;
  fal_reactor *reactor;
  int steps, due, leaves;
} pipe_end;

static void read_one(fal_pollable *p) {
  pipe_end *e = (pipe_end *)p;
  char c;
  e->steps++;
  e->due = -1;
  if (p->fd >= 0 && read(p->fd, &c, 1) != 1) e->steps = -1000;
  if (e->leaves) fal_reactor_release(e->reactor, p);
}

static int when_due(fal_pollable *p) { return ((pipe_end *)p)->due; }

static void pollables_are_stepped(void) {
  fal_reactor *r = fal_reactor_new();
  pipe_end a = {{0}, r, 0, -1, 0}, b = {{0}, r, 0, 5, 1};
  fal_census census;
  int fds[2];
  check(pipe(fds) == 0, "a pipe");
  a.p.fd = fds[0];
  b.p.fd = -1;
  a.p.step = b.p.step = read_one;
  b.p.timeout = when_due;
  check(fal_reactor_adopt(r, &a.p) == 0, "a descriptor");
  check(fal_reactor_adopt(r, &b.p) == 0, "none");
  check(fal_reactor_timeout(r) == 5, "%d ms", fal_reactor_timeout(r));
  fal_reactor_step(r, 0);
  check(a.steps == 0 && b.steps == 0, "nothing was due");
  check(write(fds[1], "x", 1) == 1, "a byte");
  b.due = 0;
  fal_reactor_step(r, 1000);
  check(a.steps == 1, "%d steps for the byte", a.steps);
  check(b.steps == 1, "%d steps for the time", b.steps);
  fal_reactor_census(r, &census);
  check(census.pollables == 1, "%d pollables, one has left", census.pollables);
  fal_reactor_release(r, &a.p);
  check(write(fds[1], "x", 1) == 1, "a byte more");
  fal_reactor_step(r, 0);
  check(a.steps == 1, "a released pollable was stepped");
  close(fds[0]);
  close(fds[1]);
  fal_reactor_free(r);
}

static void refuses_a_descriptor_that_is_none(void) {
  fal_reactor *r = fal_reactor_new();
  pipe_end a = {{0}, r, 0, -1, 0};
  fal_census census;
  int fds[2];
  check(pipe(fds) == 0, "a pipe");
  close(fds[0]);
  close(fds[1]);
  a.p.fd = fds[0];
  a.p.step = read_one;
  check(fal_reactor_adopt(r, &a.p) == -1, "a closed descriptor");
  fal_reactor_census(r, &census);
  check(census.pollables == 0, "it was kept");
  fal_reactor_free(r);
}

/* The one descriptor stands for all: a host may watch it in its own loop. */
static void its_descriptor_is_pollable(void) {
  fal_reactor *r = fal_reactor_new();
  pipe_end a = {{0}, r, 0, -1, 0};
  int fds[2];
  struct pollfd host = {fal_reactor_fd(r), POLLIN, 0};
  check(pipe(fds) == 0, "a pipe");
  a.p.fd = fds[0];
  a.p.step = read_one;
  fal_reactor_adopt(r, &a.p);
  check(poll(&host, 1, 0) == 0, "nothing is ready");
  check(write(fds[1], "x", 1) == 1, "a byte");
  check(poll(&host, 1, 1000) == 1, "the host is woken");
  fal_reactor_step(r, 0);
  check(a.steps == 1, "%d steps", a.steps);
  check(poll(&host, 1, 0) == 0, "and sleeps again");
  fal_reactor_release(r, &a.p);
  close(fds[0]);
  close(fds[1]);
  fal_reactor_free(r);
}

/* ------------------------------------------------------------------
** Interrupts
*/

static void on_alarm(int number) { (void)number; }

/* Again and again: the first may come before the step has begun to wait. */
static void a_signal_ends_the_step(void) {
  fal_reactor *r = fal_reactor_new();
  struct itimerval soon = {{0, 20000}, {0, 20000}}, never = {{0, 0}, {0, 0}};
  struct sigaction sa;
  memset(&sa, 0, sizeof sa);
  sa.sa_handler = on_alarm;
  sigaction(SIGALRM, &sa, NULL);
  setitimer(ITIMER_REAL, &soon, NULL);
  check(fal_reactor_step(r, 10000) == FAL_STEP_INTERRUPTED, "the alarm");
  setitimer(ITIMER_REAL, &never, NULL);
  check(fal_reactor_step(r, 0) == FAL_STEP_OK, "and then nothing");
  fal_reactor_free(r);
}

static void is_not_for_a_forked_process(void) {
  fal_reactor *r = fal_reactor_new();
  int status = 0;
  pid_t child = fork();
  if (child == 0) {
    int refused = fal_reactor_step(r, 0) == FAL_STEP_FAILED;
    fal_reactor_free(r);
    _exit(refused ? 7 : 1);
  }
  check(child > 0 && waitpid(child, &status, 0) == child, "forked");
  check(WIFEXITED(status) && WEXITSTATUS(status) == 7, "%d", status);
  check(fal_reactor_step(r, 0) == FAL_STEP_OK, "ours goes on");
  fal_reactor_free(r);
}

int main(void) {
  timers_ring_in_order();
  timers_never_ring_early();
  timers_stop_and_start_again();
  many_timers_keep_their_order();
  seconds_become_smaller_units();
  signals_come_out_first_in_first_out();
  pollables_are_stepped();
  refuses_a_descriptor_that_is_none();
  its_descriptor_is_pollable();
  a_signal_ends_the_step();
  is_not_for_a_forked_process();
  return check_result();
}
