/*
** Event streams, pulled: the transfer's sink parses events into a queue, 'next'
** takes them out. A queue that grows too long pauses the transfer. The object
** waited for is the exchange; its signal means "events came, or it ended".
** An answer that is no event stream is handed out too, since it was paid for:
** JSON as one event, anything else (audio, say) in pieces as they come.
*/
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/sse.h"
#include "answer.h"
#include "await.h"
#include "error.h"
#include "exchange.h"
#include "json.h"
#include "paid.h"
#include "verbs.h"
#include "verdict.h"

#define STREAM "fal.stream"
#define MAX_EVENT (64u * 1024 * 1024)
#define MAX_QUEUED (1024u * 1024)  /* bytes of events nobody has taken yet */

typedef struct event {
  struct event *next;
  size_t len;
  char data[];
} event;

typedef struct stream {
  fal_sse sse;
  event *first, *last;
  size_t queued;
  fal_exchange *x;  /* in user value 1; NULL once closed */
  enum form { UNKNOWN, EVENTS, PIECES, WHOLE } form;
  fal_bytes whole;  /* an answer in JSON that is no event stream */
} stream;

/* ------------------------------------------------------------------
** Filling: runs inside libcurl's callback
*/

static int on_event(void *ctx, const char *data, size_t len) {
  stream *s = ctx;
  if (s->form == EVENTS && len == 6 && memcmp(data, "[DONE]", 6) == 0)
    return 0;  /* some models imitate another service's last event */
  event *e = malloc(sizeof *e + len);
  if (e == NULL) return -1;
  e->next = NULL;
  e->len = len;
  memcpy(e->data, data, len);
  if (s->last != NULL) s->last->next = e;
  else s->first = e;
  s->last = e;
  s->queued += len + sizeof *e;
  fal_reactor_signal(s->x->transfer.reactor, &s->x->transfer.signal);
  return 0;
}

static enum form form_of(const fal_transfer *t) {
  size_t len;
  const char *type = fal_transfer_answer_header(t, "content-type", &len);
  if (type != NULL && memmem(type, len, "event-stream", 12)) return EVENTS;
  return type != NULL && memmem(type, len, "json", 4) ? WHOLE : PIECES;
}

static int on_bytes(void *ctx, const char *data, size_t len) {
  stream *s = ctx;
  if (s->queued > MAX_QUEUED) return FAL_SINK_PAUSE;
  if (s->form == UNKNOWN) s->form = form_of(&s->x->transfer);
  switch (s->form) {
    case EVENTS: return fal_sse_feed(&s->sse, data, len);
    case WHOLE: return fal_bytes_add(&s->whole, data, len);
    default: return on_event(s, data, len);
  }
}

/* ------------------------------------------------------------------ */

static stream *stream_at(lua_State *L) {
  return luaL_checkudata(L, 1, STREAM);
}

static void drop_first(stream *s) {
  event *e = s->first;
  s->first = e->next;
  if (s->first == NULL) s->last = NULL;
  s->queued -= e->len + sizeof *e;
  free(e);
}

static int stream_close(lua_State *L) {
  stream *s = stream_at(L);
  if (s->x != NULL) fal_transfer_abort(&s->x->transfer, "closed");
  s->x = NULL;
  while (s->first != NULL) drop_first(s);
  fal_sse_free(&s->sse);
  fal_bytes_free(&s->whole);
  return 0;
}

/* [-0, +1, e] Pushes a stream whose exchange lies at 'self'. */
static stream *push_stream(lua_State *L, fal_exchange *x, int self) {
  stream *s = lua_newuserdatauv(L, sizeof *s, 1);
  memset(s, 0, sizeof *s);
  fal_sse_init(&s->sse, MAX_EVENT, on_event, s);
  fal_bytes_init(&s->whole, MAX_EVENT);
  luaL_setmetatable(L, STREAM);
  lua_pushvalue(L, self);
  lua_setiuservalue(L, -2, 1);
  s->x = x;
  x->ask.sink = on_bytes;
  x->ask.sink_ctx = s;
  x->ask.idle = 1;
  return s;
}

/* [-0, +1, e] Takes the first event out, decoded; 0, or -1 and an error. */
static int push_event(lua_State *L, stream *s, int self) {
  const event *e = s->first;
  int good = 1;
  if (s->form == PIECES) lua_pushlstring(L, e->data, e->len);
  else good = fal_json_decode(L, e->data, e->len);
  drop_first(s);
  if (s->queued <= MAX_QUEUED / 2) fal_transfer_resume(&s->x->transfer);
  if (good) return 0;
  fal_verdict_nonsense(L, self, lua_tostring(L, -1));
  return -1;
}

