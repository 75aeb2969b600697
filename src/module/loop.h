/*
** The reactor of a Lua state, made when something first needs it.
*/
#ifndef FAL_LOOP_H
#define FAL_LOOP_H

#include <lua.h>

#include "../engine/reactor.h"

/* [-0, +1, e] Pushes the reactor's userdata (an anchor) and returns it. */
fal_reactor *fal_reactor_push(lua_State *L);
/* [-0, +1, e] The same; returns the loop as other shared objects see it. */
fal_loop *fal_loop_push(lua_State *L);

#endif
