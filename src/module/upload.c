/*
** The verb upload: asks the service for a signed URL and sends one file there,
** in one piece. One honest attempt; parts, fallbacks and retries are Lua's.
**
** Stack: 1 path or file value, 2 options, 3 the exchange that asks, 4 the
** URL of the file, 5 the exchange that sends.
*/
#include <lauxlib.h>
#include <string.h>

#include "answer.h"
#include "error.h"
#include "exchange.h"
#include "freight.h"
#include "json.h"
#include "options.h"
#include "verbs.h"
#include "verdict.h"

#define ASK 3
#define FILE_URL 4
#define SEND 5

#define INITIATE "/storage/upload/initiate?storage_type=fal-cdn-v3"

/* [-0, +1, e] The field of the table at 'idx', when it is a table; or nil. */
static int push_field(lua_State *L, int idx, const char *name) {
  if (lua_istable(L, idx)) lua_getfield(L, idx, name);
  else lua_pushnil(L);
  return !lua_isnil(L, -1);
}

/* [-0, +1, e] The path of the file; NULL and nil when it is in memory. */
static const char *push_path(lua_State *L) {
  size_t len;
  if (lua_type(L, 1) == LUA_TSTRING) lua_pushvalue(L, 1);
  else push_field(L, 1, "path");
  const char *path = lua_tolstring(L, -1, &len);
  luaL_argcheck(L, path == NULL || strlen(path) == len, 1,
                "a path must not have a zero in it");
  return path;
}

static void check_arguments(lua_State *L) {
  luaL_argexpected(L, lua_type(L, 1) == LUA_TSTRING ||
                   lua_type(L, 1) == LUA_TTABLE, 1, "path or file");
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TTABLE);
  const char *path = push_path(L);
  push_field(L, 1, "data");
  luaL_argcheck(L, path != NULL || lua_type(L, -1) == LUA_TSTRING, 1,
                "a file needs a path or data");
  lua_settop(L, 2);
}

/* [-0, +1, e] An option, else the file's own field, else 'otherwise'. */
static const char *push_choice(lua_State *L, const char *option,
                               const char *field, const char *otherwise) {
  if (push_field(L, 2, option)) return luaL_checkstring(L, -1);
  lua_pop(L, 1);
  if (push_field(L, 1, field)) return luaL_checkstring(L, -1);
  lua_pop(L, 1);
  lua_pushstring(L, otherwise);
  return otherwise;
}

static const char *push_type(lua_State *L) {
  return push_choice(L, "content_type", "type", "application/octet-stream");
}

static const char *last_component(const char *path) {
  const char *slash = path != NULL ? strrchr(path, '/') : NULL;
  return slash != NULL ? slash + 1 : path;
}

/* [-0, +(0|1), e] What the service must know beforehand; 0, or -1, error. */
static int write_wish(lua_State *L, fal_exchange *x) {
  lua_createtable(L, 0, 2);
  int wish = lua_gettop(L);
  push_type(L);
  lua_setfield(L, wish, "content_type");
  const char *name = last_component(push_path(L));
  push_choice(L, "name", "name", name != NULL ? name : "file");
  lua_setfield(L, wish, "file_name");
  int failed = fal_exchange_json(L, x, ASK, wish) != 0;
  if (!failed) lua_settop(L, wish - 1);
  return failed ? -1 : 0;
}

/* [-0, +(0|1), e] Before anything is sent: can the file be read at all? */
static int check_file(lua_State *L) {
  fal_source s;
  const char *path = push_path(L);
  if (path == NULL) {
    lua_pop(L, 1);
    return 0;
  }
  int failed = fal_source_open(&s, path, 0, -1);
  fal_source_close(&s);
  if (failed) {
    fal_freight_error(L, path, s.why);
    lua_remove(L, -2);
    return -1;
  }
  lua_pop(L, 1);
  return 0;
}

/* [-?, +2, e] nil and the error on the top, which says in which step. */
static int fail_in(lua_State *L, const char *step) {
  fal_error_text(L, "step", step);
  return fal_exchange_fail(L);
}

/* ------------------------------------------------------------------ */

/* [-0, +(0|1), e] Whether it is not the file that was looked at before. */
static int is_another(lua_State *L, fal_freight *f, const char *path) {
  const char *stamp = push_field(L, 2, "stamp") ? lua_tostring(L, -1) : NULL;
  int other = stamp != NULL && strcmp(stamp, f->source.stamp) != 0;
  lua_pop(L, 1);
  if (other) fal_freight_error(L, path, "it was changed while it was sent");
  return other;
}

