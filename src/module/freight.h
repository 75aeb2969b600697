/*
** What an exchange carries besides text: the slice of a file that it sends,
** the file that its answer fills, and the meter that others read meanwhile.
** One userdata owns the descriptors; the exchange keeps it.
*/
#ifndef FAL_FREIGHT_H
#define FAL_FREIGHT_H

#include "../engine/source.h"
#include "../engine/target.h"
#include "exchange.h"

typedef struct fal_freight {
  fal_source source;
  fal_target target;
  int holds;  /* a file that was filled stays open, and so locked */
} fal_freight;

/* [-0, +0, e] Gives the exchange at 'self' an empty freight, which it keeps. */
fal_freight *fal_freight_new(lua_State *L, int self);
/* [-0, +(0|1), e] The source becomes the slice of a file that the exchange
   sends; 0, or -1 and an error. */
int fal_freight_send(lua_State *L, int self, fal_freight *f, const char *path,
                     lua_Integer first, lua_Integer len);
/* [-0, +0, -] The same with a slice of memory that is kept elsewhere. */
void fal_freight_send_memory(fal_exchange *x, fal_freight *f, const char *data,
                             size_t len);
/* [-0, +(0|1), e] The answer goes to the file 'path', behind its first 'keep'
   bytes; 0, or -1 and an error. */
int fal_freight_receive(lua_State *L, int self, fal_freight *f,
                        const char *path, lua_Integer keep, lua_Integer max);
/* [-0, +0, e] The meter at 'idx' follows the exchange at 'self'. */
void fal_freight_measure(lua_State *L, int self, fal_freight *f, int idx);
/* [-0, +(0|1), e] The exchange at 'self' is over: closes the files, but one
   that it 'holds'. -1 and an error when one of them failed. */
int fal_freight_arrived(lua_State *L, int self, fal_freight *f);

/* [-0, +1, m] The error of a local file. */
void fal_freight_error(lua_State *L, const char *path, const char *why);

int fal_meter_new(lua_State *L);      /* meter() -> a meter */
void fal_freight_open(lua_State *L);  /* [-0, +0, m] the metatables */

#endif
