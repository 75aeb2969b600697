/*
** Requests that may cost money, up to the moment in which they could be sent.
*/
#include "paid.h"

#include <lauxlib.h>
#include <string.h>

#include "options.h"

#define SELF 4

/* The exchange on the top goes to the place of the record; if that is a table,
   it has the exchange as its field. */
static void record(lua_State *L) {
  if (lua_istable(L, SELF)) {
    lua_pushvalue(L, -1);
    lua_setfield(L, SELF, "exchange");
  }
  lua_replace(L, SELF);
}

static int ends_in(fal_span path, const char *tail) {
  size_t len = strlen(tail), before = path.len - len;
  return path.len >= len && memcmp(path.at + before, tail, len) == 0 &&
         (before == 0 || path.at[before - 1] == '/');
}

static const char *path_of(lua_State *L, const fal_exchange *x,
                           const char *tail) {
  const char *path = fal_options_path(L, 3);
  if (path != NULL || tail == NULL) return path;
  return ends_in(x->endpoint.path, tail) ? NULL : tail;
}

fal_exchange *fal_paid_open(lua_State *L, enum fal_host host,
                            const char *tail) {
  lua_settop(L, SELF);
  fal_exchange *x = fal_exchange_new(L, "POST", 0);
  if (x == NULL) return NULL;
  record(L);
  x->paid = 1;
  if (fal_exchange_endpoint(L, x, 1) != 0) return NULL;
  fal_exchange_keep(L, SELF, FAL_X_NAME, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  fal_options_headers(L, x, 3);
  fal_options_note(L, SELF, 3);
  if (fal_endpoint_run_url(&x->url, x->client->url[host], &x->endpoint,
                           path_of(L, x, tail)) != 0)
    luaL_argerror(L, 3, "option 'path' cannot stand in a URL");
  return fal_exchange_json(L, x, SELF, 2) == 0 ? x : NULL;
}