/* [-0, +(0|1), e] The exchange at SEND gets the file; 0, or -1 and an error. */
static int load(lua_State *L, fal_exchange *x) {
  fal_freight *f = fal_freight_new(L, SEND);
  if (push_field(L, 2, "meter")) fal_freight_measure(L, SEND, f, SEND + 1);
  lua_pop(L, 1);
  const char *path = push_path(L);
  if (path != NULL) {
    int failed = fal_freight_send(L, SEND, f, path, 0, -1) != 0 ||
                 is_another(L, f, path);
    lua_remove(L, SEND + 1);
    return failed ? -1 : 0;
  }
  size_t len;
  push_field(L, 1, "data");
  const char *data = lua_tolstring(L, -1, &len);
  fal_freight_send_memory(x, f, data, len);
  lua_setiuservalue(L, SEND, FAL_X_BODY);
  lua_settop(L, SEND);
  return 0;
}

static int finish_send(lua_State *L, int status, lua_KContext ctx) {
  const fal_exchange *x = fal_exchange_at(L, SEND);
  (void)status, (void)ctx;
  lua_getiuservalue(L, SEND, FAL_X_FREIGHT);
  int failed = fal_freight_arrived(L, SEND, lua_touserdata(L, -1));
  fal_answer_seen(L, SEND);
  if (failed) return fail_in(L, "send");
  if (!fal_exchange_ok(x)) {
    fal_verdict(L, SEND);
    return fail_in(L, "send");
  }
  lua_pushvalue(L, FILE_URL);
  return 1;
}

/* Until the exchange is there, the URL to send the file to lies at SEND. */
static int send_file(lua_State *L) {
  size_t len;
  fal_exchange *x = fal_exchange_new(L, "PUT", 1);
  if (x == NULL) return fal_exchange_fail(L);
  const char *url = lua_tolstring(L, SEND, &len);
  fal_bytes_add(&x->url, url, len);
  lua_replace(L, SEND);
  x->anonymous = 1;
  x->ask.idle = 1;
  const char *type = push_type(L);
  fal_exchange_header(L, x, "Content-Type", type, strlen(type));
  lua_settop(L, SEND);
  if (load(L, x) != 0) return fail_in(L, "send");
  return fal_exchange_go(L, x, finish_send);
}

/* [-0, +1, e] Pushes a field of the service's answer; 1 when it is a URL. */
static int push_url(lua_State *L, int answer, const char *name) {
  size_t len;
  push_field(L, answer, name);
  if (lua_type(L, -1) != LUA_TSTRING) return 0;
  const char *url = lua_tolstring(L, -1, &len);
  return strncmp(url, "http", 4) == 0 && fal_url_is_clean(url, len);
}

static int finish_ask(lua_State *L, int status, lua_KContext ctx) {
  (void)status, (void)ctx;
  if (fal_answer_push(L, ASK) != 0) return fail_in(L, "initiate");
  int answer = lua_gettop(L);
  if (!push_url(L, answer, "file_url") || !push_url(L, answer, "upload_url")) {
    fal_verdict_nonsense(L, ASK, "it has no upload_url and file_url");
    return fail_in(L, "initiate");
  }
  lua_remove(L, answer);
  return send_file(L);
}

/* upload(path or file, {content_type, name, lifecycle, meter,
   stamp}) -> URL */
static int verb_upload(lua_State *L) {
  lua_settop(L, 2);
  check_arguments(L);
  if (check_file(L) != 0) return fail_in(L, "read");
  fal_exchange *x = fal_exchange_new(L, "POST", 0);
  if (x == NULL) return fal_exchange_fail(L);
  fal_bytes_add_text(&x->url, x->client->url[FAL_REST]);
  fal_bytes_add_text(&x->url, INITIATE);
  push_field(L, 2, "lifecycle");
  fal_options_lifecycle(L, x, lua_gettop(L));
  lua_settop(L, ASK);
  if (write_wish(L, x) != 0) return fail_in(L, "initiate");
  return fal_exchange_go(L, x, finish_ask);
}

/* lifetime(expires_in): seconds, of "1h" and other words too; nil of "never" */
static int verb_lifetime(lua_State *L) {
  lua_settop(L, 1);
  fal_options_push_seconds(L);
  return 1;
}

const luaL_Reg fal_upload_verbs[] = {
  {"lifetime", verb_lifetime}, {"upload", verb_upload}, {NULL, NULL}
};
