/*
** client.http{...}: any exchange, for the Lua rooms that speak to other parts
** of the service. An answer with any status is a success here, unless 'check'
** asks for a verdict. The key goes along when the URL is a configured host's
** and the exchange is not 'anonymous'. Bodies may come from a file and answers
** may go to one; a meter tells how far they are.
*/
#include <lauxlib.h>
#include <string.h>

#include "answer.h"
#include "error.h"
#include "exchange.h"
#include "freight.h"
#include "options.h"
#include "verbs.h"
#include "verdict.h"

#define SELF 2

/* [-0, +0, e] The field as a string that the table keeps, or NULL. */
static const char *text_field(lua_State *L, const char *name, size_t *len) {
  int type = lua_getfield(L, 1, name);
  const char *text =
      type == LUA_TSTRING ? lua_tolstring(L, -1, len) : NULL;
  if (type != LUA_TSTRING && type != LUA_TNIL)
    luaL_error(L, "%s must be a string, not a %s", name, lua_typename(L, type));
  lua_pop(L, 1);
  return text;
}

static int flag_field(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  int flag = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return flag;
}

static void ms_field(lua_State *L, const char *name, long *ms) {
  if (lua_getfield(L, 1, name) != LUA_TNIL) {
    lua_Number seconds = luaL_checknumber(L, -1);
    luaL_argcheck(L, seconds > 0, 1, "timeout must be above 0 seconds");
    *ms = fal_ms(seconds);
  }
  lua_pop(L, 1);
}

static lua_Integer integer_field(lua_State *L, const char *name,
                                 lua_Integer otherwise) {
  lua_getfield(L, 1, name);
  lua_Integer n = luaL_optinteger(L, -1, otherwise);
  lua_pop(L, 1);
  return n;
}

/* A path goes to the system as a C string. */
static const char *path_field(lua_State *L, const char *name) {
  size_t len;
  const char *path = text_field(L, name, &len);
  if (path != NULL && strlen(path) != len)
    luaL_argerror(L, 1, "a path must not have a zero in it");
  return path;
}

static const char *method_field(lua_State *L) {
  static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE",
                                        NULL};
  lua_getfield(L, 1, "method");
  const char *method = methods[luaL_checkoption(L, -1, "GET", methods)];
  lua_pop(L, 1);
  return method;
}

static void fill_in_url(lua_State *L, fal_exchange *x) {
  size_t len;
  const char *url = text_field(L, "url", &len);
  if (url == NULL || !fal_url_is_clean(url, len))
    luaL_argerror(L, 1, "url must be a string without spaces or line breaks");
  fal_bytes_add(&x->url, url, len);
}

static void fill_in(lua_State *L, fal_exchange *x) {
  fill_in_url(L, x);
  x->ask.body = text_field(L, "body", &x->ask.body_len);
  lua_getfield(L, 1, "body");
  lua_setiuservalue(L, SELF, FAL_X_BODY);
  ms_field(L, "timeout", &x->ask.exchange_ms);
  x->paid = flag_field(L, "paid");
  x->anonymous = flag_field(L, "anonymous");
  x->ask.urgent = flag_field(L, "urgent");
  x->ask.idle = flag_field(L, "idle");
  lua_getfield(L, 1, "headers");
  fal_exchange_headers(L, x, lua_gettop(L));
  lua_getfield(L, 1, "lifecycle");
  fal_options_lifecycle(L, x, lua_gettop(L));
  lua_pop(L, 2);
}

/* ------------------------------------------------------------------
** Files
*/

/* A part of the body is sent from where the body is. */
static void slice_body(lua_State *L, fal_exchange *x, fal_freight *f) {
  lua_Integer whole = (lua_Integer)x->ask.body_len;
  lua_Integer first = integer_field(L, "offset", 0);
  lua_Integer len = integer_field(L, "length", whole - first);
  luaL_argcheck(L, first >= 0 && len >= 0 && first <= whole &&
                len <= whole - first, 1, "the slice is not in the body");
  fal_freight_send_memory(x, f, x->ask.body + first, (size_t)len);
}

