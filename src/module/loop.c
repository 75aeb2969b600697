/*
** The userdata that owns the reactor. It lives as long as the state: what
** waits keeps it alive through user values, and finds it closed at the end.
*/
#include "loop.h"

#include <lauxlib.h>

#define REACTOR "fal.reactor"

typedef struct reactor_box {
  fal_reactor *reactor;
  fal_loop loop;
} reactor_box;

static const char reactor_key = 'r';

static int reactor_gc(lua_State *L) {
  reactor_box *box = luaL_checkudata(L, 1, REACTOR);
  if (box->reactor != NULL) fal_reactor_free(box->reactor);
  box->reactor = NULL;
  return 0;
}

static void fill_loop(fal_loop *loop, fal_reactor *r) {
  loop->version = FAL_LOOP_VERSION;
  loop->reactor = r;
  loop->adopt = fal_reactor_adopt;
  loop->release = fal_reactor_release;
  loop->signal = fal_reactor_signal;
  loop->forget = fal_reactor_forget;
}

static void set_metatable(lua_State *L) {
  if (luaL_newmetatable(L, REACTOR)) {
    lua_pushcfunction(L, reactor_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
}

static reactor_box *push_box(lua_State *L) {
  reactor_box *box;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &reactor_key) == LUA_TUSERDATA) {
    box = lua_touserdata(L, -1);
    if (box->reactor == NULL) luaL_error(L, "the program is ending");
    return box;
  }
  lua_pop(L, 1);
  box = lua_newuserdatauv(L, sizeof *box, 0);
  box->reactor = NULL;
  set_metatable(L);
  box->reactor = fal_reactor_new();
  if (box->reactor == NULL) luaL_error(L, "cannot make an event loop");
  fill_loop(&box->loop, box->reactor);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &reactor_key);
  return box;
}

fal_reactor *fal_reactor_push(lua_State *L) { return push_box(L)->reactor; }

fal_loop *fal_loop_push(lua_State *L) { return &push_box(L)->loop; }
