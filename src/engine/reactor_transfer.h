/*
** What the reactor and the transfer room share, and nobody else sees: curl
** handles. The reactor lends them out and tells when one is finished.
*/
#ifndef FAL_REACTOR_TRANSFER_H
#define FAL_REACTOR_TRANSFER_H

#include <curl/curl.h>

#include "reactor.h"

/* Sets a handle up for its owner, right before it runs; with CURLOPT_PRIVATE,
   which must be the owner. */
typedef CURLcode fal_prepare(void *owner, CURL *easy);
/* Called once for a handle that is finished, or that could not be set up when
   its turn came; outside libcurl's callbacks. */
typedef void fal_finished(void *owner, CURLcode code);

/* A turn to run. libcurl's own limit on connections would let those that wait
   for one run into their connect timeout, so we queue them. A handle is large:
   only who has had his turn holds one. */
typedef struct fal_turn {
  void *owner;
  CURL *easy;   /* NULL until the turn has come */
  enum { FAL_TURN_NONE, FAL_TURN_WAITING, FAL_TURN_RUNNING } state;
  struct fal_turn *prev, *next;
} fal_turn;

/* Runs it now ('urgent', or a place is free) or when it is its turn; a fault
   that shows at once is returned. */
CURLcode fal_reactor_run(fal_reactor *r, fal_turn *turn, int urgent);
void fal_reactor_stop(fal_reactor *r, fal_turn *turn);  /* keeps the handle */
void fal_reactor_return(fal_reactor *r, fal_turn *turn);  /* gives it back */
void fal_reactor_serve(fal_reactor *r, fal_prepare *prepare,
                       fal_finished *finished);

#endif
