/*
** The only caller of lua-cjson, and the owner of what JSON means here: exact
** integers, fal.number, fal.null, arrays that stay arrays.
*/
#ifndef FAL_JSON_H
#define FAL_JSON_H

#include <lua.h>

/* [-0, +1, e] Decodes; returns 1 and pushes the value, or 0 and a message. */
int fal_json_decode(lua_State *L, const char *text, size_t len);
/* [-0, +1, e] The same for the string at 'idx'. */
int fal_json_decode_at(lua_State *L, int idx);
/* [-0, +1, e] Encodes the value at 'idx'; returns 1 and pushes the text, or 0
   and a message that names the path of the culprit. */
int fal_json_encode(lua_State *L, int idx);

#endif