/* [-0, +1, e] How a stream without further events ended: nil, or an error. */
static int push_end(lua_State *L, stream *s, int self) {
  if (s->sse.error != 0 || s->whole.state != FAL_BYTES_OK)
    fal_verdict_nonsense(L, self, "it is too large");
  else if (!fal_exchange_ok(s->x)) fal_verdict(L, self);
  else if (s->form == EVENTS && fal_sse_partial(&s->sse))
    fal_verdict_nonsense(L, self, "the event stream was cut short");
  else {
    lua_pushnil(L);
    return 1;
  }
  return fal_exchange_fail(L);
}

static int stream_next(lua_State *L);

static int stream_woken(lua_State *L, int status, lua_KContext ctx) {
  (void)status, (void)ctx;
  return stream_next(L);
}

/* next() -> event; nil at the end; nil, err when it broke */
static int stream_next(lua_State *L) {
  stream *s = stream_at(L);
  lua_settop(L, 1);
  if (s->x == NULL) {
    lua_pushnil(L);
    return 1;
  }
  lua_getiuservalue(L, 1, 1);
  if (s->first != NULL)
    return push_event(L, s, 2) == 0 ? 1 : fal_exchange_fail(L);
  if (s->x->transfer.outcome != FAL_RUNNING) return push_end(L, s, 2);
  s->x->transfer.signal.set = 0;
  s->x->wait.finish = stream_woken;
  return fal_await(L);
}

static int stream_info(lua_State *L) {
  const stream *s = stream_at(L);
  lua_newtable(L);
  if (s->x == NULL) return 1;
  fal_exchange_push_header(L, s->x, "x-fal-request-id");
  lua_setfield(L, -2, "request_id");
  fal_exchange_push_headers(L, s->x);
  lua_setfield(L, -2, "headers");
  return 1;
}

/* ------------------------------------------------------------------
** Opening: 1 to 3 the arguments, 4 the exchange, 5 the stream, 6 the exchange
*/

#define SELF 4

/* [-0, +(0|1), e] An answer that is there as a whole must be good JSON; it
   becomes the only event. 0, or -1 and an error. */
static int take_whole(lua_State *L, stream *s) {
  const fal_bytes *b = &s->whole;
  if (!fal_json_decode(L, b->data != NULL ? b->data : "", b->len)) {
    fal_verdict_nonsense(L, SELF, lua_tostring(L, -1));
    return -1;
  }
  lua_pop(L, 1);
  on_event(s, b->data, b->len);
  fal_bytes_free(&s->whole);
  return 0;
}

static int finish_open(lua_State *L, int status, lua_KContext ctx) {
  const fal_exchange *x = fal_exchange_at(L, SELF);
  stream *s = luaL_checkudata(L, SELF + 1, STREAM);
  int over = x->transfer.outcome != FAL_RUNNING;
  (void)status, (void)ctx;
  fal_answer_seen(L, SELF);
  if (over && !fal_exchange_ok(x) && s->first == NULL)
    return push_end(L, s, SELF);
  if (over && s->form == UNKNOWN) s->form = form_of(&x->transfer);
  if (over && s->form == WHOLE && take_whole(L, s) != 0)
    return fal_exchange_fail(L);
  lua_pushvalue(L, SELF + 1);
  return 1;
}

static int open_stream(lua_State *L, fal_exchange *x) {
  fal_exchange_header(L, x, "Accept", "text/event-stream", 17);
  push_stream(L, x, SELF);
  lua_pushvalue(L, SELF);
  return fal_exchange_go(L, x, finish_open);
}

/* stream(endpoint, input, opts, record) -> stream. As in JS, the URL ends in
   '/stream'. */
static int verb_stream(lua_State *L) {
  fal_exchange *x = fal_paid_open(L, FAL_RUN, "stream");
  return x != NULL ? open_stream(L, x) : fal_exchange_fail(L);
}

/* event_stream(url) -> stream of a GET on one of the service's own URLs */
static int verb_event_stream(lua_State *L) {
  size_t len;
  const char *url = luaL_checklstring(L, 1, &len);
  luaL_argcheck(L, fal_url_is_clean(url, len), 1, "not a URL");
  lua_settop(L, 3);
  fal_exchange *x = fal_exchange_new(L, "GET", 0);
  if (x == NULL) return fal_exchange_fail(L);
  fal_bytes_add(&x->url, url, len);
  return open_stream(L, x);
}

const luaL_Reg fal_stream_verbs[] = {
  {"event_stream", verb_event_stream}, {"stream", verb_stream}, {NULL, NULL}
};

static const luaL_Reg methods[] = {
  {"close", stream_close}, {"info", stream_info}, {"next", stream_next},
  {NULL, NULL}
};

static const luaL_Reg metamethods[] = {
  {"__call", stream_next}, {"__close", stream_close}, {"__gc", stream_close},
  {NULL, NULL}
};

void fal_stream_open(lua_State *L) {
  luaL_newmetatable(L, STREAM);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
