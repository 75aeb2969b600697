/*
** The server that every client of the bench talks to: the queue's submit,
** status, status stream, result and cancel, in the words of the service. It
** keeps nothing but connections (a request id tells when its job was born and
** which one it is), so it costs a fraction of what any client costs.
** Usage: server MILLISECONDS; each job is completed so long after its submit.
** Prints its base URL, then serves until its standard input ends; then prints
** how many jobs it accepted.
*/
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 16384, ID = 36, EVENTS = 256 };

typedef struct peer {
  int fd;
  size_t len;
  char in[ROOM + 1];
  char follows[ID + 1];        /* the job whose status stream it reads */
  struct peer *prev, *next;    /* among those that read one */
} peer;

static int64_t delay_us;
static unsigned accepted;
static char base[64];
static const char app[] = "fal-ai/veo3";
static peer *followers;

static int64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

/* ------------------------------------------------------------------
** Jobs: a request id is a UUID with the job's number and moment of birth.
*/

static void make_id(char *id, unsigned number) {
  snprintf(id, ID + 1, "%08x-0000-4000-8000-%012" PRIx64, number,
           (uint64_t)now_us() & 0xffffffffffff);
}

static int64_t done_at(const char *id) {
  int64_t now = now_us(), low = strtoll(id + 24, NULL, 16);
  return (now & ~INT64_C(0xffffffffffff)) + low + delay_us;
}

static int is_done(const char *id) { return now_us() >= done_at(id); }

/* ------------------------------------------------------------------
** Answers
*/

static void send_all(peer *p, const char *data, size_t len) {
  if (write(p->fd, data, len) != (ssize_t)len) shutdown(p->fd, SHUT_RDWR);
}

static void answer(peer *p, const char *status, const char *id,
                   const char *form, ...) {
  char body[2048], out[4096];
  va_list args;
  va_start(args, form);
  int len = vsnprintf(body, sizeof body, form, args);
  va_end(args);
  int n = snprintf(out, sizeof out,
                   "HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
                   "x-fal-request-id: %s\r\nContent-Length: %d\r\n\r\n%s",
                   status, id, len, body);
  send_all(p, out, (size_t)n);
}

static int status_text(char *out, size_t room, const char *id) {
  char url[512];
  snprintf(url, sizeof url, "%s/%s/requests/%s", base, app, id);
  const char *form =
      is_done(id) ? "{\"status\":\"COMPLETED\",\"request_id\":\"%s\","
                    "\"response_url\":\"%s\",\"status_url\":\"%s/status\","
                    "\"cancel_url\":\"%s/cancel\",\"logs\":null,"
                    "\"metrics\":{\"inference_time\":2.41}}"
                  : "{\"status\":\"IN_QUEUE\",\"request_id\":\"%s\","
                    "\"response_url\":\"%s\",\"status_url\":\"%s/status\","
                    "\"cancel_url\":\"%s/cancel\",\"queue_position\":2}";
  return snprintf(out, room, form, id, url, url, url);
}

static void answer_status(peer *p, const char *id) {
  char text[2048];
  int done = is_done(id);
  status_text(text, sizeof text, id);
  answer(p, done ? "200 OK" : "202 Accepted", id, "%s", text);
}

static void answer_submit(peer *p) {
  char id[ID + 1], text[2048];
  make_id(id, ++accepted);
  status_text(text, sizeof text, id);
  answer(p, "200 OK", id, "%s", text);
}

/* 'done' is when the job was completed: who reads it knows how late it is. */
static void answer_result(peer *p, const char *id) {
  if (!is_done(id))
    answer(p, "400 Bad Request", id,
           "{\"detail\":\"Request is still in progress\"}");
  else
    answer(p, "200 OK", id,
           "{\"video\":{\"url\":\"https://v3.fal.media/files/b/%s.mp4\","
           "\"content_type\":\"video/mp4\",\"file_name\":\"%s.mp4\","
           "\"file_size\":4862031},\"done\":%.6f}", id, id,
           (double)done_at(id) / 1e6);
}

/* ------------------------------------------------------------------
** Status streams: an event at once, and the last one when the job is done.
*/

static void send_event(peer *p) {
  char text[2048], out[4096];
  int len = status_text(text, sizeof text, p->follows);
  int n = snprintf(out, sizeof out, "%x\r\ndata: %s\n\n\r\n", len + 8, text);
  send_all(p, out, (size_t)n);
}

static void stop_following(peer *p) {
  if (p->prev != NULL) p->prev->next = p->next;
  else followers = p->next;
  if (p->next != NULL) p->next->prev = p->prev;
  p->follows[0] = '\0';
}

