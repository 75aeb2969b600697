/*
** The verbs: run, submit, status, result, cancel. Each makes one exchange and
** reads its answer in one continuation. When to try again, and how long to
** wait for what, is decided in Lua.
**
** Stack of every verb: 1 endpoint or request, 2 id or input, 3 options,
** 4 the exchange; of run and submit before that the caller's record.
*/
#include <lauxlib.h>

#include "answer.h"
#include "error.h"
#include "exchange.h"
#include "json.h"
#include "options.h"
#include "paid.h"
#include "verbs.h"
#include "verdict.h"

#define SELF 4

/* ------------------------------------------------------------------
** run and submit
*/

/* [-0, +(0|1), e] Exchange at SELF for a paid POST to 'host'; NULL, error. */
static fal_exchange *open_paid(lua_State *L, enum fal_host host) {
  fal_exchange *x = fal_paid_open(L, host, NULL);
  if (x != NULL)
    fal_exchange_header(L, x, "Accept", "application/json", 16);
  return x;
}

/* [-0, +0, m] Copies the header 'name' as a number into the table on top. */
static void copy_number(lua_State *L, const fal_exchange *x, const char *name,
                        const char *field) {
  fal_exchange_push_header(L, x, name);
  if (lua_isstring(L, -1) && lua_stringtonumber(L, lua_tostring(L, -1)))
    lua_remove(L, -2);
  lua_setfield(L, -2, field);
}

static void push_info(lua_State *L, const fal_exchange *x) {
  lua_createtable(L, 0, 3);
  fal_exchange_push_header(L, x, "x-fal-request-id");
  lua_setfield(L, -2, "request_id");
  copy_number(L, x, "x-fal-billable-units", "billable_units");
  fal_exchange_push_headers(L, x);
  lua_setfield(L, -2, "headers");
}

static int finish_run(lua_State *L, int status, lua_KContext ctx) {
  fal_exchange *x = fal_exchange_at(L, SELF);
  (void)status, (void)ctx;
  if (fal_answer_push(L, SELF) != 0) return fal_exchange_fail(L);
  push_info(L, x);
  fal_exchange_spent(x);
  return 2;
}

static int verb_run(lua_State *L) {
  fal_exchange *x = open_paid(L, FAL_RUN);
  if (x == NULL) return fal_exchange_fail(L);
  return fal_exchange_go(L, x, finish_run);
}

static int is_text_field(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  int is = lua_type(L, -1) == LUA_TSTRING;
  lua_pop(L, 1);
  return is;
}

/* Whether the answer on the top has an id by which a request can be named; what
   may stand in one of our own URLs is less, but the service gives URLs too. */
static int has_request_id(lua_State *L) {
  size_t len = 0, i = 0;
  if (!lua_istable(L, -1)) return 0;
  lua_getfield(L, -1, "request_id");
  const char *id =
      lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &len) : NULL;
  while (i < len && id[i] > ' ' && id[i] < 127) i++;
  lua_pop(L, 1);
  return len > 0 && len <= FAL_REQUEST_ID_MAX && i == len;
}

/* [-1, +1, m] The answer becomes the request object's fields. No word of the
   service may hide a method of requests. */
static void make_request(lua_State *L, fal_exchange *x) {
  static const char *const not_fields[] = {"request_id", "status", "wait",
                                           "result", "cancel", "events"};
  lua_getfield(L, -1, "request_id");
  lua_setfield(L, -2, "id");
  for (size_t i = 0; i < sizeof not_fields / sizeof *not_fields; i++) {
    lua_pushnil(L);
    lua_setfield(L, -2, not_fields[i]);
  }
  lua_pushlstring(L, x->endpoint.id.at, x->endpoint.id.len);
  lua_setfield(L, -2, "endpoint");
}

static int finish_submit(lua_State *L, int status, lua_KContext ctx) {
  fal_exchange *x = fal_exchange_at(L, SELF);
  (void)status, (void)ctx;
  if (fal_answer_push(L, SELF) != 0) return fal_exchange_fail(L);
  if (!has_request_id(L)) {
    fal_verdict_nonsense(L, SELF, "it has no good request_id");
    return fal_exchange_fail(L);
  }
  make_request(L, x);
  fal_exchange_spent(x);
  return 1;
}

static int verb_submit(lua_State *L) {
  fal_exchange *x = open_paid(L, FAL_QUEUE);
  if (x == NULL) return fal_exchange_fail(L);
  fal_options_query(L, x, 3);
  x->wait.shielded = 1;
  return fal_exchange_go(L, x, finish_submit);
}

/* ------------------------------------------------------------------
** status, result, cancel: of a request (a table with id and URLs), or of an
** endpoint and an id.
*/

/* Brings (request, opts) and (endpoint, id, opts) to one form: 1 request or
   endpoint, 2 id, 3 options. */
static void normalise(lua_State *L) {
  if (lua_istable(L, 1)) {
    lua_settop(L, 2);
    lua_getfield(L, 1, "id");
    lua_insert(L, 2);
  }
  lua_settop(L, 3);
  if (lua_type(L, 2) != LUA_TSTRING) luaL_typeerror(L, 2, "request id");
}

static int use_own_url(lua_State *L, fal_exchange *x, const char *field) {
  if (!lua_istable(L, 1)) return 0;
  size_t len = 0;
  lua_getfield(L, 1, field);
  const char *url = lua_tolstring(L, -1, &len);
  int bad = url == NULL || !fal_url_is_clean(url, len) ||
            fal_bytes_add(&x->url, url, len) != 0;
  if (bad) fal_bytes_free(&x->url);  /* ready for one of our own making */
  lua_pop(L, 1);
  return !bad;
}

