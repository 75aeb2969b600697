/*
** A userdata that Lua can wait for begins with this struct. Its signal lives
** in the engine object behind it; a weak table in the registry leads from the
** signal back to the userdata, so that the scheduler can say who is ready.
** Everything here is inline: modules other than fal.so use it too.
*/
#ifndef FAL_WAITABLE_H
#define FAL_WAITABLE_H

#include <lauxlib.h>
#include <lua.h>

#include "../engine/pollable.h"

#define FAL_WAITABLES "fal.waitables"  /* registry: signal -> its userdata */

typedef struct fal_waitable {
  fal_signal *signal;    /* NULL once closed */
  lua_KFunction finish;  /* reads the outcome and pushes results, or NULL */
  void (*cancel)(struct fal_waitable *w);  /* nobody waits any more, or NULL */
  int shielded;          /* a cancelled task still waits for this one's end */
  const int *sent;       /* whether the other side may know of it, or NULL */
} fal_waitable;

/* [-0, +1, m] Pushes the weak table. */
static inline void fal_waitables_push(lua_State *L) {
  if (!luaL_getsubtable(L, LUA_REGISTRYINDEX, FAL_WAITABLES)) {
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
  }
}

/* [-0, +0, m] Enters the userdata at 'idx', whose signal is set up. */
static inline void fal_waitable_register(lua_State *L, int idx) {
  fal_waitable *w = lua_touserdata(L, idx);
  idx = lua_absindex(L, idx);
  fal_waitables_push(L);
  lua_pushvalue(L, idx);
  lua_rawsetp(L, -2, w->signal);
  lua_pop(L, 1);
}

/* [-0, +0, e] The reactor of this state; raises on another version's. */
static inline const fal_loop *fal_loop_get(lua_State *L) {
  const fal_loop *loop;
  lua_getglobal(L, "require");
  lua_pushliteral(L, "fal.core.reactor");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "loop");
  lua_call(L, 0, 1);
  loop = lua_touserdata(L, -1);
  lua_pop(L, 2);
  if (loop == NULL || loop->version != FAL_LOOP_VERSION)
    luaL_error(L, "fal.so and its further modules are of different versions");
  return loop;
}

#endif