static void tell_followers(void) {
  for (peer *p = followers, *next; p != NULL; p = next) {
    next = p->next;
    if (!is_done(p->follows)) continue;
    send_event(p);
    send_all(p, "0\r\n\r\n", 5);
    stop_following(p);
  }
}

static void follow(peer *p, const char *id) {
  static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: "
      "text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  send_all(p, head, sizeof head - 1);
  memcpy(p->follows, id, ID + 1);
  p->prev = NULL;
  p->next = followers;
  if (followers != NULL) followers->prev = p;
  followers = p;
  if (!is_done(id)) send_event(p);
  tell_followers();
}

/* When the first of them is due, in milliseconds. */
static int ms_to_wait(void) {
  int64_t first = INT64_MAX;
  for (peer *p = followers; p != NULL; p = p->next)
    if (done_at(p->follows) < first) first = done_at(p->follows);
  if (first == INT64_MAX) return -1;
  int64_t left = first - now_us();
  return left > 0 ? (int)((left + 999) / 1000) : 0;
}

/* ------------------------------------------------------------------
** Requests
*/

static void serve(peer *p, const char *method, char *path) {
  char id[ID + 1] = "";
  const char *tail = strstr(path, "/requests/");
  if (tail != NULL && strlen(tail) >= 10 + ID) {
    memcpy(id, tail + 10, ID);
    tail += 10 + ID;
  }
  if (strcmp(method, "POST") == 0) answer_submit(p);
  else if (strcmp(method, "PUT") == 0) answer(p, "200 OK", id, "{}");
  else if (id[0] == '\0') answer(p, "404 Not Found", "-", "{}");
  else if (strncmp(tail, "/status/stream", 14) == 0) follow(p, id);
  else if (strncmp(tail, "/status", 7) == 0) answer_status(p, id);
  else answer_result(p, id);
}

static size_t body_length(const char *head) {
  const char *at = strcasestr(head, "\r\ncontent-length:");
  return at != NULL ? strtoul(at + 17, NULL, 10) : 0;
}

/* Serves one request of the buffer; 0 when there is no whole one. */
static int serve_first(peer *p) {
  char method[8], path[512];
  p->in[p->len] = '\0';
  char *end = strstr(p->in, "\r\n\r\n");
  if (end == NULL) return 0;
  end[2] = '\0';
  size_t whole = (size_t)(end - p->in) + 4 + body_length(p->in);
  if (p->len < whole) {
    end[2] = '\r';
    return 0;
  }
  if (sscanf(p->in, "%7s %511s", method, path) == 2) serve(p, method, path);
  p->len -= whole;
  memmove(p->in, p->in + whole, p->len);
  return 1;
}

static void hang_up(peer *p) {
  if (p->follows[0] != '\0') stop_following(p);
  close(p->fd);
  free(p);
}

static void read_from(peer *p) {
  ssize_t n = read(p->fd, p->in + p->len, ROOM - p->len);
  if (n <= 0) {
    hang_up(p);
    return;
  }
  p->len += (size_t)n;
  while (serve_first(p)) {}
}

/* ------------------------------------------------------------------ */

static void watch(int poller, int fd, void *what) {
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = what};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e) != 0) die("epoll");
}

static void welcome(int poller, int listener) {
  int on = 1, fd = accept(listener, NULL, NULL);
  peer *p = fd >= 0 ? calloc(1, sizeof *p) : NULL;
  if (p == NULL) die("accept");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  p->fd = fd;
  watch(poller, fd, p);
}

static int listen_anywhere(void) {
  struct sockaddr_in a = {.sin_family = AF_INET};
  socklen_t len = sizeof a;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, (void *)&a, len) != 0 || listen(fd, 1024) != 0 ||
      getsockname(fd, (void *)&a, &len) != 0) die("listen");
  snprintf(base, sizeof base, "http://127.0.0.1:%d", ntohs(a.sin_port));
  return fd;
}

int main(int argc, char **argv) {
  struct epoll_event events[EVENTS];
  int listener = listen_anywhere(), poller = epoll_create1(0), goes_on = 1;
  delay_us = argc > 1 ? atoll(argv[1]) * 1000 : 0;
  watch(poller, listener, &listener);
  watch(poller, 0, NULL);
  puts(base);
  fflush(stdout);
  while (goes_on) {
    int n = epoll_wait(poller, events, EVENTS, ms_to_wait());
    for (int i = 0; i < n; i++) {
      void *what = events[i].data.ptr;
      if (what == NULL) goes_on = 0;
      else if (what == &listener) welcome(poller, listener);
      else read_from(what);
    }
    tell_followers();
  }
  printf("%u\n", accepted);
  return 0;
}
