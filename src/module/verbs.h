/*
** The verbs of the table that 'require "fal"' gives, in one registration list
** each; upvalue 1 of every function is the client.
*/
#ifndef FAL_VERBS_H
#define FAL_VERBS_H

#include <lauxlib.h>

extern const luaL_Reg fal_queue_verbs[];   /* run submit status result cancel */
extern const luaL_Reg fal_http_verbs[];    /* http meter */
extern const luaL_Reg fal_stream_verbs[];  /* stream event_stream */
extern const luaL_Reg fal_upload_verbs[];  /* upload lifetime */
void fal_stream_open(lua_State *L);        /* [-0, +0, m] the metatable */

#endif
