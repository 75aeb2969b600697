/*
** Freight and meters. Errors of files are made here: what failed, and which
** path it was, taken from the fields 'file' and 'to' that the caller gave.
*/
#include "freight.h"

#include <lauxlib.h>
#include <string.h>

#include "error.h"

#define FREIGHT "fal.freight"
#define METER "fal.meter"
#define BLOCK (256 * 1024)  /* bytes moved at a time; see docs/performance.md */

/* user values */
enum { SOURCE_PATH = 1, TARGET_PATH, FREIGHT_METER, FREIGHT_COUNT };
enum { METER_EXCHANGE = 1 };

typedef struct meter {
  uint64_t count;
} meter;

static int freight_gc(lua_State *L) {
  fal_freight *f = luaL_checkudata(L, 1, FREIGHT);
  fal_source_close(&f->source);
  fal_target_close(&f->target);
  return 0;
}

static void freight_cancel(fal_waitable *w) {
  fal_exchange *x = (fal_exchange *)w;
  fal_transfer_abort(&x->transfer, "cancelled");
  if (x->ask.source != NULL) fal_source_close(x->ask.source);
  if (x->ask.sink != NULL) fal_target_close(x->ask.sink_ctx);
}

fal_freight *fal_freight_new(lua_State *L, int self) {
  fal_exchange *x = fal_exchange_at(L, self);
  fal_freight *f = lua_newuserdatauv(L, sizeof *f, FREIGHT_COUNT);
  fal_source_none(&f->source);
  fal_target_none(&f->target);
  f->holds = 0;
  luaL_setmetatable(L, FREIGHT);
  lua_setiuservalue(L, self, FAL_X_FREIGHT);
  x->ask.block = BLOCK;
  x->wait.cancel = freight_cancel;
  return f;
}

/* [-0, +0, m] Remembers a path for messages. */
static void name_path(lua_State *L, int self, int slot, const char *path) {
  lua_getiuservalue(L, self, FAL_X_FREIGHT);
  lua_pushstring(L, path);
  lua_setiuservalue(L, -2, slot);
  lua_pop(L, 1);
}

void fal_freight_error(lua_State *L, const char *path, const char *why) {
  fal_error_push(L, "io", "%s: %s", path, why);
  fal_error_flag(L, "retryable", 0);
  fal_error_text(L, "billed", "no");
}

int fal_freight_send(lua_State *L, int self, fal_freight *f, const char *path,
                     lua_Integer first, lua_Integer len) {
  uint64_t *progress = f->source.progress;
  fal_exchange *x = fal_exchange_at(L, self);
  name_path(L, self, SOURCE_PATH, path);
  int opened = fal_source_open(&f->source, path, first, len);
  f->source.progress = progress;
  x->ask.source = &f->source;
  if (opened == 0) return 0;
  fal_freight_error(L, path, f->source.why);
  return -1;
}

void fal_freight_send_memory(fal_exchange *x, fal_freight *f, const char *data,
                             size_t len) {
  uint64_t *progress = f->source.progress;
  fal_source_memory(&f->source, data, len);
  f->source.progress = progress;
  x->ask.source = &f->source;
}

static void push_target_error(lua_State *L, const fal_target *t,
                              const char *path) {
  if (t->state == FAL_TARGET_TOO_LARGE) {
    fal_error_push(L, "io", "%s: the file is larger than max_bytes (%I)", path,
                   (LUAI_UACINT)t->max);
    fal_error_text(L, "type", "too_large");
  } else if (t->state == FAL_TARGET_ELSEWHERE) {
    fal_error_push(L, "protocol", "%s", t->why);
    fal_error_text(L, "type", "elsewhere");
  } else {
    fal_freight_error(L, path, t->why);
    if (t->state == FAL_TARGET_BUSY) fal_error_text(L, "type", "busy");
  }
  fal_error_flag(L, "retryable", 0);
}

int fal_freight_receive(lua_State *L, int self, fal_freight *f,
                        const char *path, lua_Integer keep, lua_Integer max) {
  fal_exchange *x = fal_exchange_at(L, self);
  name_path(L, self, TARGET_PATH, path);
  f->target.max = max;
  f->target.transfer = &x->transfer;
  x->ask.sink = fal_target_sink;
  x->ask.sink_ctx = &f->target;
  x->ask.as_it_is = 1;
  if (fal_target_open(&f->target, path, keep) == 0) return 0;
  push_target_error(L, &f->target, path);
  return -1;
}

