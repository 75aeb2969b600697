/*
** epoll and kqueue, each in three short functions.
*/
#include "poller.h"

#include <errno.h>
#include <unistd.h>

#define BATCH 64

static int no_events(int *interrupted) {
  *interrupted = (errno == EINTR);
  return *interrupted ? 0 : -1;
}

void fal_poller_close(int poller) {
  if (poller >= 0) close(poller);
}

#if defined(__linux__)

#include <sys/epoll.h>

int fal_poller_open(void) { return epoll_create1(EPOLL_CLOEXEC); }

int fal_poller_watch(int poller, int fd, int had, int want) {
  struct epoll_event ev = {0};
  ev.events = ((want & FAL_READ) ? EPOLLIN : 0u) |
              ((want & FAL_WRITE) ? EPOLLOUT : 0u);
  ev.data.fd = fd;
  if (want == 0) return epoll_ctl(poller, EPOLL_CTL_DEL, fd, &ev);
  if (epoll_ctl(poller, had ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev) == 0)
    return 0;
  /* a descriptor closed and opened again behind our back */
  if (errno == ENOENT) return epoll_ctl(poller, EPOLL_CTL_ADD, fd, &ev);
  if (errno == EEXIST) return epoll_ctl(poller, EPOLL_CTL_MOD, fd, &ev);
  return -1;
}

int fal_poller_wait(int poller, fal_poll_event *events, int max, int ms,
                    int *interrupted) {
  struct epoll_event found[BATCH];
  int n = epoll_wait(poller, found, max < BATCH ? max : BATCH, ms);
  *interrupted = 0;
  if (n < 0) return no_events(interrupted);
  for (int i = 0; i < n; i++) {
    unsigned got = found[i].events;
    events[i].fd = found[i].data.fd;
    events[i].ready = ((got & EPOLLIN) ? FAL_READ : 0) |
                      ((got & EPOLLOUT) ? FAL_WRITE : 0) |
                      ((got & (EPOLLERR | EPOLLHUP)) ? FAL_HANGUP : 0);
  }
  return n;
}

#else

#include <sys/types.h>

#include <sys/event.h>
#include <sys/time.h>

int fal_poller_open(void) { return kqueue(); }

static int change(int poller, int fd, int filter, int had, int want) {
  struct kevent ev;
  if (had == want) return 0;
  EV_SET(&ev, fd, filter, want ? EV_ADD : EV_DELETE, 0, 0, NULL);
  return kevent(poller, &ev, 1, NULL, 0, NULL);
}

int fal_poller_watch(int poller, int fd, int had, int want) {
  int bad = change(poller, fd, EVFILT_READ, !!(had & FAL_READ),
                   !!(want & FAL_READ));
  bad |= change(poller, fd, EVFILT_WRITE, !!(had & FAL_WRITE),
                !!(want & FAL_WRITE));
  return (bad && want != 0) ? -1 : 0;
}

int fal_poller_wait(int poller, fal_poll_event *events, int max, int ms,
                    int *interrupted) {
  struct kevent found[BATCH];
  struct timespec limit = {ms / 1000, (long)(ms % 1000) * 1000000L};
  int n = kevent(poller, NULL, 0, found, max < BATCH ? max : BATCH,
                 ms < 0 ? NULL : &limit);
  *interrupted = 0;
  if (n < 0) return no_events(interrupted);
  for (int i = 0; i < n; i++) {
    events[i].fd = (int)found[i].ident;
    events[i].ready = (found[i].filter == EVFILT_READ ? FAL_READ : FAL_WRITE) |
                      ((found[i].flags & EV_EOF) ? FAL_HANGUP : 0);
  }
  return n;
}

#endif