static int build_url(lua_State *L, fal_exchange *x, const char *suffix) {
  size_t len;
  const char *id = lua_tolstring(L, 2, &len);
  if (lua_istable(L, 1)) lua_getfield(L, 1, "endpoint");
  else lua_pushvalue(L, 1);
  if (fal_exchange_endpoint(L, x, SELF + 1) != 0) return -1;
  lua_settop(L, SELF);
  if (fal_endpoint_request_url(&x->url, x->client->url[FAL_QUEUE],
                               &x->endpoint, id, len, suffix) == 0)
    return 0;
  fal_error_push(L, "validation", "request id \"%s\": only letters, digits, "
                 "'-' and '_' are allowed", id);
  fal_error_text(L, "field", "request_id");
  return -1;
}

static void name_exchange(lua_State *L) {
  if (lua_istable(L, 1)) lua_getfield(L, 1, "endpoint");
  else lua_pushvalue(L, 1);
  lua_setiuservalue(L, SELF, FAL_X_NAME);
  fal_exchange_keep(L, SELF, FAL_X_ID, 2);
}

/* [-0, +(0|1), e] Exchange at SELF with one of the request's URLs. */
static fal_exchange *open_request(lua_State *L, const char *method,
                                  const char *field, const char *suffix) {
  normalise(L);
  fal_exchange *x = fal_exchange_new(L, method, 0);
  if (x == NULL) return NULL;
  name_exchange(L);
  if (!use_own_url(L, x, field) && build_url(L, x, suffix) != 0) return NULL;
  return x;
}

/* Fields that are null are absent to a Lua program. */
static void drop_nulls(lua_State *L) {
  static const char *const fields[] = {"logs", "metrics", "error",
                                       "error_type", "queue_position"};
  for (int i = 0; i < 5; i++) {
    if (lua_getfield(L, -1, fields[i]) == LUA_TLIGHTUSERDATA) {
      lua_pushnil(L);
      lua_setfield(L, -3, fields[i]);
    }
    lua_pop(L, 1);
  }
}

/* [-0, +0, e] The request at index 1, when it is one, learns 'field' of the
   table on the top. */
static void tell_request(lua_State *L, const char *field) {
  if (!lua_istable(L, 1)) return;
  if (lua_getfield(L, -1, field) == LUA_TNIL) lua_pop(L, 1);
  else lua_setfield(L, 1, field);
}

static int finish_status(lua_State *L, int status, lua_KContext ctx) {
  fal_exchange *x = fal_exchange_at(L, SELF);
  (void)status, (void)ctx;
  if (fal_answer_push(L, SELF) != 0) return fal_exchange_fail(L);
  if (!lua_istable(L, -1) || !is_text_field(L, -1, "status")) {
    fal_verdict_nonsense(L, SELF, "it has no status");
    return fal_exchange_fail(L);
  }
  drop_nulls(L);
  tell_request(L, "metrics");
  fal_exchange_spent(x);
  return 1;
}

static void add_logs(lua_State *L, fal_exchange *x) {
  if (lua_isnoneornil(L, 3)) return;
  luaL_checktype(L, 3, LUA_TTABLE);
  lua_getfield(L, 3, "logs");
  if (lua_toboolean(L, -1)) fal_endpoint_add_query(&x->url, "logs", "1");
  lua_pop(L, 1);
}

static int verb_status(lua_State *L) {
  fal_exchange *x = open_request(L, "GET", "status_url", "/status");
  if (x == NULL) return fal_exchange_fail(L);
  add_logs(L, x);
  return fal_exchange_go(L, x, finish_status);
}

/* [-0, +0, e] The request at index 1 learns what was billed for it. */
static void tell_units(lua_State *L, const fal_exchange *x) {
  lua_pushvalue(L, 1);
  copy_number(L, x, "x-fal-billable-units", "billable_units");
  lua_pop(L, 1);
}

static int finish_result(lua_State *L, int status, lua_KContext ctx) {
  fal_exchange *x = fal_exchange_at(L, SELF);
  (void)status, (void)ctx;
  if (fal_answer_push(L, SELF) != 0) return fal_exchange_fail(L);
  if (lua_istable(L, 1)) tell_units(L, x);
  fal_exchange_spent(x);
  return 1;
}

static int verb_result(lua_State *L) {
  fal_exchange *x = open_request(L, "GET", "response_url", "");
  if (x == NULL) return fal_exchange_fail(L);
  return fal_exchange_go(L, x, finish_result);
}

/* 400 and 404 carry a word in 'status', which becomes the error's type. */
static void add_cancel_type(lua_State *L) {
  const fal_exchange *x = fal_exchange_at(L, SELF);
  const fal_bytes *body = &x->transfer.body;
  if (body->data == NULL || !fal_json_decode(L, body->data, body->len)) return;
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, "status");
    if (lua_type(L, -1) == LUA_TSTRING) lua_setfield(L, -3, "type");
    else lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static int finish_cancel(lua_State *L, int status, lua_KContext ctx) {
  (void)status, (void)ctx;
  fal_answer_seen(L, SELF);
  if (fal_exchange_ok(fal_exchange_at(L, SELF))) {
    lua_pushboolean(L, 1);
    return 1;
  }
  fal_verdict(L, SELF);
  add_cancel_type(L);
  return fal_exchange_fail(L);
}

static int verb_cancel(lua_State *L) {
  fal_exchange *x = open_request(L, "PUT", "cancel_url", "/cancel");
  if (x == NULL) return fal_exchange_fail(L);
  x->ask.urgent = 1;
  return fal_exchange_go(L, x, finish_cancel);
}

const luaL_Reg fal_queue_verbs[] = {
  {"cancel", verb_cancel},
  {"result", verb_result},
  {"run", verb_run},
  {"status", verb_status},
  {"submit", verb_submit},
  {NULL, NULL}
};
