/*
** The one constructor of error objects, for C and (as fal.core.error) for Lua.
*/
#ifndef FAL_ERROR_H
#define FAL_ERROR_H

#include <lua.h>

/* [-0, +1, m] Pushes an error object; add fields with the setters below. */
void fal_error_push(lua_State *L, const char *kind, const char *fmt, ...);
/* [-0, +0, m] Fields of the error object on the top; NULL text sets nothing. */
void fal_error_text(lua_State *L, const char *field, const char *text);
void fal_error_flag(lua_State *L, const char *field, int flag);
/* How many of the first 'max' bytes of a text can stay without a broken
   character at their end. */
size_t fal_error_cut(const char *text, size_t len, size_t max);

#endif