void fal_freight_measure(lua_State *L, int self, fal_freight *f, int idx) {
  meter *m = luaL_checkudata(L, idx, METER);
  lua_pushvalue(L, self);
  lua_setiuservalue(L, idx, METER_EXCHANGE);
  lua_getiuservalue(L, self, FAL_X_FREIGHT);
  lua_pushvalue(L, idx);
  lua_setiuservalue(L, -2, FREIGHT_METER);
  lua_pop(L, 1);
  f->source.progress = f->target.progress = &m->count;
}

/* [-0, +1, m] The path as it was given. */
static const char *push_path(lua_State *L, int self, int slot) {
  lua_getiuservalue(L, self, FAL_X_FREIGHT);
  lua_getiuservalue(L, -1, slot);
  lua_remove(L, -2);
  return lua_isstring(L, -1) ? lua_tostring(L, -1) : "the data";
}

static int source_failed(lua_State *L, int self, fal_freight *f) {
  const fal_exchange *x = fal_exchange_at(L, self);
  fal_source *s = &f->source;
  if (s->why[0] == '\0') fal_source_is_unchanged(s);
  if (s->why[0] == '\0' && fal_exchange_ok(x)) fal_source_is_spent(s);
  if (!fal_exchange_ok(x)) fal_source_rewind(s);
  fal_source_close(s);
  if (s->why[0] == '\0') return 0;
  const char *path = push_path(L, self, SOURCE_PATH);
  fal_freight_error(L, path, s->why);
  lua_remove(L, -2);
  return -1;
}

static int target_failed(lua_State *L, int self, fal_freight *f) {
  const fal_exchange *x = fal_exchange_at(L, self);
  fal_target *t = &f->target;
  if (t->state == FAL_TARGET_OK && fal_exchange_ok(x)) fal_target_finish(t);
  if (t->state == FAL_TARGET_OK && fal_exchange_ok(x) && f->holds) return 0;
  fal_target_close(t);
  if (t->state == FAL_TARGET_OK) return 0;
  const char *path = push_path(L, self, TARGET_PATH);
  push_target_error(L, t, path);
  lua_remove(L, -2);
  return -1;
}

int fal_freight_arrived(lua_State *L, int self, fal_freight *f) {
  const fal_exchange *x = fal_exchange_at(L, self);
  if (x->ask.source != NULL && source_failed(L, self, f) != 0) return -1;
  return x->ask.sink != NULL ? target_failed(L, self, f) : 0;
}

/* ------------------------------------------------------------------
** Meters
*/

int fal_meter_new(lua_State *L) {
  meter *m = lua_newuserdatauv(L, sizeof *m, 1);
  m->count = 0;
  luaL_setmetatable(L, METER);
  return 1;
}

/* count(): bytes that went through, over all exchanges it was given to */
static int meter_count(lua_State *L) {
  const meter *m = luaL_checkudata(L, 1, METER);
  lua_pushinteger(L, (lua_Integer)m->count);
  return 1;
}

/* reset(): begins at nothing again */
static int meter_reset(lua_State *L) {
  meter *m = luaL_checkudata(L, 1, METER);
  m->count = 0;
  return 0;
}

/* answer(): status and headers of the latest exchange, once they are there */
static int meter_answer(lua_State *L) {
  luaL_checkudata(L, 1, METER);
  if (lua_getiuservalue(L, 1, METER_EXCHANGE) != LUA_TUSERDATA) return 1;
  const fal_exchange *x = fal_exchange_at(L, -1);
  if (x->transfer.status == 0) return 0;
  lua_pushinteger(L, x->transfer.status);
  fal_exchange_push_headers(L, x);
  return 2;
}

static const luaL_Reg freight_meta[] = {
  {"__close", freight_gc}, {"__gc", freight_gc}, {NULL, NULL}
};

static const luaL_Reg meter_methods[] = {
  {"answer", meter_answer}, {"count", meter_count},
  {"reset", meter_reset}, {NULL, NULL}
};

void fal_freight_open(lua_State *L) {
  luaL_newmetatable(L, FREIGHT);
  luaL_setfuncs(L, freight_meta, 0);
  luaL_newmetatable(L, METER);
  luaL_newlib(L, meter_methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 2);
}
