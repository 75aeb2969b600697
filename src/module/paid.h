/*
** How the verbs begin that may cost money: run, submit and stream.
*/
#ifndef FAL_PAID_H
#define FAL_PAID_H

#include "exchange.h"

/* [-0, +(0|1), e] An exchange for a POST to 'host', made of the arguments:
   1 endpoint, 2 input, 3 options, 4 the caller's record, whose place it takes.
   The URL ends in 'tail' (NULL: none) unless the options have another path.
   NULL, and an error, when there is nothing to send. */
fal_exchange *fal_paid_open(lua_State *L, enum fal_host host, const char *tail);

#endif
