/*
** One exchange with the service, as a userdata that owns everything it needs:
** the transfer, the URL, the anchors of strings lent to libcurl. Verbs fill it
** in, start it, and read it in their 'finish'.
*/
#ifndef FAL_EXCHANGE_H
#define FAL_EXCHANGE_H

#include <lua.h>

#include "../engine/endpoint.h"
#include "../engine/transfer.h"
#include "client.h"
#include "waitable.h"

typedef struct fal_exchange {
  fal_waitable wait;
  fal_transfer transfer;
  fal_client *client;
  fal_bytes url, backup, scratch;
  fal_bytes id_text;        /* what 'endpoint' points into */
  fal_bytes shown;          /* header lines for on_request, the key left out */
  fal_endpoint endpoint;
  fal_ask ask;              /* filled in before the start */
  int paid;                 /* its POST may cost money */
  int anonymous;            /* never carries the key, wherever it goes */
  int trusted;              /* goes to a configured host: may carry the key */
  const char *secret;       /* the header line with the key; or NULL */
} fal_exchange;

/* user values of an exchange */
enum { FAL_X_CLIENT = 1, FAL_X_OPTIONS, FAL_X_REACTOR, FAL_X_BODY, FAL_X_NAME,
       FAL_X_ID, FAL_X_FREIGHT, FAL_X_NOTE, FAL_X_COUNT = FAL_X_NOTE };

/* Upvalue 1 of whoever calls the first two is the client. 'x' is on the stack,
   at 'self' where that is asked for. */

/* [-0, +1, e] A new exchange; NULL with an error object pushed instead, also
   when there is no key and 'keyless' does not say that none is needed. */
fal_exchange *fal_exchange_new(lua_State *L, const char *method, int keyless);
/* [-0, +(0|1), e] For an exchange that was made keyless and has its URL now:
   sees to the key, should it go to a configured host. 0, or -1, error. */
int fal_exchange_authorize(lua_State *L, const fal_exchange *x);
/* [-0, +(0|1), e] Reads the endpoint id at 'idx'; 0, or -1 and an error. */
int fal_exchange_endpoint(lua_State *L, fal_exchange *x, int idx);
/* [-0, +(0|1), e] Encodes the value at 'idx' as the body; 0, or -1, error. */
int fal_exchange_json(lua_State *L, fal_exchange *x, int self, int idx);
/* [-0, +0, e] Adds a header; raises on line breaks. */
void fal_exchange_header(lua_State *L, fal_exchange *x, const char *name,
                         const char *value, size_t len);
/* [-0, +0, e] Adds all of the table at 'idx' (name -> string). */
void fal_exchange_headers(lua_State *L, fal_exchange *x, int idx);
/* [-0, +0, -] Keeps the value at 'idx' in user value 'slot' of 'self'. */
void fal_exchange_keep(lua_State *L, int self, int slot, int idx);
/* Starts the exchange on the top of the stack and waits; 'finish' gets the
   index of the exchange as its context. Use as 'return fal_exchange_go(...)' */
int fal_exchange_go(lua_State *L, fal_exchange *x, lua_KFunction finish);
/* [-0, +(0|1), e] Pushes a hook of the client; 0 when there is none. */
int fal_exchange_push_hook(lua_State *L, int self, const char *name);
/* [-0, +1, m] Pushes a table of the answer's headers, lower-case names. */
void fal_exchange_push_headers(lua_State *L, const fal_exchange *x);
/* [-0, +1, m] Pushes a header's value; nil when absent. */
void fal_exchange_push_header(lua_State *L, const fal_exchange *x,
                              const char *name);
/* [-?, +2] return fal_exchange_fail(L): nil and the error on the top. */
int fal_exchange_fail(lua_State *L);
int fal_exchange_ok(const fal_exchange *x);  /* answered, with a 2xx status */
/* The exchange at 'idx', which holds one for certain. */
fal_exchange *fal_exchange_at(lua_State *L, int idx);
/* The answer was read: gives back what an exchange holds besides itself, long
   before the collector comes to it. */
void fal_exchange_spent(fal_exchange *x);
void fal_exchange_open(lua_State *L);  /* [-0, +0, m] the metatable */

#endif
