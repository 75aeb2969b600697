/*
** The reactor. libcurl runs by its socket and timer callbacks, so that one
** descriptor (the poller's) stands for everything that can happen.
*/
#include "reactor.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "poller.h"
#include "reactor_transfer.h"

#define EVENTS 64       /* taken from the poller at a time */
#define SPARE_HANDLES 64  /* idle curl handles kept for the next transfer */
#define NEVER INT64_MAX
#define SECOND_LOOK 100000  /* us until libcurl, in trouble, is asked again */

struct fal_reactor {
  pid_t owner;       /* a forked process shares poller and connections */
  CURLM *multi;
  int poller;
  int64_t curl_due;  /* when libcurl wants to be called; NEVER */
  fal_timer **heap;  /* heap[1 .. timers], the earliest first */
  size_t timers, heap_cap;
  fal_pollable *pollables;
  fal_signal *ready_first, *ready_last;
  fal_prepare *prepare;
  fal_finished *finished;
  CURL *spare[SPARE_HANDLES];
  int spares;
  int lent;                              /* handles in transfers' hands */
  fal_turn *waiting_first, *waiting_last;  /* for a place among the running */
  long running, max_running;
};

int64_t fal_now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t fal_us(double seconds) {
  const double most = 10.0 * 365 * 86400;
  if (!(seconds > 0)) return 0;
  if (seconds > most) seconds = most;
  double us = seconds * 1e6;
  int64_t whole = (int64_t)us;
  return whole < us ? whole + 1 : whole;
}

static int ms_of(int64_t us) {
  if (us <= 0) return 0;
  int64_t ms = (us + 999) / 1000;  /* up: never wake too early */
  return ms > INT_MAX ? INT_MAX : (int)ms;
}

int fal_ms(double seconds) { return ms_of(fal_us(seconds)); }

/* ------------------------------------------------------------------
** Signals: a first-in first-out list through the signals themselves.
*/

void fal_reactor_signal(void *reactor, fal_signal *s) {
  fal_reactor *r = reactor;
  s->set = 1;
  if (s->queued) return;
  s->queued = 1;
  s->next = NULL;
  if (r->ready_last != NULL) r->ready_last->next = s;
  else r->ready_first = s;
  r->ready_last = s;
}

fal_signal *fal_reactor_ready(fal_reactor *r) {
  fal_signal *s = r->ready_first;
  if (s == NULL) return NULL;
  r->ready_first = s->next;
  if (r->ready_first == NULL) r->ready_last = NULL;
  s->queued = 0;
  return s;
}

void fal_reactor_forget(void *reactor, fal_signal *s) {
  fal_reactor *r = reactor;
  fal_signal *before = NULL;
  if (!s->queued) return;
  for (fal_signal *at = r->ready_first; at != s; at = at->next) before = at;
  if (before != NULL) before->next = s->next;
  else r->ready_first = s->next;
  if (r->ready_last == s) r->ready_last = before;
  s->queued = 0;
}

/* ------------------------------------------------------------------
** Timers: a binary heap; each timer knows its place, so it can leave.
*/

static void place(fal_reactor *r, size_t i, fal_timer *t) {
  r->heap[i] = t;
  t->place = i;
}

static void sift_up(fal_reactor *r, size_t i, fal_timer *t) {
  for (; i > 1 && r->heap[i / 2]->due > t->due; i /= 2)
    place(r, i, r->heap[i / 2]);
  place(r, i, t);
}

static void sift_down(fal_reactor *r, size_t i, fal_timer *t) {
  for (size_t child; (child = 2 * i) <= r->timers; i = child) {
    if (child < r->timers && r->heap[child + 1]->due < r->heap[child]->due)
      child++;
    if (r->heap[child]->due >= t->due) break;
    place(r, i, r->heap[child]);
  }
  place(r, i, t);
}

static int heap_room(fal_reactor *r) {
  if (r->timers + 1 < r->heap_cap) return 0;
  size_t cap = r->heap_cap < 16 ? 16 : r->heap_cap * 2;
  fal_timer **heap = realloc(r->heap, cap * sizeof *heap);
  if (heap == NULL) return -1;
  r->heap = heap;
  r->heap_cap = cap;
  return 0;
}

int fal_timer_start(fal_reactor *r, fal_timer *t, int64_t us) {
  fal_timer_stop(r, t);
  if (heap_room(r) != 0) return -1;
  t->due = fal_now_us() + us;
  sift_up(r, ++r->timers, t);
  return 0;
}

void fal_timer_stop(fal_reactor *r, fal_timer *t) {
  size_t hole = t->place;
  if (hole == 0) return;
  t->place = 0;
  fal_timer *last = r->heap[r->timers--];
  if (last == t) return;
  if (hole > 1 && r->heap[hole / 2]->due > last->due) sift_up(r, hole, last);
  else sift_down(r, hole, last);
}

static void fire_due(fal_reactor *r) {
  int64_t now = fal_now_us();
  while (r->timers > 0 && r->heap[1]->due <= now) {
    fal_timer *t = r->heap[1];
    fal_timer_stop(r, t);
    t->fire(t);
  }
}