/* [-0, +(0|1), e] 0, or -1 and an error. */
static int send_file(lua_State *L, fal_freight *f, const char *path) {
  const char *stamp = path_field(L, "stamp");
  if (fal_freight_send(L, SELF, f, path, integer_field(L, "offset", 0),
                       integer_field(L, "length", -1)) != 0) return -1;
  if (stamp == NULL || strcmp(stamp, f->source.stamp) == 0) return 0;
  fal_error_push(L, "io", "%s: it was changed meanwhile", path);
  return -1;
}

/* [-0, +(0|1), e] 0, or -1 and an error. */
static int load(lua_State *L, fal_exchange *x) {
  const char *file = path_field(L, "file"), *to = path_field(L, "to");
  int metered = lua_getfield(L, 1, "meter") != LUA_TNIL;
  lua_pop(L, 1);
  if (file == NULL && to == NULL && !metered) return 0;
  fal_freight *f = fal_freight_new(L, SELF);
  if (metered) {
    lua_getfield(L, 1, "meter");
    fal_freight_measure(L, SELF, f, lua_gettop(L));
    lua_pop(L, 1);
  }
  if (file != NULL && send_file(L, f, file) != 0) return -1;
  if (file == NULL && x->ask.body != NULL) slice_body(L, x, f);
  if (to == NULL) return 0;
  f->holds = flag_field(L, "hold");
  return fal_freight_receive(L, SELF, f, to, integer_field(L, "keep", 0),
                             integer_field(L, "max_bytes", -1));
}

/* ------------------------------------------------------------------ */

/* [-0, +(0|1), e] 0, or -1 and what became of the files. */
static int unload(lua_State *L) {
  int failed = 0;
  if (lua_getiuservalue(L, SELF, FAL_X_FREIGHT) == LUA_TUSERDATA)
    failed = fal_freight_arrived(L, SELF, lua_touserdata(L, -1));
  lua_remove(L, failed ? -2 : -1);
  return failed;
}

static int is_failure(lua_State *L, const fal_exchange *x) {
  if (x->transfer.outcome != FAL_ANSWERED) return 1;
  return !fal_exchange_ok(x) && flag_field(L, "check");
}

static int finish_http(lua_State *L, int status, lua_KContext ctx) {
  const fal_exchange *x = fal_exchange_at(L, SELF);
  const fal_transfer *t = &x->transfer;
  (void)status, (void)ctx;
  if (unload(L) != 0) return fal_exchange_fail(L);
  fal_answer_seen(L, SELF);
  if (is_failure(L, x)) {
    fal_verdict(L, SELF);
    return fal_exchange_fail(L);
  }
  lua_createtable(L, 0, 3);
  lua_pushinteger(L, t->status);
  lua_setfield(L, -2, "status");
  fal_exchange_push_headers(L, x);
  lua_setfield(L, -2, "headers");
  lua_pushlstring(L, t->body.data != NULL ? t->body.data : "", t->body.len);
  lua_setfield(L, -2, "body");
  lua_getiuservalue(L, SELF, FAL_X_FREIGHT);
  lua_setfield(L, -2, "freight");
  return 1;
}

/* http{url, method, headers, body, timeout, paid, urgent, idle, anonymous,
   check, lifecycle, meter; file or body, offset, length, stamp: the slice to
   send; to, keep, max_bytes: the file to fill; hold: it stays locked until the
   answer's freight is closed} -> {status, headers, body, freight} */
static int verb_http(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  fal_exchange *x = fal_exchange_new(L, method_field(L), 1);
  if (x == NULL) return fal_exchange_fail(L);
  fill_in(L, x);
  if (fal_exchange_authorize(L, x) != 0 || load(L, x) != 0)
    return fal_exchange_fail(L);
  return fal_exchange_go(L, x, finish_http);
}

const luaL_Reg fal_http_verbs[] = {
  {"http", verb_http}, {"meter", fal_meter_new}, {NULL, NULL}
};
