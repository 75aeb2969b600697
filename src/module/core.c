/*
** fal.core: the table of verbs for the default client, and 'new' for further
** ones. 'require "fal"' finds this very function where no Lua file of the
** library is installed; with them, the Lua layer adds to the table.
*/
#include <lauxlib.h>

#include "client.h"
#include "exchange.h"
#include "freight.h"
#include "json.h"
#include "modules.h"
#include "verbs.h"

/* config(options): changes this client's options */
static int client_config(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  fal_client_config(L, lua_upvalueindex(1), 1);
  return 0;
}

/* option(name): its value, completed from environment and defaults */
static int client_option(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  fal_client_option(L, lua_gettop(L), name);
  return 1;
}

static const luaL_Reg client_verbs[] = {
  {"config", client_config}, {"option", client_option}, {NULL, NULL}
};

/* [-1, +1, e] The client on the top becomes its table of verbs. */
static void push_verbs(lua_State *L) {
  static const luaL_Reg *const rooms[] = {
    client_verbs, fal_queue_verbs, fal_http_verbs, fal_stream_verbs,
    fal_upload_verbs
  };
  lua_createtable(L, 0, 16);
  for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
    lua_pushvalue(L, -2);
    luaL_setfuncs(L, rooms[i], 1);
  }
  lua_remove(L, -2);
}

/* new(options): a client of its own, as a table of verbs */
static int core_new(lua_State *L) {
  lua_settop(L, 1);
  fal_client_new(L, 1);
  push_verbs(L);
  return 1;
}

static int core_option_names(lua_State *L) {
  fal_client_option_names(L);
  return 1;
}

/* complaint(options): what is wrong with one of them, or nil */
static int core_complaint(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  return fal_client_complaint(L, 1);
}

static const luaL_Reg library[] = {
  {"complaint", core_complaint}, {"new", core_new},
  {"option_names", core_option_names}, {NULL, NULL}
};

/* [-0, +0, e] The JSON values that users write: null, array, number. */
static void add_json_values(lua_State *L) {
  static const char *const names[] = {"null", "array", "number"};
  luaL_requiref(L, "fal.core.json", luaopen_fal_core_json, 0);
  for (int i = 0; i < 3; i++) {
    lua_getfield(L, -1, names[i]);
    lua_setfield(L, -3, names[i]);
  }
  lua_pop(L, 1);
}

int luaopen_fal_core(lua_State *L) {
  fal_client_open(L);
  fal_exchange_open(L);
  fal_stream_open(L);
  fal_freight_open(L);
  luaL_requiref(L, "fal.core.error", luaopen_fal_core_error, 0);
  luaL_requiref(L, "fal.core.reactor", luaopen_fal_core_reactor, 0);
  lua_pushnil(L);
  fal_client_new(L, lua_gettop(L));
  push_verbs(L);
  luaL_setfuncs(L, library, 0);
  add_json_values(L);
  lua_pushliteral(L, FAL_VERSION);
  lua_setfield(L, -2, "_VERSION");
  return 1;
}

int luaopen_fal(lua_State *L) { return luaopen_fal_core(L); }
