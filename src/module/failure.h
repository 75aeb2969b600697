/*
** How a module outside fal.so fails: with the error object that fal.core.error
** makes. Inline, because such a module is not linked with fal.so.
*/
#ifndef FAL_FAILURE_H
#define FAL_FAILURE_H

#include <lauxlib.h>
#include <lua.h>
#include <stdarg.h>

/* [-0, +2, e] nil and an error object. Formats are those of lua_pushfstring. */
static inline int fal_failure(lua_State *L, const char *kind, const char *fmt,
                              ...) {
  va_list arguments;
  lua_pushnil(L);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "fal.core.error");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "new");
  lua_remove(L, -2);
  lua_createtable(L, 0, 2);
  lua_pushstring(L, kind);
  lua_setfield(L, -2, "kind");
  va_start(arguments, fmt);
  lua_pushvfstring(L, fmt, arguments);
  va_end(arguments);
  lua_setfield(L, -2, "message");
  lua_call(L, 1, 1);
  return 2;
}

#endif
