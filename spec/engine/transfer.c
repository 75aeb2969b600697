/*
** Transfers against a server of all manners: what comes of each answer and of
** none, which limits hold, and when the backup host is tried.
*/
#include "transfer.h"

#include <sys/wait.h>

#include "check.h"
#include "server.h"

static int port, dead_port;
static fal_reactor *reactor;

/* ------------------------------------------------------------------
** The client
*/

static fal_ask plain_ask(char *url, size_t size, int at, const char *path) {
  fal_ask ask;
  memset(&ask, 0, sizeof ask);
  snprintf(url, size, "http://127.0.0.1:%d%s", at, path);
  ask.method = "GET";
  ask.url = url;
  ask.connect_ms = ask.exchange_ms = 5000;
  ask.max_answer = 100000;
  return ask;
}

/* Somebody has to take those who are ready, or the loop would not sleep. */
static void until_over(fal_transfer *t) {
  for (int i = 0; i < 1000 && t->outcome == FAL_RUNNING; i++) {
    while (fal_reactor_ready(reactor) != NULL) continue;
    fal_reactor_step(reactor, 100);
  }
}

static void run(fal_transfer *t, const fal_ask *ask) {
  fal_transfer_init(t, reactor);
  fal_transfer_start(t, ask);
  until_over(t);
  check(t->signal.set, "a finished transfer is signalled");
}

typedef struct row {
  const char *path;
  enum fal_outcome outcome;
  int status;
  const char *body;
} row;

