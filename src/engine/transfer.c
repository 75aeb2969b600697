/*
** Transfers. Callbacks of libcurl only move bytes and note failures; what
** they add up to is decided in 'outcome_of' when the handle is finished.
*/
#include "transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "header.h"
#include "reactor_transfer.h"
#include "slist.h"
#include "socket.h"

#define MAX_HEADERS (64 * 1024)
#define IDLE_LOOKS 8  /* how often in its time an idle limit is looked at */
#define BACKUP_CONNECT_MS 5000  /* of hosts with a backup, as fal-client has */

struct fal_transfer_curl {
  fal_turn turn;         /* holds the easy handle */
  struct curl_slist *headers, *connect_to;
  fal_source memory;     /* the body, when the ask has no source of its own */
  fal_source *source;
  int fd;                /* its socket; -1 until it is known */
  int on_backup;
  enum fal_outcome first_outcome;  /* why the backup is tried */
  int paused;            /* the sink takes no more for now */
  int stopped;           /* libcurl wanted to send a paid request again */
  int spoilt;            /* the kept connection holds bytes nobody asked for */
  fal_timer limit;       /* ends it, or looks whether bytes still flow */
  int64_t last_byte;
  curl_off_t uploaded;   /* when 'limit' last looked */
  fal_transfer *owner;
  char error[CURL_ERROR_SIZE];
};

/* ------------------------------------------------------------------
** Callbacks
*/

static void byte_seen(fal_transfer *t) {
  if (t->ask.idle) t->curl->last_byte = fal_now_us();
}

static size_t on_header(char *line, size_t size, size_t n, void *transfer) {
  fal_transfer *t = transfer;
  size_t len = size * n;
  byte_seen(t);
  /* a new answer begins; after the final one such a line is but a trailer */
  if (t->status < 200 && fal_header_begins(line, len)) {
    fal_bytes_clear(&t->headers);
    t->status = fal_header_status(line, len);
  }
  return fal_bytes_add(&t->headers, line, len) == 0 ? len : 0;
}

static size_t on_body(char *data, size_t size, size_t n, void *transfer) {
  fal_transfer *t = transfer;
  size_t len = size * n;
  byte_seen(t);
  if (t->ask.sink == NULL || t->status < 200 || t->status > 299)
    return fal_bytes_add(&t->body, data, len) == 0 ? len : 0;
  switch (t->ask.sink(t->ask.sink_ctx, data, len)) {
    case 0: return len;
    case FAL_SINK_PAUSE:
      t->curl->paused = 1;
      return CURL_WRITEFUNC_PAUSE;
    default: return 0;
  }
}

static size_t on_read(char *room, size_t size, size_t n, void *transfer) {
  fal_transfer *t = transfer;
  ptrdiff_t len = fal_source_read(t->curl->source, room, size * n);
  byte_seen(t);
  if (len < 0) return CURL_READFUNC_ABORT;
  if (len > 0) t->sent = 1;
  return (size_t)len;
}

/* libcurl asks to rewind before it sends a request again by itself, as it does
   when a kept connection turns out to be dead. A paid body must not be. */
static int on_seek(void *transfer, curl_off_t offset, int origin) {
  fal_transfer *t = transfer;
  if (t->ask.once || origin != SEEK_SET || offset != 0)
    return CURL_SEEKFUNC_FAIL;
  fal_source_rewind(t->curl->source);
  return CURL_SEEKFUNC_OK;
}

#if LIBCURL_VERSION_NUM >= 0x075000
static int on_socket(void *place, curl_socket_t fd, curlsocktype purpose) {
  (void)purpose;
  *(int *)place = fd;
  return CURL_SOCKOPT_OK;
}

/* Bytes that lie unread in a kept connection would be taken for the answer by
   libcurl 7. Over TLS they mean nothing. */
static int has_unread(const fal_transfer *t) {
  return strncmp(t->ask.url, "http:", 5) == 0 &&
         fal_socket_unread(t->curl->fd) > 0;
}

/* libcurl is about to send the head, and a body from memory, for the first
   time or again by itself (see 'on_seek'). */
