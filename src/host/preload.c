/*
** Enters everything embedded in package.preload. Owns nothing: a Lua module
** is a closure over its entry in the table, and is loaded when it is first
** required.
*/
#include "embedded.h"

#include <dlfcn.h>
#include <string.h>

/*
** Whether the Lua that runs is the one that compiled. Compiled code holds for
** one release only, and a shared liblua5.4 may be replaced by a later one.
** Asked by name: a direct reference would copy the string into the binary,
** with the length that it had when the binary was linked.
*/
static int same_release(void) {
  static const char mine[] = "$LuaVersion: " LUA_COPYRIGHT " $";
  const char *ident = dlsym(RTLD_DEFAULT, "lua_ident");
  return ident != NULL && strncmp(ident, mine, sizeof(mine) - 1) == 0;
}

/* The loader of one Lua module; upvalue 1 is its falua_source, upvalue 2
   whether its compiled form may be used. */
static int load_source(lua_State *L) {
  const falua_source *s = lua_touserdata(L, lua_upvalueindex(1));
  int narg = lua_gettop(L); /* the name, and where it was found */
  int status;
  if (lua_toboolean(L, lua_upvalueindex(2)))
    status = luaL_loadbufferx(L, s->code, s->code_size, s->chunk, "b");
  else
    status = luaL_loadbufferx(L, s->text, s->text_size, s->chunk, "t");
  if (status != LUA_OK) return lua_error(L);
  lua_insert(L, 1);
  lua_call(L, narg, 1);
  return 1;
}

void falua_preload(lua_State *L) {
  const falua_source *s;
  int compiled = same_release();
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  luaL_setfuncs(L, falua_modules, 0);
  for (s = falua_sources; s->name != NULL; s++) {
    lua_pushlightuserdata(L, (void *)s);
    lua_pushboolean(L, compiled);
    lua_pushcclosure(L, load_source, 2);
    lua_setfield(L, -2, s->name);
  }
  lua_pop(L, 1);
}
