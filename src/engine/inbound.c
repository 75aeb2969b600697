/*
** A request's life. MHD calls us while it reads the request and while it
** sends a stream; in between the connection is suspended and MHD does not
** look at it, so we watch its socket for a peer that hangs up.
**
** A request that was just completed is not suspended at once: most are
** answered before the reactor's next turn, and suspending costs four system
** calls. Only when MHD still asks some steps later it is put to sleep.
*/
#include "inbound.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "httpd.h"

#define MAX_HEAD (256 * 1024)
#define STREAM_BLOCK 1024
#define FILE_BLOCK (128 * 1024) /* of a file, read at a time */
#define PATIENCE 2 /* steps: the reactor may take two in the turn of arrival */

fal_inbound *fal_inbound_new(fal_httpd *h, struct MHD_Connection *conn,
                             const char *target) {
  fal_inbound *r = calloc(1, sizeof *r);
  if (r == NULL) return NULL;
  fal_bytes_init(&r->head, MAX_HEAD);
  fal_bytes_init(&r->out, (size_t)-1 / 2);
  fal_spool_init(&r->body, h->spool);
  fal_bytes_add(&r->head, target, strlen(target) + 1);
  r->server = h;
  r->loop = h->loop;
  r->conn = conn;
  r->next = h->all;
  if (h->all != NULL) h->all->prev = r;
  h->all = r;
  h->requests++;
  return r;
}

static void destroy(fal_inbound *r) {
  fal_spool_free(&r->body);
  fal_bytes_free(&r->head);
  fal_bytes_free(&r->out);
  free(r);
}

/*
** Reading
*/

static enum MHD_Result add_header(void *closure, enum MHD_ValueKind kind,
                                  const char *name, const char *value) {
  fal_bytes *head = closure;
  char *start = fal_bytes_reserve(head, strlen(name) + 1);
  (void)kind;
  if (start == NULL) return MHD_NO;
  for (; *name != '\0'; name++) *start++ = (char)tolower((unsigned char)*name);
  *start++ = '\0';
  fal_bytes_grown(head, (size_t)(start - (head->data + head->len)));
  if (value == NULL) value = "";
  return fal_bytes_add(head, value, strlen(value) + 1) == 0 ? MHD_YES : MHD_NO;
}

/* The head is complete and stays where it is: point into it. */
static void split_head(fal_inbound *r, size_t method, size_t headers) {
  char *query = strchr(r->head.data, '?');
  if (query != NULL) *query++ = '\0';
  r->path = r->head.data;
  r->query = query;
  r->method = r->head.data + method;
  r->headers = r->head.data + headers;
}

static void refuse_body(fal_inbound *r) {
  static char text[] = "The body is too large.\n";
  struct MHD_Response *reply = MHD_create_response_from_buffer(
      sizeof text - 1, text, MHD_RESPMEM_PERSISTENT);
  if (reply == NULL) return;
  MHD_queue_response(r->conn, MHD_HTTP_CONTENT_TOO_LARGE, reply);
  MHD_destroy_response(reply);
}

int fal_inbound_begin(fal_inbound *r, const char *method,
                      const char *version) {
  size_t at_method = r->head.len, at_headers;
  const char *length = MHD_lookup_connection_value(r->conn, MHD_HEADER_KIND,
                                                   "Content-Length");
  uint64_t expected = length != NULL ? strtoull(length, NULL, 10) : 0;
  r->begun = 1;
  r->until_close = strcmp(version, MHD_HTTP_VERSION_1_1) < 0;
  fal_bytes_add(&r->head, method, strlen(method) + 1);
  at_headers = r->head.len;
  MHD_get_connection_values(r->conn, MHD_HEADER_KIND, add_header, &r->head);
  fal_bytes_add_char(&r->head, '\0');
  if (r->head.state != FAL_BYTES_OK) return -1;
  split_head(r, at_method, at_headers);
  if (expected > r->server->max_body) refuse_body(r);
  else fal_spool_expect(&r->body, expected);
  return 0;
}

