/*
** Requests that a server received, as Lua sees them. Only server.c uses this.
*/
#ifndef FAL_MODULE_INBOUND_H
#define FAL_MODULE_INBOUND_H

#include <lua.h>

#include "../engine/httpd.h"

/* [-0, +1, m] The oldest request that waits; there must be one. The request
   keeps the server, whose userdata is at 'server', alive. */
void fal_inbound_push_next(lua_State *L, int server, fal_httpd *h);
/* [-0, +0, m] Makes the type of requests known. */
void fal_inbound_open(lua_State *L);

#endif