/* ------------------------------------------------------------------
** libcurl: its callbacks only note what it wants.
*/

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *reactor,
                     void *known) {
  fal_reactor *r = reactor;
  int had = (int)(intptr_t)known;
  int want = what == CURL_POLL_REMOVE ? 0 : what & (FAL_READ | FAL_WRITE);
  (void)easy;
  fal_poller_watch(r->poller, fd, had, want);
  curl_multi_assign(r->multi, fd, (void *)(intptr_t)want);
  return 0;
}

static int on_curl_timer(CURLM *multi, long ms, void *reactor) {
  fal_reactor *r = reactor;
  (void)multi;
  r->curl_due = ms < 0 ? NEVER : fal_now_us() + (int64_t)ms * 1000;
  return 0;
}

static void collect_finished(fal_reactor *r) {
  CURLMsg *msg;
  int left;
  while ((msg = curl_multi_info_read(r->multi, &left)) != NULL) {
    char *owner = NULL;
    if (msg->msg != CURLMSG_DONE) continue;
    CURLcode code = msg->data.result;
    curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &owner);
    r->finished(owner, code);
  }
}

/* Out of memory, libcurl may lose sight of a socket, and forgets to say when it
   wants to be called: then the time limits end the transfer. */
static void curl_step(fal_reactor *r, curl_socket_t fd, int ready) {
  int running;
  int mask = ((ready & FAL_READ) ? CURL_CSELECT_IN : 0) |
             ((ready & FAL_WRITE) ? CURL_CSELECT_OUT : 0) |
             ((ready & FAL_HANGUP) ? CURL_CSELECT_ERR : 0);
  CURLMcode code = curl_multi_socket_action(r->multi, fd, mask, &running);
  if (code != CURLM_OK) r->curl_due = fal_now_us() + SECOND_LOOK;
}

void fal_reactor_serve(fal_reactor *r, fal_prepare *prepare,
                       fal_finished *finished) {
  r->prepare = prepare;
  r->finished = finished;
}

static CURLcode lend(fal_reactor *r, fal_turn *turn) {
  if (turn->easy != NULL) return CURLE_OK;
  turn->easy = r->spares > 0 ? r->spare[--r->spares] : curl_easy_init();
  if (turn->easy == NULL) return CURLE_OUT_OF_MEMORY;
  r->lent++;
  return r->prepare(turn->owner, turn->easy);
}

void fal_reactor_return(fal_reactor *r, fal_turn *turn) {
  CURL *easy = turn->easy;
  if (easy == NULL) return;
  turn->easy = NULL;
  r->lent--;
  if (r->spares == SPARE_HANDLES) {
    curl_easy_cleanup(easy);
    return;
  }
  curl_easy_reset(easy);
  r->spare[r->spares++] = easy;
}

static int start_turn(fal_reactor *r, fal_turn *turn) {
  if (curl_multi_add_handle(r->multi, turn->easy) != CURLM_OK) return -1;
  turn->state = FAL_TURN_RUNNING;
  r->running++;
  return 0;
}

static void join_queue(fal_reactor *r, fal_turn *turn) {
  turn->state = FAL_TURN_WAITING;
  turn->next = NULL;
  turn->prev = r->waiting_last;
  if (turn->prev != NULL) turn->prev->next = turn;
  else r->waiting_first = turn;
  r->waiting_last = turn;
}

static void leave_queue(fal_reactor *r, fal_turn *turn) {
  if (turn->prev != NULL) turn->prev->next = turn->next;
  else r->waiting_first = turn->next;
  if (turn->next != NULL) turn->next->prev = turn->prev;
  else r->waiting_last = turn->prev;
  turn->state = FAL_TURN_NONE;
}

/* A handle that libcurl cannot take now stays in the queue. */
static void start_waiting(fal_reactor *r) {
  while (r->running < r->max_running && r->waiting_first != NULL) {
    fal_turn *turn = r->waiting_first;
    leave_queue(r, turn);
    CURLcode fault = lend(r, turn);
    if (fault != CURLE_OK) {
      r->finished(turn->owner, fault);
    } else if (start_turn(r, turn) != 0) {
      join_queue(r, turn);
      return;
    }
  }
}

