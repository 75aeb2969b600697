/*
** Reading the answer of a finished exchange.
*/
#ifndef FAL_ANSWER_H
#define FAL_ANSWER_H

#include "exchange.h"

/* [-0, +0, e] Shows the answer to on_response; call once when finished. */
void fal_answer_seen(lua_State *L, int self);
/* [-0, +1, e] The same, then pushes the body of a good answer: decoded when it
   is JSON, else a string. 0, or -1 with an error object pushed. */
int fal_answer_push(lua_State *L, int self);

#endif
