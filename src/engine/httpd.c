/*
** The daemon, its two descriptors in the reactor, and the queue of requests.
**
** MHD runs in epoll mode without a thread: its epoll descriptor is one
** pollable. A suspended connection is not in that set, so a second one, our
** own, reports peers that hang up while they wait for an answer.
*/
#include "httpd.h"

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_LIMIT (16 * 1024)     /* request line and headers, and buffers */
#define CONNECTION_LIMIT (1 << 20) /* the process' own limit comes first */
#define ROUNDS 4                   /* MHD needs a few to finish an answer */
#define HANGUPS 64

#define SERVER_OF(p, member) \
  ((fal_httpd *)(void *)((char *)(p) - offsetof(fal_httpd, member)))

/*
** Callbacks of MHD. No Lua here, and nothing that waits.
*/

static void *on_target(void *closure, const char *target,
                       struct MHD_Connection *conn) {
  return fal_inbound_new(closure, conn, target != NULL ? target : "");
}

static void enqueue(fal_httpd *h, fal_inbound *r) {
  r->queued = 1;
  if (h->last != NULL) h->last->later = r;
  else h->first = r;
  h->last = r;
  h->loop->signal(h->loop->reactor, &h->signal);
}

static int complete(fal_httpd *h, fal_inbound *r) {
  if (h->closing || fal_inbound_complete(r) != 0) return -1;
  enqueue(h, r);
  return 0;
}

/* Called with the head, with each piece of the body, at the end, and then
   again whenever MHD wonders whether there is an answer. */
static enum MHD_Result on_request(void *closure, struct MHD_Connection *conn,
                                  const char *url, const char *method,
                                  const char *version, const char *data,
                                  size_t *size, void **context) {
  fal_httpd *h = closure;
  fal_inbound *r = *context;
  size_t len = *size;
  int rc;
  (void)conn, (void)url;
  *size = 0;
  if (r == NULL) return MHD_NO;
  if (r->state != FAL_INBOUND_ARRIVING) rc = fal_inbound_again(r);
  else if (!r->begun) rc = fal_inbound_begin(r, method, version);
  else if (len > 0) rc = fal_inbound_add(r, data, len);
  else rc = complete(h, r);
  return rc == 0 ? MHD_YES : MHD_NO;
}

static void on_over(void *closure, struct MHD_Connection *conn, void **context,
                    enum MHD_RequestTerminationCode how) {
  (void)closure, (void)conn;
  if (*context != NULL)
    fal_inbound_over(*context, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
  *context = NULL;
}

static void on_connection(void *closure, struct MHD_Connection *conn,
                          void **context, enum MHD_ConnectionNotificationCode
                          what) {
  static const int on = 1;
  (void)closure, (void)context;
  if (what == MHD_CONNECTION_NOTIFY_STARTED)
    setsockopt(MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD)
                   ->connect_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* Percent-encoding is left alone: we use the target as it was sent. */
static size_t on_unescape(void *closure, struct MHD_Connection *conn,
                          char *text) {
  (void)closure, (void)conn;
  return strlen(text);
}

/*
** The reactor's side
*/

/* Milliseconds until MHD wants to run. That connections were resumed it does
   not count. */
static int due(const fal_httpd *h) {
  MHD_UNSIGNED_LONG_LONG ms;
  if (h->resumed) return 0;
  if (MHD_get_timeout(h->daemon, &ms) != MHD_YES) return -1;
  return ms > INT_MAX ? INT_MAX : (int)ms;
}

static int daemon_timeout(fal_pollable *p) {
  return due(SERVER_OF(p, daemon_side));
}

/* Runs MHD until it has nothing to do at once, or somebody has an answer to
   give first. */
static void run(fal_httpd *h) {
  int rounds = 0;
  h->turn++;
  do {
    h->resumed = 0;
    MHD_run(h->daemon);
  } while (++rounds < ROUNDS && h->pending == 0 && due(h) == 0);
}

static void daemon_step(fal_pollable *p) {
  run(SERVER_OF(p, daemon_side));
}

static void watch_step(fal_pollable *p) {
  struct epoll_event events[HANGUPS];
  int i, n = epoll_wait(p->fd, events, HANGUPS, 0);
  for (i = 0; i < n; i++) fal_inbound_hung_up(events[i].data.ptr);
}

fal_inbound *fal_httpd_next(fal_httpd *h) {
  fal_inbound *r = h->first;
  if (r == NULL) {
    h->loop->forget(h->loop->reactor, &h->signal);
    h->signal.set = 0;
    return NULL;
  }
  h->first = r->later;
  if (h->first == NULL) h->last = NULL;
  r->later = NULL;
  r->queued = 0;
  r->taken = 1;
  return r;
}

size_t fal_httpd_connections(const fal_httpd *h) {
  return MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
      ->num_connections;
}

/*
** Opening and closing
*/

static int listen_at(const struct addrinfo *a) {
  static const int on = 1;
  int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                  a->ai_protocol);
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
    return fd;
  close(fd);
  return -1;
}

/* A listening socket, or -1 and the reason. */
static int listen_on(const char *host, int port, char *why, size_t size) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
  struct addrinfo *list, *a;
  char service[16];
  int fd = -1, rc;
  snprintf(service, sizeof service, "%d", port);
  rc = getaddrinfo(host, service, &hints, &list);
  if (rc != 0) {
    snprintf(why, size, "%s", gai_strerror(rc));
    return -1;
  }
  for (a = list; a != NULL && fd < 0; a = a->ai_next) fd = listen_at(a);
  if (fd < 0) snprintf(why, size, "%s", strerror(errno));
  freeaddrinfo(list);
  return fd;
}