static int on_turn(void *transfer, char *ip, char *local_ip, int port,
                   int local_port) {
  fal_transfer *t = transfer;
  struct fal_transfer_curl *c = t->curl;
  (void)ip, (void)local_ip, (void)port;
  int kept = c->fd < 0;
  if (kept) c->fd = fal_socket_at(local_port);
  else fal_socket_note(local_port, c->fd);
  c->stopped = t->ask.once && t->sent;
  c->spoilt = kept && !c->stopped && has_unread(t);
  if (c->stopped || c->spoilt) return CURL_PREREQFUNC_ABORT;
  t->sent = 1;
  return CURL_PREREQFUNC_OK;
}
#endif

/* ------------------------------------------------------------------
** The end
*/

static void release(fal_transfer *t) {
  struct fal_transfer_curl *c = t->curl;
  if (c == NULL) return;
  t->curl = NULL;
  fal_timer_stop(t->reactor, &c->limit);
  fal_reactor_stop(t->reactor, &c->turn);
  fal_reactor_return(t->reactor, &c->turn);
  curl_slist_free_all(c->headers);
  curl_slist_free_all(c->connect_to);
  free(c);
}

static void finish(fal_transfer *t, enum fal_outcome outcome,
                   const char *message) {
  t->outcome = outcome;
  if (message != NULL) snprintf(t->message, sizeof t->message, "%s", message);
  release(t);
  fal_reactor_signal(t->reactor, &t->signal);
}

static int connected(const fal_transfer *t) {
  curl_off_t us = 0;
  curl_easy_getinfo(t->curl->turn.easy, CURLINFO_PRETRANSFER_TIME_T, &us);
  return us > 0;
}

static enum fal_outcome write_failure(const fal_transfer *t) {
  if (t->body.state == FAL_BYTES_TOO_LARGE ||
      t->headers.state == FAL_BYTES_TOO_LARGE) return FAL_TOO_LARGE;
  if (t->body.state == FAL_BYTES_NO_MEMORY ||
      t->headers.state == FAL_BYTES_NO_MEMORY) return FAL_NO_MEMORY;
  return FAL_ABORTED;
}

static enum fal_outcome meaning_of(const fal_transfer *t, CURLcode code) {
  switch (code) {
    case CURLE_OK: return FAL_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST: case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT: case CURLE_INTERFACE_FAILED:
    case CURLE_SSL_CONNECT_ERROR: return FAL_UNREACHED;
    case CURLE_PEER_FAILED_VERIFICATION: case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM: case CURLE_SSL_ISSUER_ERROR:
      return FAL_UNTRUSTED;
    case CURLE_OPERATION_TIMEDOUT:
      return connected(t) ? FAL_EXCHANGE_SLOW : FAL_CONNECT_SLOW;
    case CURLE_WRITE_ERROR: return write_failure(t);
    case CURLE_FILESIZE_EXCEEDED: return FAL_TOO_LARGE;
    case CURLE_BAD_CONTENT_ENCODING: case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: return FAL_NONSENSE;
    case CURLE_URL_MALFORMAT: return FAL_BAD_URL;
    case CURLE_OUT_OF_MEMORY: return FAL_NO_MEMORY;
    case CURLE_ABORTED_BY_CALLBACK:
      return t->curl->stopped || t->curl->spoilt ? FAL_CUT : FAL_ABORTED;
    default: return FAL_CUT;
  }
}

static const char *message_of(const fal_transfer *t, CURLcode code) {
  if (code == CURLE_SEND_FAIL_REWIND || t->curl->stopped)
    return "the kept connection broke and a paid request is not sent again";
  return t->curl->error[0] != '\0' ? t->curl->error : curl_easy_strerror(code);
}

static int never_connected(enum fal_outcome outcome) {
  return outcome == FAL_UNREACHED || outcome == FAL_CONNECT_SLOW;
}

/* When libcurl has tried again by itself, what the second try met does not
   make up for what the first one sent. */
static enum fal_outcome outcome_of(const fal_transfer *t, CURLcode code) {
  enum fal_outcome outcome = meaning_of(t, code);
  int harmless = never_connected(outcome) || outcome == FAL_UNTRUSTED;
  return harmless && t->sent ? FAL_CUT : outcome;
}

/* Until the limit, or until the next look at one of silence. */
static int64_t limit_us(const fal_transfer *t) {
  int64_t us = (int64_t)t->ask.exchange_ms * 1000;
  return t->ask.idle ? us / IDLE_LOOKS : us;
}

