/*
** The one way in which everything waits.
*/
#ifndef FAL_AWAIT_H
#define FAL_AWAIT_H

#include <lua.h>

/* Waits until the waitable on the top of the stack is ready, then returns what
   its 'finish' returns: use as 'return fal_await(L)'. Inside a task it yields,
   elsewhere it drives the reactor. [-?, +?, e] */
int fal_await(lua_State *L);

/* For the reactor's Lua face. */
int fal_await_mark_task(lua_State *L);   /* (thread): it is a task of ours */
int fal_await_set_driver(lua_State *L);  /* (function or nil): who blocks */
void fal_await_let_hooks_run(lua_State *L);  /* [-0, +0, e] */
int fal_await_failed(lua_State *L);  /* raises: the reactor could not step */

#endif