static int port_of(int fd) {
  struct sockaddr_storage at;
  socklen_t len = sizeof at;
  if (getsockname(fd, (struct sockaddr *)&at, &len) != 0) return -1;
  return ntohs(at.ss_family == AF_INET6
                   ? ((struct sockaddr_in6 *)&at)->sin6_port
                   : ((struct sockaddr_in *)&at)->sin_port);
}

/* TURBO: MHD tries to read and write before it asks whether it can, and does
   not shut a socket down before it closes it, so a reset stays a reset. */
static struct MHD_Daemon *start_daemon(fal_httpd *h, int fd) {
  return MHD_start_daemon(
      MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL, NULL,
      on_request, h, MHD_OPTION_LISTEN_SOCKET, fd,
      MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTION_LIMIT,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_LIMIT,
      MHD_OPTION_URI_LOG_CALLBACK, on_target, h,
      MHD_OPTION_UNESCAPE_CALLBACK, on_unescape, NULL,
      MHD_OPTION_NOTIFY_COMPLETED, on_over, NULL,
      MHD_OPTION_NOTIFY_CONNECTION, on_connection, NULL,
      MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
}

static int start(fal_httpd *h, int fd) {
  h->port = port_of(fd);
  h->daemon = start_daemon(h, fd);
  if (h->daemon == NULL) return -1;
  h->daemon_side.fd =
      MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
  h->daemon_side.timeout = daemon_timeout;
  h->daemon_side.step = daemon_step;
  h->watch_side.fd = epoll_create1(EPOLL_CLOEXEC);
  h->watch_side.step = watch_step;
  MHD_run(h->daemon); /* it begins to listen in its first run only */
  if (h->watch_side.fd < 0) return -1;
  if (h->loop->adopt(h->loop->reactor, &h->daemon_side) != 0) return -1;
  if (h->loop->adopt(h->loop->reactor, &h->watch_side) == 0) return 0;
  h->loop->release(h->loop->reactor, &h->daemon_side);
  return -1;
}

static void stop(fal_httpd *h) {
  if (h->daemon != NULL) MHD_stop_daemon(h->daemon);
  if (h->watch_side.fd >= 0) close(h->watch_side.fd);
  free(h->spool_dir);
  h->daemon = NULL;
  h->watch_side.fd = -1;
  h->spool_dir = NULL;
}

fal_httpd *fal_httpd_open(const fal_httpd_options *o, const fal_loop *loop,
                          char *why, size_t size) {
  fal_httpd *h;
  int fd = listen_on(o->host, o->port, why, size);
  if (fd < 0) return NULL;
  snprintf(why, size, "out of memory or descriptors");
  h = calloc(1, sizeof *h);
  if (h == NULL) {
    close(fd);
    return NULL;
  }
  h->loop = loop;
  h->spool = o->spool;
  h->spool_dir = strdup(o->spool_dir);
  h->max_body = o->max_body;
  h->watch_side.fd = -1;
  if (h->spool_dir != NULL && start(h, fd) == 0) return h;
  if (h->daemon == NULL) close(fd); /* MHD has not taken it over */
  stop(h);
  free(h);
  return NULL;
}

/* Answers that are complete go out, everything else is cut off. */
void fal_httpd_close(fal_httpd *h) {
  fal_inbound *r;
  if (h->daemon == NULL) return;
  h->loop->release(h->loop->reactor, &h->daemon_side);
  h->loop->release(h->loop->reactor, &h->watch_side);
  h->closing = 1;
  for (r = h->all; r != NULL; r = r->next) fal_inbound_resume(r);
  while ((r = fal_httpd_next(h)) != NULL) fal_inbound_drop(r);
  daemon_step(&h->daemon_side);
  stop(h);
  h->loop->signal(h->loop->reactor, &h->signal);
}

int fal_httpd_is_closed(const fal_httpd *h) { return h->daemon == NULL; }

void fal_httpd_free(fal_httpd *h) {
  if (h == NULL) return;
  fal_httpd_close(h);
  h->loop->forget(h->loop->reactor, &h->signal);
  free(h);
}
