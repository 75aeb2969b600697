/*
** Reads the body of an error answer.
*/
#ifndef FAL_COMPLAINT_H
#define FAL_COMPLAINT_H

#include <lua.h>

#include "../engine/bytes.h"

/* [-0, +1, e] Pushes a field of the value at 'body', nil when it is not a
   table; returns the type. */
int fal_complaint_field(lua_State *L, int body, const char *name);
/* [-0, +0, e] A string field, or NULL. It stays alive in the table. */
const char *fal_complaint_text(lua_State *L, int table, const char *name);
/* [-0, +1, e] Pushes the first entry of a list 'detail' and returns 1, or nil
   and 0. */
int fal_complaint_first(lua_State *L, int body);
/* [-0, +1, m] Pushes an entry's 'loc' as a path: {"body", "images", 0} is
   "images[0]". */
void fal_complaint_path(lua_State *L, int entry);
/* [-0, +n, m] Pushes, last, one line that says what is wrong. */
void fal_complaint_message(lua_State *L, int body, int status,
                           const fal_bytes *raw);

#endif
