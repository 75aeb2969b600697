/*
** The Lua state of the host: its memory comes from a pool, its warnings are
** printed as 'lua' prints them. There is one.
*/
#ifndef FALUA_STATE_H
#define FALUA_STATE_H

#include <lua.h>

lua_State *falua_open(void);   /* NULL without memory */
void falua_close(lua_State *L);

#endif