static int run_again(fal_transfer *t) {
  struct fal_transfer_curl *c = t->curl;
  fal_reactor_stop(t->reactor, &c->turn);
  c->error[0] = '\0';
  c->fd = -1;
  byte_seen(t);
  return fal_timer_start(t->reactor, &c->limit, limit_us(t)) == 0 &&
         fal_reactor_run(t->reactor, &c->turn, 1) == CURLE_OK;
}

/* The first failure stays in 'message': should the backup fail as well, it is
   the one to report. */
static int turn_to_backup(fal_transfer *t, enum fal_outcome outcome) {
  struct fal_transfer_curl *c = t->curl;
  if (c->on_backup || t->ask.backup_url == NULL || t->sent ||
      !never_connected(outcome)) return 0;
  c->on_backup = 1;
  c->first_outcome = outcome;
  return curl_easy_setopt(c->turn.easy, CURLOPT_URL, t->ask.backup_url)
             == CURLE_OK && run_again(t);
}

static int turn_anew(fal_transfer *t) {
  if (!t->curl->spoilt) return 0;
  t->curl->spoilt = 0;
  curl_easy_setopt(t->curl->turn.easy, CURLOPT_FRESH_CONNECT, 1L);
  return run_again(t);
}

static void on_finished(void *owner, CURLcode code) {
  fal_transfer *t = owner;
  enum fal_outcome outcome = outcome_of(t, code);
  if (outcome == FAL_ANSWERED) {
    finish(t, outcome, "");
  } else if (t->curl->on_backup && never_connected(outcome)) {
    finish(t, t->curl->first_outcome, NULL);  /* the first failure stands */
  } else {
    snprintf(t->message, sizeof t->message, "%s", message_of(t, code));
    if (!turn_to_backup(t, outcome) && !turn_anew(t)) finish(t, outcome, NULL);
  }
}

void fal_transfer_abort(fal_transfer *t, const char *why) {
  if (t->curl != NULL) finish(t, FAL_ABORTED, why);
}

/* ------------------------------------------------------------------
** The start
*/

/* What counts is what the other side has: libcurl reads a block of the body at
   once, and the system takes it, long before a slow line has sent it. */
static void look_at_upload(fal_transfer *t) {
  struct fal_transfer_curl *c = t->curl;
  curl_off_t uploaded = 0;
  curl_easy_getinfo(c->turn.easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
  uploaded -= fal_socket_unsent(c->fd);
  if (uploaded != c->uploaded) c->last_byte = fal_now_us();
  c->uploaded = uploaded;
}

/* Until the next look; 0 or less when silence has lasted too long. */
static int64_t patience_us(fal_transfer *t) {
  int64_t look = limit_us(t), left;
  if (t->curl->paused) t->curl->last_byte = fal_now_us();
  else look_at_upload(t);
  left = look * IDLE_LOOKS - (fal_now_us() - t->curl->last_byte);
  return left < look ? left : look;
}

/* In place of CURLOPT_TIMEOUT_MS: libcurl 7 forgets a limit when something
   happens on the socket in the millisecond before it. */
static void on_limit(fal_timer *timer) {
  struct fal_transfer_curl *c =
      (void *)((char *)timer - offsetof(struct fal_transfer_curl, limit));
  fal_transfer *t = c->owner;
  int64_t left = t->ask.idle ? patience_us(t) : 0;
  curl_off_t got = 0;
  if (left > 0 && fal_timer_start(t->reactor, timer, left) == 0) return;
  curl_easy_getinfo(c->turn.easy, CURLINFO_SIZE_DOWNLOAD_T, &got);
  snprintf(c->error, sizeof c->error, "%s, %lld bytes had come",
           t->ask.idle ? "no byte moved any more" : "it timed out",
           (long long)got);
  on_finished(t, CURLE_OPERATION_TIMEDOUT);
}

static long connect_ms(const fal_ask *ask) {
  int hurried = ask->backup_url != NULL && ask->connect_ms > BACKUP_CONNECT_MS;
  return hurried ? BACKUP_CONNECT_MS : ask->connect_ms;
}

/* Whether libcurl asks before it sends. */
static int set_turn(fal_transfer *t, CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075000
  curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
  curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, &t->curl->fd);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
  return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_turn) == CURLE_OK;
#else
  (void)t, (void)easy;
  return 0;
#endif
}

/* A body in memory goes out in one piece with the head, if 'on_turn' sees to
   it that libcurl does not send it again without asking; any other one goes
   through 'on_read', to the same end. */