int fal_inbound_add(fal_inbound *r, const char *data, size_t len) {
  if (len > r->server->max_body - r->body.size) return -1;
  return fal_spool_add(&r->body, r->server->spool_dir, data, len);
}

int fal_inbound_complete(fal_inbound *r) {
  if (fal_spool_end(&r->body) != 0) return -1;
  r->state = FAL_INBOUND_WAITING;
  r->turn = r->server->turn;
  r->pending = 1;
  r->server->pending++;
  return 0;
}

/*
** Sleeping and waking
*/

static int socket_of(const fal_inbound *r) {
  return MHD_get_connection_info(r->conn, MHD_CONNECTION_INFO_CONNECTION_FD)
      ->connect_fd;
}

static void unpend(fal_inbound *r) {
  if (!r->pending) return;
  r->pending = 0;
  r->server->pending--;
}

static void watch(fal_inbound *r) {
  struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET};
  if (r->watched) return;
  event.data.ptr = r;
  if (epoll_ctl(r->server->watch_side.fd, EPOLL_CTL_ADD, socket_of(r),
                &event) == 0)
    r->watched = 1;
}

static void unwatch(fal_inbound *r) {
  if (!r->watched) return;
  r->watched = 0;
  epoll_ctl(r->server->watch_side.fd, EPOLL_CTL_DEL, socket_of(r), NULL);
}

/* Only from within MHD's callbacks. */
static void suspend(fal_inbound *r) {
  watch(r);
  MHD_suspend_connection(r->conn);
  r->suspended = 1;
}

void fal_inbound_resume(fal_inbound *r) {
  if (!r->suspended) return;
  r->suspended = 0;
  r->server->resumed = 1;
  MHD_resume_connection(r->conn);
}

static void tell(fal_inbound *r) {
  if (r->taken) r->loop->signal(r->loop->reactor, &r->signal);
}

void fal_inbound_hung_up(fal_inbound *r) {
  r->gone = 1;
  if (r->state == FAL_INBOUND_STREAMING) fal_inbound_resume(r);
  tell(r);
}

/* Nothing more can be sent: the peer sees the end, or a reset. */
static void sever(fal_inbound *r) {
  static const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
  if (r->fault == FAL_FAULT_RESET)
    connect(socket_of(r), &nowhere, sizeof nowhere);
  else
    shutdown(socket_of(r), SHUT_WR);
}

int fal_inbound_again(fal_inbound *r) {
  if (r->fault != FAL_FAULT_NONE || r->server->closing) return -1;
  if (r->server->turn - r->turn < PATIENCE) return 0;
  unpend(r);
  suspend(r);
  return 0;
}

/* The connection is done with this request, in whatever way. */
void fal_inbound_over(fal_inbound *r, int complete) {
  fal_httpd *h = r->server;
  unpend(r);
  unwatch(r);
  h->requests--;
  if (r->prev != NULL) r->prev->next = r->next;
  else h->all = r->next;
  if (r->next != NULL) r->next->prev = r->prev;
  r->complete = complete && r->fault == FAL_FAULT_NONE;
  r->state = FAL_INBOUND_OVER;
  r->conn = NULL;
  r->server = NULL;
  tell(r);
  if (!r->taken && !r->queued) destroy(r);
}

void fal_inbound_drop(fal_inbound *r) {
  r->loop->forget(r->loop->reactor, &r->signal);
  r->taken = 0;
  if (r->state == FAL_INBOUND_OVER) destroy(r);
  else if (r->state != FAL_INBOUND_ANSWERED)
    fal_inbound_abort(r, FAL_FAULT_CLOSE);
}

int fal_inbound_alive(const fal_inbound *r) {
  struct pollfd hangup = {.events = POLLRDHUP};
  if (r->state == FAL_INBOUND_OVER || r->gone) return 0;
  hangup.fd = socket_of(r);
  return poll(&hangup, 1, 0) == 0;
}

/*
** Answering
*/

