/*
** Options of a submit or run, as the headers and query that carry them.
*/
#ifndef FAL_OPTIONS_H
#define FAL_OPTIONS_H

#include "exchange.h"

/* [-0, +0, e] Reads the options table at 'idx' (or nil) into headers; raises
   on wrong types and unknown names. */
void fal_options_headers(lua_State *L, fal_exchange *x, int idx);
/* [-0, +0, e] Appends webhook and queue length to the URL. */
void fal_options_query(lua_State *L, fal_exchange *x, int idx);
/* [-0, +0, e] Keeps the option 'note' for on_request in the exchange 'self'. */
void fal_options_note(lua_State *L, int self, int idx);
/* [-0, +1, e] The lifetime on the top, a number or a word, in seconds; nil for
   "never". */
void fal_options_push_seconds(lua_State *L);
/* [-0, +0, e] The lifecycle at 'idx' (or nil) as an upload's header. */
void fal_options_lifecycle(lua_State *L, fal_exchange *x, int idx);
/* [-0, +0, e] The option 'path' (anchored in the table), or NULL. */
const char *fal_options_path(lua_State *L, int idx);

#endif
