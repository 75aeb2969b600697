/*
** The entry points of fal.so; nothing else is exported. The host preloads the
** same functions.
*/
#ifndef FAL_MODULES_H
#define FAL_MODULES_H

#include <lua.h>

#define FAL_EXPORT __attribute__((visibility("default")))

FAL_EXPORT int luaopen_fal(lua_State *L);
FAL_EXPORT int luaopen_fal_core(lua_State *L);
FAL_EXPORT int luaopen_fal_core_command(lua_State *L);
FAL_EXPORT int luaopen_fal_core_error(lua_State *L);
FAL_EXPORT int luaopen_fal_core_json(lua_State *L);
FAL_EXPORT int luaopen_fal_core_reactor(lua_State *L);
FAL_EXPORT int luaopen_fal_core_sys(lua_State *L);

#endif