static int add_headers(struct MHD_Response *reply, const char *block) {
  while (*block != '\0') {
    const char *value = block + strlen(block) + 1;
    if (MHD_add_response_header(reply, block, value) != MHD_YES) return -1;
    block = value + strlen(value) + 1;
  }
  return 0;
}

/* Gives the reply to MHD, which may end the request before we return. */
static enum fal_inbound_outcome send_reply(fal_inbound *r, unsigned status,
                                           const char *headers,
                                           struct MHD_Response *reply,
                                           enum fal_inbound_state state) {
  enum fal_inbound_outcome outcome = FAL_INBOUND_REFUSED;
  if (reply == NULL) return FAL_INBOUND_NO_MEMORY;
  if (add_headers(reply, headers) == 0) {
    unpend(r);
    r->answered = 1;
    r->state = state;
    outcome = MHD_queue_response(r->conn, status, reply) == MHD_YES
                  ? FAL_INBOUND_DONE : FAL_INBOUND_REFUSED;
    if (outcome == FAL_INBOUND_REFUSED) r->fault = FAL_FAULT_CLOSE;
    fal_inbound_resume(r);
  }
  MHD_destroy_response(reply);
  return outcome;
}

enum fal_inbound_outcome fal_inbound_respond(fal_inbound *r, unsigned status,
                                             const char *headers,
                                             const char *body, size_t len) {
  struct MHD_Response *reply;
  if (r->state == FAL_INBOUND_OVER) return FAL_INBOUND_GONE;
  reply = MHD_create_response_from_buffer(len, (void *)(uintptr_t)body,
                                          MHD_RESPMEM_MUST_COPY);
  return send_reply(r, status, headers, reply, FAL_INBOUND_ANSWERED);
}

/* A descriptor whose file has the wanted bytes, and how many there are. */
static int open_slice(const char *path, uint64_t first, uint64_t *count) {
  struct stat info;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) errno = EISDIR;
  else if (first > (uint64_t)info.st_size) errno = EOVERFLOW;
  else {
    uint64_t left = (uint64_t)info.st_size - first;
    if (*count == UINT64_MAX) *count = left;
    if (*count <= left) return fd;
    errno = EOVERFLOW;
  }
  close(fd);
  return -1;
}

/*
** Part of a file, read by us. MHD would send it by sendfile, and take it for a
** sign of a full socket when a signal cuts that short: with a socket that never
** was full it waits for ever.
*/
typedef struct slice {
  int fd;
  uint64_t first;
} slice;

static ssize_t read_slice(void *closure, uint64_t position, char *room,
                          size_t max) {
  const slice *s = closure;
  ssize_t n = pread(s->fd, room, max, (off_t)(s->first + position));
  return n > 0 ? n : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void close_slice(void *closure) {
  slice *s = closure;
  close(s->fd);
  free(s);
}

/* The descriptor is the reply's, or closed. */
static struct MHD_Response *reply_with(int fd, uint64_t first,
                                       uint64_t count) {
  slice *s = malloc(sizeof *s);
  struct MHD_Response *reply = NULL;
  if (s != NULL) {
    *s = (slice){fd, first};
    reply = MHD_create_response_from_callback(count, FILE_BLOCK, read_slice, s,
                                              close_slice);
  }
  if (reply == NULL) {
    free(s);
    close(fd);
  }
  return reply;
}

enum fal_inbound_outcome fal_inbound_send_file(fal_inbound *r, unsigned status,
                                               const char *headers,
                                               const char *path, uint64_t first,
                                               uint64_t count) {
  int fd;
  if (r->state == FAL_INBOUND_OVER) return FAL_INBOUND_GONE;
  fd = open_slice(path, first, &count);
  if (fd < 0) return FAL_INBOUND_NO_FILE;
  return send_reply(r, status, headers, reply_with(fd, first, count),
                    FAL_INBOUND_ANSWERED);
}

static size_t take(fal_inbound *r, char *room, size_t n) {
  memcpy(room, r->out.data + r->sent, n);
  r->sent += n;
  if (r->sent == r->out.len) {
    fal_bytes_clear(&r->out);
    r->sent = 0;
  }
  return n;
}

/* To close the connection from within MHD's reader. Reporting an error would
   do, but then MHD 0.9.75 keeps the socket open as long as it has an older
   connection. It behaves when a send fails: so it gets a byte to send. */
static ssize_t end_badly(fal_inbound *r, char *room) {
  sever(r);
  *room = '\n';
  return 1;
}

/* MHD has room for 'max' bytes of a stream. */
static ssize_t on_room(void *closure, uint64_t position, char *room,
                       size_t max) {
  fal_inbound *r = closure;
  size_t n = r->out.len - r->sent;
  (void)position;
  if (r->fault == FAL_FAULT_RESET) return end_badly(r, room);
  if (n > 0) return (ssize_t)take(r, room, n < max ? n : max);
  if (r->fault == FAL_FAULT_CLOSE || r->gone) return end_badly(r, room);
  if (r->ended) return MHD_CONTENT_READER_END_OF_STREAM;
  if (r->server->closing) return end_badly(r, room);
  suspend(r);
  return 0;
}

enum fal_inbound_outcome fal_inbound_start(fal_inbound *r, unsigned status,
                                           const char *headers) {
  struct MHD_Response *reply;
  if (r->state == FAL_INBOUND_OVER) return FAL_INBOUND_GONE;
  reply = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK,
                                            on_room, r, NULL);
  r->open = 1;
  return send_reply(r, status, headers, reply, FAL_INBOUND_STREAMING);
}

