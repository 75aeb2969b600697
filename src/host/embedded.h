/*
** What the build put into the binary: the C modules by their open functions,
** and every Lua file of the library and the command line. The tables are
** written by embed.c when the binary is built. preload.c enters them in
** package.preload; nothing is loaded before it is required.
*/
#ifndef FALUA_EMBEDDED_H
#define FALUA_EMBEDDED_H

#include <stddef.h>

#include <lauxlib.h>
#include <lua.h>

typedef struct falua_source {
  const char *name;   /* as in require: "fal.queue" */
  const char *chunk;  /* as in tracebacks: "@fal/queue.lua" */
  const char *text;
  size_t text_size;
  const char *code;   /* the text, compiled by the Lua of the build */
  size_t code_size;
} falua_source;

extern const luaL_Reg falua_modules[];      /* ends with a NULL name */
extern const falua_source falua_sources[];  /* likewise */

/* [-0, +0, m] Makes all of them known to 'require'. */
void falua_preload(lua_State *L);

#endif