static void set_body(fal_transfer *t, CURL *easy, int asks) {
  if (t->ask.source == NULL && asks) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                     t->ask.body != NULL ? t->ask.body : "");
    return;
  }
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(easy, CURLOPT_READDATA, t);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, t);
}

static void set_method(fal_transfer *t, CURL *easy) {
  const char *method = t->ask.method;
  int asks = set_turn(t, easy);
  if (strcmp(method, "HEAD") == 0) {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (strcmp(method, "GET") != 0) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     (curl_off_t)t->curl->source->len);
    set_body(t, easy, asks);
  }
}

static void set_answer(fal_transfer *t, CURL *easy) {
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
  if (!t->ask.as_it_is) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
}

/* Large blocks for files; the ordinary ones keep a thousand waits small. */
static void set_blocks(const fal_transfer *t, CURL *easy) {
  if (t->ask.block == 0) return;
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, t->ask.block);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, t->ask.block);
}

static void set_connection(fal_transfer *t, CURL *easy) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS,
                   (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  if (t->ask.ca_file != NULL)
    curl_easy_setopt(easy, CURLOPT_CAINFO, t->ask.ca_file);
  /* a proxy cannot reach this machine's own loopback */
  if (strncmp(t->ask.url, "http://127.0.0.1", 16) == 0)
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

static CURLcode set_up(void *transfer, CURL *easy) {
  fal_transfer *t = transfer;
  CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, t->ask.url);
  if (code != CURLE_OK) return code;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->curl->error);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->curl->headers);
  set_connection(t, easy);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms(&t->ask));
  set_method(t, easy);
  set_answer(t, easy);
  set_blocks(t, easy);
  t->curl->limit.fire = on_limit;
  byte_seen(t);
  if (fal_timer_start(t->reactor, &t->curl->limit, limit_us(t)) != 0 ||
      fal_slist_split(&t->curl->connect_to, t->ask.connect_to) != 0)
    return CURLE_OUT_OF_MEMORY;
  return curl_easy_setopt(easy, CURLOPT_CONNECT_TO, t->curl->connect_to);
}

static struct fal_transfer_curl *curl_of(fal_transfer *t) {
  if (t->curl != NULL) return t->curl;
  t->curl = calloc(1, sizeof *t->curl);
  if (t->curl != NULL) t->curl->owner = t, t->curl->fd = -1;
  return t->curl;
}

int fal_transfer_header(fal_transfer *t, const char *line) {
  struct fal_transfer_curl *c = curl_of(t);
  if (c == NULL) return -1;
  struct curl_slist *longer = curl_slist_append(c->headers, line);
  if (longer == NULL) return -1;
  c->headers = longer;
  return 0;
}

void fal_transfer_start(fal_transfer *t, const fal_ask *ask) {
  struct fal_transfer_curl *c = curl_of(t);
  t->ask = *ask;
  t->body.max = ask->max_answer;
  if (c == NULL) {
    finish(t, FAL_NO_MEMORY, "out of memory");
    return;
  }
  fal_source_memory(&c->memory, ask->body, ask->body_len);
  c->source = ask->source != NULL ? ask->source : &c->memory;
  c->turn.owner = t;
  fal_reactor_serve(t->reactor, set_up, on_finished);
  CURLcode fault = fal_reactor_run(t->reactor, &c->turn, ask->urgent);
  if (fault != CURLE_OK) on_finished(t, fault);
}

void fal_transfer_resume(fal_transfer *t) {
  if (t->curl == NULL || !t->curl->paused) return;
  t->curl->paused = 0;
  byte_seen(t);
  curl_easy_pause(t->curl->turn.easy, CURLPAUSE_CONT);
}

void fal_transfer_init(fal_transfer *t, fal_reactor *r) {
  memset(t, 0, sizeof *t);
  t->reactor = r;
  fal_bytes_init(&t->headers, MAX_HEADERS);
}

void fal_transfer_free(fal_transfer *t) {
  if (t->reactor == NULL) return;
  release(t);
  fal_reactor_forget(t->reactor, &t->signal);
  fal_bytes_free(&t->headers);
  fal_bytes_free(&t->body);
  t->reactor = NULL;
}

const char *fal_transfer_answer_header(const fal_transfer *t, const char *name,
                                       size_t *len) {
  return fal_header_find(t->headers.data, name, len);
}