static void answers_are_read(void) {
  static const row rows[] = {
    {"/ok", FAL_ANSWERED, 200, "hello"},
    {"/empty", FAL_ANSWERED, 200, NULL},
    {"/redirect", FAL_ANSWERED, 302, "this"},
    {"/again", FAL_ANSWERED, 201, "ok"},
    {"/cut", FAL_CUT, 200, NULL},
    {"/nonsense", FAL_NONSENSE, 0, NULL},
    {"/not-gzip", FAL_NONSENSE, 200, NULL},
    {"/headers", FAL_TOO_LARGE, 200, NULL},
    {"/bomb", FAL_TOO_LARGE, 200, NULL},
    {"/silence", FAL_CUT, 0, NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const row *w = &rows[i];
    fal_transfer t;
    char url[200];
    fal_ask ask = plain_ask(url, sizeof url, port, w->path);
    run(&t, &ask);
    check(t.outcome == w->outcome, "%s: outcome %d, %s", w->path, t.outcome,
          t.message);
    check(t.status == w->status, "%s: status %d", w->path, t.status);
    if (w->body != NULL)
      check(t.body.data != NULL && strcmp(t.body.data, w->body) == 0, "%s",
            w->path);
    check(t.outcome == FAL_ANSWERED || t.message[0] != '\0', "%s", w->path);
    fal_transfer_free(&t);
  }
}

static void headers_are_found(void) {
  fal_transfer t;
  char url[200];
  size_t len;
  fal_ask ask = plain_ask(url, sizeof url, port, "/ok");
  run(&t, &ask);
  const char *value = fal_transfer_answer_header(&t, "x-WORD", &len);
  check(value != NULL && len == 3 && memcmp(value, "a b", 3) == 0, "X-Word");
  check(fal_transfer_answer_header(&t, "x-wor", &len) == NULL, "a beginning");
  fal_transfer_free(&t);
  ask = plain_ask(url, sizeof url, port, "/again");
  run(&t, &ask);
  check(fal_transfer_answer_header(&t, "x-old", &len) == NULL, "of before");
  check(fal_transfer_answer_header(&t, "x-new", &len) != NULL, "the last");
  fal_transfer_free(&t);
}

static void answers_keep_to_the_maximum(void) {
  fal_transfer t;
  char url[200];
  fal_ask ask = plain_ask(url, sizeof url, port, "/ok");
  ask.max_answer = 5;
  run(&t, &ask);
  check(t.outcome == FAL_ANSWERED, "five bytes fit");
  fal_transfer_free(&t);
  ask.max_answer = 4;
  run(&t, &ask);
  check(t.outcome == FAL_TOO_LARGE, "five are too many for four");
  check(t.body.data == NULL, "nothing of it is kept");
  fal_transfer_free(&t);
  ask = plain_ask(url, sizeof url, port, "/bomb");
  ask.max_answer = LARGE;
  run(&t, &ask);
  check(t.outcome == FAL_ANSWERED && t.body.len == LARGE, "%zu bytes",
        t.body.len);
  fal_transfer_free(&t);
}

static void bodies_and_headers_are_sent(void) {
  static const char *const methods[] = {"POST", "PUT", "DELETE"};
  for (int i = 0; i < 3; i++) {
    fal_transfer t;
    char url[200];
    fal_ask ask = plain_ask(url, sizeof url, port, "/echo");
    ask.method = methods[i];
    ask.body = "some\tbody";
    ask.body_len = 9;
    fal_transfer_init(&t, reactor);
    check(!t.sent, "nothing yet");
    fal_transfer_header(&t, "X-Mine: yes");
    fal_transfer_start(&t, &ask);
    until_over(&t);
    check(t.sent, "the body went out");
    const char *seen = t.body.data != NULL ? t.body.data : "";
    check(strncmp(seen, methods[i], strlen(methods[i])) == 0, "%s", seen);
    check(strstr(seen, "\r\nX-Mine: yes\r\n") != NULL, "%s", seen);
    check(strstr(seen, "\r\n\r\nsome\tbody") != NULL, "%s", seen);
    fal_transfer_free(&t);
  }
}

/* ------------------------------------------------------------------
** No answer
*/

static void nobody_is_unreached(void) {
  fal_transfer t;
  char url[200];
  fal_ask ask = plain_ask(url, sizeof url, dead_port, "/ok");
  ask.method = "POST";
  ask.body = "x";
  ask.body_len = 1;
  run(&t, &ask);
  check(t.outcome == FAL_UNREACHED && !t.sent, "outcome %d", t.outcome);
  fal_transfer_free(&t);
}

static void bad_urls_and_schemes_are_refused(void) {
  static const char *const urls[] = {"file:///etc/passwd", "ftp://127.0.0.1/",
                                     "http://", "http://a b/", ""};
  for (int i = 0; i < 5; i++) {
    fal_transfer t;
    char url[200];
    fal_ask ask = plain_ask(url, sizeof url, port, "/ok");
    ask.url = urls[i];
    run(&t, &ask);
    check(t.outcome == FAL_BAD_URL || t.outcome == FAL_NONSENSE,
          "%s: outcome %d", urls[i], t.outcome);
    check(!t.sent && t.body.len == 0, "%s", urls[i]);
    fal_transfer_free(&t);
  }
}

/* A socket that listens but takes nobody: its queue is full, and the kernel
   lets further connections wait. */
static void time_limits_are_kept(void) {
  int full, taken[8], fd = listen_on_any(0, &full);
  struct sockaddr_in a;
  memset(&a, 0, sizeof a);
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons((uint16_t)full);
  for (int i = 0; i < 8; i++) {
    taken[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    (void)!connect(taken[i], (struct sockaddr *)&a, sizeof a);
  }
  fal_transfer t;
  char url[200];
  fal_ask ask = plain_ask(url, sizeof url, full, "/ok");
  int64_t start = fal_now_us();
  ask.connect_ms = 80;
  run(&t, &ask);
  check(t.outcome == FAL_CONNECT_SLOW, "outcome %d, %s", t.outcome, t.message);
  check(fal_now_us() - start < 2000000, "too late");
  fal_transfer_free(&t);
  ask = plain_ask(url, sizeof url, port, "/hang");
  ask.exchange_ms = 250;
  run(&t, &ask);
  check(t.outcome == FAL_EXCHANGE_SLOW, "outcome %d, %s", t.outcome, t.message);
  fal_transfer_free(&t);
  ask.idle = 1;
  run(&t, &ask);
  check(t.outcome == FAL_EXCHANGE_SLOW, "outcome %d, %s", t.outcome, t.message);
  fal_transfer_free(&t);
  for (int i = 0; i < 8; i++) close(taken[i]);
  close(fd);
}

static void ends_when_told(void) {
  fal_transfer t;
  char url[200];
  fal_census census;
  fal_ask ask = plain_ask(url, sizeof url, port, "/hang");
  fal_transfer_init(&t, reactor);
  fal_transfer_start(&t, &ask);
  fal_reactor_step(reactor, 10);
  fal_transfer_abort(&t, "enough");
  fal_transfer_abort(&t, "twice");
  check(t.outcome == FAL_ABORTED && strcmp(t.message, "enough") == 0, "%s",
        t.message);
  fal_transfer_free(&t);
  fal_transfer_free(&t);
  fal_transfer_init(&t, reactor);
  fal_transfer_start(&t, &ask);
  fal_transfer_free(&t);
  fal_reactor_census(reactor, &census);
  check(census.transfers == 0 && census.timers == 0, "%d left",
        census.transfers);
}

/* ------------------------------------------------------------------
** Backup hosts and connections
*/

static void the_backup_is_tried_once(void) {
  fal_transfer t;
  char url[200], backup[200];
  fal_ask ask = plain_ask(url, sizeof url, dead_port, "/ok");
  plain_ask(backup, sizeof backup, port, "/echo");
  ask.backup_url = backup;
  ask.method = "POST";
  ask.body = "paid";
  ask.body_len = 4;
  ask.once = 1;
  run(&t, &ask);
  check(t.outcome == FAL_ANSWERED && t.status == 200, "%s", t.message);
  check(t.body.len > 0 && strstr(t.body.data, "\r\n\r\npaid"), "the body");
  fal_transfer_free(&t);
  snprintf(backup, sizeof backup, "http://127.0.0.1:%d/cut", port);
  run(&t, &ask);
  check(t.outcome == FAL_CUT, "a reached backup speaks for itself: %d",
        t.outcome);
  fal_transfer_free(&t);
  snprintf(backup, sizeof backup, "http://127.0.0.2:%d/ok", dead_port);
  run(&t, &ask);
  check(t.outcome == FAL_UNREACHED, "outcome %d", t.outcome);
  check(strstr(t.message, "127.0.0.1") != NULL, "the first failure: %s",
        t.message);
  fal_transfer_free(&t);
}

static void the_backup_is_not_tried_after_an_answer(void) {
  fal_transfer t;
  char url[200], backup[200];
  fal_ask ask = plain_ask(url, sizeof url, port, "/redirect");
  plain_ask(backup, sizeof backup, port, "/ok");
  ask.backup_url = backup;
  run(&t, &ask);
  check(t.status == 302, "status %d", t.status);
  fal_transfer_free(&t);
  ask = plain_ask(url, sizeof url, port, "/cut");
  ask.backup_url = backup;
  run(&t, &ask);
  check(t.outcome == FAL_CUT, "outcome %d", t.outcome);
  fal_transfer_free(&t);
}

static void hosts_can_be_mapped(void) {
  fal_transfer t;
  char map[200];
  fal_ask ask = plain_ask(map, sizeof map, port, "/ok");
  ask.url = "http://second.invalid:81/ok";
  snprintf(map, sizeof map, "first.invalid:80:127.0.0.1:%d,"
           "second.invalid:81:127.0.0.1:%d", dead_port, port);
  ask.connect_to = map;
  run(&t, &ask);
  check(t.outcome == FAL_ANSWERED, "%s", t.message);
  fal_transfer_free(&t);
  ask.url = "http://first.invalid/ok";
  run(&t, &ask);
  check(t.outcome == FAL_UNREACHED, "outcome %d", t.outcome);
  fal_transfer_free(&t);
}

/* Those that wait for their turn do not wait for ever, nor hold a handle. */
static void turns_are_taken(void) {
  fal_transfer t[20];
  char url[200];
  fal_ask ask = plain_ask(url, sizeof url, port, "/ok");
  fal_reactor_max_connections(reactor, 2);
  for (int i = 0; i < 20; i++) {
    fal_transfer_init(&t[i], reactor);
    fal_transfer_start(&t[i], &ask);
  }
  fal_transfer_free(&t[10]);
  for (int i = 0; i < 20; i++)
    if (i != 10) {
      until_over(&t[i]);
      check(t[i].outcome == FAL_ANSWERED, "%d: outcome %d, %s", i, t[i].outcome,
            t[i].message);
    }
  for (int i = 0; i < 20; i++) fal_transfer_free(&t[i]);
  fal_reactor_max_connections(reactor, 64);
}

/* ------------------------------------------------------------------
** Sinks
*/

typedef struct pail {
  size_t len, room;
  int refuses;
} pail;

static int pour(void *ctx, const char *data, size_t len) {
  pail *p = ctx;
  (void)data;
  if (p->refuses) return -1;
  if (p->len > p->room) return FAL_SINK_PAUSE;
  p->len += len;
  return 0;
}

static void sinks_pause_and_refuse(void) {
  fal_transfer t;
  char url[200];
  pail p = {0, 0, 0};
  int pauses = 0;
  fal_ask ask = plain_ask(url, sizeof url, port, "/bomb");
  ask.sink = pour;
  ask.sink_ctx = &p;
  ask.idle = 1;
  fal_transfer_init(&t, reactor);
  fal_transfer_start(&t, &ask);
  for (int i = 0; i < 5000 && t.outcome == FAL_RUNNING; i++) {
    fal_reactor_step(reactor, 1);
    if (p.len > p.room) {
      pauses++;
      p.room = p.len + 100000;
      fal_transfer_resume(&t);
    }
  }
  check(t.outcome == FAL_ANSWERED && p.len == LARGE, "%zu bytes", p.len);
  check(pauses > 10, "%d pauses", pauses);
  check(t.body.len == 0, "nothing in memory");
  fal_transfer_free(&t);
  p.refuses = 1;
  run(&t, &ask);
  check(t.outcome != FAL_ANSWERED, "refused");
  fal_transfer_free(&t);
}

int main(void) {
  pid_t server = start_server(&port);
  close(listen_on_any(1, &dead_port));
  reactor = fal_reactor_new();
  answers_are_read();
  headers_are_found();
  answers_keep_to_the_maximum();
  bodies_and_headers_are_sent();
  nobody_is_unreached();
  bad_urls_and_schemes_are_refused();
  time_limits_are_kept();
  ends_when_told();
  the_backup_is_tried_once();
  the_backup_is_not_tried_after_an_answer();
  hosts_can_be_mapped();
  turns_are_taken();
  sinks_pause_and_refuse();
  fal_reactor_free(reactor);
  kill(server, SIGTERM);
  waitpid(server, NULL, 0);
  return check_result();
}