CURLcode fal_reactor_run(fal_reactor *r, fal_turn *turn, int urgent) {
  if (!urgent && r->running >= r->max_running) {
    join_queue(r, turn);
    return CURLE_OK;
  }
  CURLcode fault = lend(r, turn);
  if (fault != CURLE_OK) return fault;
  return start_turn(r, turn) == 0 ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

void fal_reactor_stop(fal_reactor *r, fal_turn *turn) {
  if (turn->state == FAL_TURN_WAITING) {
    leave_queue(r, turn);
  } else if (turn->state == FAL_TURN_RUNNING) {
    curl_multi_remove_handle(r->multi, turn->easy);
    r->running--;
  }
  turn->state = FAL_TURN_NONE;
}

void fal_reactor_max_connections(fal_reactor *r, long n) {
  r->max_running = n;
  curl_multi_setopt(r->multi, CURLMOPT_MAXCONNECTS, n);
}

long fal_reactor_most(const fal_reactor *r) { return r->max_running; }

/* ------------------------------------------------------------------
** Pollables
*/

int fal_reactor_adopt(void *reactor, fal_pollable *p) {
  fal_reactor *r = reactor;
  if (p->fd >= 0 && fal_poller_watch(r->poller, p->fd, 0, FAL_READ) != 0)
    return -1;
  p->prev = NULL;
  p->next = r->pollables;
  if (p->next != NULL) p->next->prev = p;
  r->pollables = p;
  return 0;
}

void fal_reactor_release(void *reactor, fal_pollable *p) {
  fal_reactor *r = reactor;
  if (p->fd >= 0) fal_poller_watch(r->poller, p->fd, FAL_READ, 0);
  if (p->prev != NULL) p->prev->next = p->next;
  else r->pollables = p->next;
  if (p->next != NULL) p->next->prev = p->prev;
  p->prev = p->next = NULL;
}

static fal_pollable *pollable_of(const fal_reactor *r, int fd) {
  fal_pollable *p = r->pollables;
  while (p != NULL && p->fd != fd) p = p->next;
  return p;
}

static int pollable_timeout(fal_pollable *p) {
  return p->timeout != NULL ? p->timeout(p) : -1;
}

/* A step may release its own pollable, never another one. */
static void step_due_pollables(fal_reactor *r) {
  for (fal_pollable *p = r->pollables, *next; p != NULL; p = next) {
    next = p->next;
    if (pollable_timeout(p) == 0) p->step(p);
  }
}

/* ------------------------------------------------------------------
** The loop
*/

static int ms_until(int64_t due) { return ms_of(due - fal_now_us()); }

static int sooner(int a, int b) {
  if (a < 0) return b;
  return (b < 0 || a < b) ? a : b;
}

int fal_reactor_timeout(const fal_reactor *r) {
  int ms = r->ready_first != NULL ? 0 : -1;
  if (r->curl_due != NEVER) ms = sooner(ms, ms_until(r->curl_due));
  if (r->timers > 0) ms = sooner(ms, ms_until(r->heap[1]->due));
  for (fal_pollable *p = r->pollables; p != NULL; p = p->next)
    ms = sooner(ms, pollable_timeout(p));
  return ms;
}

static void dispatch(fal_reactor *r, const fal_poll_event *e) {
  fal_pollable *p = pollable_of(r, e->fd);
  if (p != NULL) p->step(p);
  else curl_step(r, e->fd, e->ready);
}

static void run_due(fal_reactor *r) {
  if (r->curl_due <= fal_now_us()) {
    r->curl_due = NEVER;
    curl_step(r, CURL_SOCKET_TIMEOUT, 0);
  }
  step_due_pollables(r);
  collect_finished(r);
  fire_due(r);
  start_waiting(r);
}

int fal_reactor_step(fal_reactor *r, int ms) {
  fal_poll_event events[EVENTS];
  int interrupted;
  if (getpid() != r->owner) return FAL_STEP_FAILED;
  int n = fal_poller_wait(r->poller, events, EVENTS,
                          sooner(ms, fal_reactor_timeout(r)), &interrupted);
  if (n < 0) return FAL_STEP_FAILED;
  for (int i = 0; i < n; i++) dispatch(r, &events[i]);
  run_due(r);
  return interrupted ? FAL_STEP_INTERRUPTED : FAL_STEP_OK;
}

int fal_reactor_fd(const fal_reactor *r) { return r->poller; }

void fal_reactor_census(const fal_reactor *r, fal_census *c) {
  c->transfers = r->lent;
  for (fal_turn *t = r->waiting_first; t != NULL; t = t->next) c->transfers++;
  c->timers = (int)r->timers;
  c->pollables = 0;
  for (fal_pollable *p = r->pollables; p != NULL; p = p->next) c->pollables++;
}

static int open_parts(fal_reactor *r) {
  r->poller = fal_poller_open();
  if (r->poller < 0) return -1;
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return -1;
  r->multi = curl_multi_init();
  if (r->multi == NULL) return -1;
  curl_multi_setopt(r->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(r->multi, CURLMOPT_SOCKETDATA, r);
  curl_multi_setopt(r->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
  curl_multi_setopt(r->multi, CURLMOPT_TIMERDATA, r);
  return 0;
}

fal_reactor *fal_reactor_new(void) {
  fal_reactor *r = calloc(1, sizeof *r);
  if (r == NULL) return NULL;
  r->owner = getpid();
  r->poller = -1;
  r->curl_due = NEVER;
  r->max_running = 64;
  if (open_parts(r) == 0) return r;
  fal_reactor_free(r);
  return NULL;
}

/* In a forked process nothing may be said on the connections any more: they are
   those of the other one. */
void fal_reactor_free(fal_reactor *r) {
  if (getpid() != r->owner) return;
  while (r->spares > 0) curl_easy_cleanup(r->spare[--r->spares]);
  if (r->multi != NULL) curl_multi_cleanup(r->multi);
  fal_poller_close(r->poller);
  free(r->heap);
  free(r);
}