/* A slow reader must not make us keep what it has already read. */
static void forget_sent(fal_inbound *r) {
  if (r->sent < STREAM_BLOCK || r->sent < r->out.len / 2) return;
  r->out.len -= r->sent;
  memmove(r->out.data, r->out.data + r->sent, r->out.len);
  r->sent = 0;
}

enum fal_inbound_outcome fal_inbound_write(fal_inbound *r, const char *data,
                                           size_t len) {
  if (r->state == FAL_INBOUND_OVER || r->gone) return FAL_INBOUND_GONE;
  forget_sent(r);
  if (fal_bytes_add(&r->out, data, len) != 0) {
    r->sent = 0;
    fal_inbound_abort(r, FAL_FAULT_CLOSE);
    return FAL_INBOUND_NO_MEMORY;
  }
  fal_inbound_resume(r);
  return FAL_INBOUND_DONE;
}

enum fal_inbound_outcome fal_inbound_finish(fal_inbound *r) {
  r->open = 0;
  if (r->state == FAL_INBOUND_OVER || r->gone) return FAL_INBOUND_GONE;
  if (r->until_close) r->fault = FAL_FAULT_CLOSE;
  else r->ended = 1;
  r->state = FAL_INBOUND_ANSWERED;
  fal_inbound_resume(r);
  return FAL_INBOUND_DONE;
}

enum fal_inbound_outcome fal_inbound_cut(fal_inbound *r, unsigned status,
                                         const char *headers, const char *data,
                                         size_t len, uint64_t announced) {
  struct MHD_Response *reply;
  if (r->state == FAL_INBOUND_OVER) return FAL_INBOUND_GONE;
  if (announced <= len) return FAL_INBOUND_REFUSED;
  if (fal_bytes_add(&r->out, data, len) != 0) return FAL_INBOUND_NO_MEMORY;
  reply = MHD_create_response_from_callback(announced, STREAM_BLOCK, on_room, r,
                                            NULL);
  r->fault = FAL_FAULT_CLOSE;
  return send_reply(r, status, headers, reply, FAL_INBOUND_ANSWERED);
}

void fal_inbound_abort(fal_inbound *r, enum fal_inbound_fault how) {
  r->open = 0;
  if (r->state == FAL_INBOUND_OVER) return;
  unpend(r);
  r->answered = 1;
  r->fault = how;
  r->state = FAL_INBOUND_ANSWERED;
  if (how == FAL_FAULT_RESET) sever(r);
  fal_inbound_resume(r);
}
