/*
** What a failed exchange means, as an error object.
*/
#ifndef FAL_VERDICT_H
#define FAL_VERDICT_H

#include "exchange.h"

/* [-0, +1, e] Pushes the error for the exchange at 'self', which has failed or
   was answered with an error status. */
void fal_verdict(lua_State *L, int self);
/* [-0, +1, e] The same for an answer that came with a good status but cannot
   be understood; 'what' says why. */
void fal_verdict_nonsense(lua_State *L, int self, const char *what);

#endif
