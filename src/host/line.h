/*
** The module falua.line: one line from the person at the terminal, edited
** and with history (libedit); from anything else, just the next line.
*/
#ifndef FALUA_LINE_H
#define FALUA_LINE_H

#include <lua.h>

int luaopen_falua_line(lua_State *L);

#endif
