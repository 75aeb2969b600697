/*
** fal.core.server: serving HTTP from Lua, for the sandbox and for webhooks.
** A server and each of its requests are userdata that one can wait for; Lua
** takes requests with 'next' and answers them whenever it likes. Nothing here
** decides what is answered.
*/
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/httpd.h"
#include "failure.h"
#include "inbound.h"
#include "modules.h"
#include "waitable.h"

#define SERVER "fal.server"

#define SPOOL (1024 * 1024)

typedef struct server_box {
  fal_waitable wait;
  fal_httpd *httpd;
} server_box;

static fal_httpd *check_server(lua_State *L) {
  server_box *box = luaL_checkudata(L, 1, SERVER);
  if (box->httpd == NULL || fal_httpd_is_closed(box->httpd))
    luaL_error(L, "the server is closed");
  return box->httpd;
}

/* Waiting for a server gives whether it is still open. */
static int server_finish(lua_State *L, int status, lua_KContext idx) {
  const server_box *box = lua_touserdata(L, (int)idx);
  (void)status;
  lua_pushboolean(L, !fal_httpd_is_closed(box->httpd));
  return 1;
}

static const char *const option_names[] = {"port", "host", "spool", "spool_dir",
                                           "max_body", NULL};

static void check_options(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  for (lua_pushnil(L); lua_next(L, 1) != 0; lua_pop(L, 1)) {
    const char *const *name = option_names;
    if (lua_type(L, -2) != LUA_TSTRING)
      luaL_error(L, "options have names, not positions");
    while (*name != NULL && strcmp(*name, lua_tostring(L, -2)) != 0) name++;
    if (*name == NULL)
      luaL_error(L, "unknown option '%s'", lua_tostring(L, -2));
  }
}

/* [-0, +1, e] The integer option 'name'; its value stays on the stack. */
static lua_Integer integer_option(lua_State *L, const char *name,
                                  lua_Integer usual, lua_Integer most) {
  lua_Integer n = usual;
  int whole = 1;
  if (lua_getfield(L, 1, name) != LUA_TNIL) n = lua_tointegerx(L, -1, &whole);
  if (!whole || n < 0 || n > most)
    luaL_error(L, "option '%s' must be an integer from 0 to %I", name, most);
  return n;
}

/* [-0, +1, e] The text option 'name'; its value stays on the stack. */
static const char *text_option(lua_State *L, const char *name,
                               const char *usual) {
  if (lua_getfield(L, 1, name) == LUA_TNIL) return usual;
  if (lua_type(L, -1) != LUA_TSTRING)
    luaL_error(L, "option '%s' must be a string", name);
  return lua_tostring(L, -1);
}

static void read_options(lua_State *L, fal_httpd_options *o) {
  const char *tmp = getenv("TMPDIR");
  lua_Integer max;
  check_options(L);
  o->host = text_option(L, "host", "127.0.0.1");
  o->port = (int)integer_option(L, "port", 0, 65535);
  o->spool = (size_t)integer_option(L, "spool", SPOOL, INT32_MAX);
  o->spool_dir = text_option(L, "spool_dir", tmp != NULL ? tmp : "/tmp");
  max = integer_option(L, "max_body", LUA_MAXINTEGER, LUA_MAXINTEGER);
  o->max_body = max == LUA_MAXINTEGER ? UINT64_MAX : (uint64_t)max;
}

/* listen(options): a server, or nil and an error. */
static int server_listen(lua_State *L) {
  fal_httpd_options options;
  const fal_loop *loop;
  server_box *box;
  char why[200];
  lua_settop(L, 1);
  read_options(L, &options);
  loop = fal_loop_get(L);
  box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = (server_box){.wait = {.finish = server_finish}};
  luaL_setmetatable(L, SERVER);
  box->httpd = fal_httpd_open(&options, loop, why, sizeof why);
  if (box->httpd == NULL)
    return fal_failure(L, "io", "cannot listen on %s port %d: %s", options.host,
                       options.port, why);
  box->wait.signal = &box->httpd->signal;
  fal_waitable_register(L, -1);
  return 1;
}

static int server_port(lua_State *L) {
  lua_pushinteger(L, check_server(L)->port);
  return 1;
}

/* count(): connections, and requests that are being read or answered. */
static int server_count(lua_State *L) {
  const fal_httpd *h = check_server(L);
  lua_pushinteger(L, (lua_Integer)fal_httpd_connections(h));
  lua_pushinteger(L, (lua_Integer)h->requests);
  return 2;
}

static int server_close(lua_State *L) {
  server_box *box = luaL_checkudata(L, 1, SERVER);
  if (box->httpd != NULL) fal_httpd_close(box->httpd);
  return 0;
}

static int server_gc(lua_State *L) {
  server_box *box = luaL_checkudata(L, 1, SERVER);
  fal_httpd_free(box->httpd);
  box->httpd = NULL;
  box->wait.signal = NULL;
  return 0;
}

static int server_tostring(lua_State *L) {
  const server_box *box = luaL_checkudata(L, 1, SERVER);
  if (box->httpd == NULL || fal_httpd_is_closed(box->httpd))
    lua_pushliteral(L, SERVER " (closed)");
  else lua_pushfstring(L, SERVER " (port %d)", box->httpd->port);
  return 1;
}

/* next(): the request that has waited longest, or nil. */
static int server_next(lua_State *L) {
  fal_httpd *h = check_server(L);
  if (h->first != NULL) {
    fal_inbound_push_next(L, 1, h);
    return 1;
  }
  fal_httpd_next(h); /* says that there is nothing, which clears the signal */
  return 0;
}

/*
** Registration
*/

static const luaL_Reg library[] = {{"listen", server_listen}, {NULL, NULL}};

static const luaL_Reg server_methods[] = {
  {"close", server_close},
  {"count", server_count},
  {"next", server_next},
  {"port", server_port},
  {NULL, NULL}
};

static const luaL_Reg server_meta[] = {
  {"__close", server_close},
  {"__gc", server_gc},
  {"__tostring", server_tostring},
  {NULL, NULL}
};

FAL_EXPORT int luaopen_fal_core_server(lua_State *L);

int luaopen_fal_core_server(lua_State *L) {
  luaL_newmetatable(L, SERVER);
  luaL_setfuncs(L, server_meta, 0);
  luaL_newlib(L, server_methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  fal_inbound_open(L);
  luaL_newlib(L, library);
  return 1;
}
