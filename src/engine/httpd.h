/*
** An HTTP server on libmicrohttpd, driven by our reactor: for the sandbox and
** for webhooks. It owns the listening socket and all connections, reads
** requests and queues them; how they are answered is the business of
** 'inbound'. No thread, and nothing here waits.
*/
#ifndef FAL_HTTPD_H
#define FAL_HTTPD_H

#include <stddef.h>
#include <stdint.h>

#include "inbound.h"
#include "pollable.h"

struct MHD_Daemon;

typedef struct fal_httpd_options {
  const char *host;       /* an address or a name to listen on */
  int port;               /* 0: any free one */
  size_t spool;           /* longer bodies go to a temporary file */
  const char *spool_dir;  /* where those files are made */
  uint64_t max_body;      /* longer ones are refused; UINT64_MAX: none is */
} fal_httpd_options;

typedef struct fal_httpd {
  fal_signal signal;  /* a request is queued, or the server was closed */
  int port;
  size_t requests;     /* being read or answered */
  fal_inbound *first;  /* the oldest that waits to be taken, or NULL */
  /* private, but for 'inbound' */
  fal_pollable daemon_side;  /* MHD's epoll descriptor */
  fal_pollable watch_side;   /* ours, for peers that hang up meanwhile */
  const fal_loop *loop;
  struct MHD_Daemon *daemon;
  char *spool_dir;
  size_t spool;
  uint64_t max_body;
  unsigned turn;     /* counts steps */
  size_t pending;    /* requests: complete, unanswered and not suspended */
  int resumed;       /* connections wait for MHD to run */
  int closing;
  fal_inbound *all;
  fal_inbound *last;  /* of those that wait */
} fal_httpd;

/* NULL, and a reason in 'why', when it cannot listen. */
fal_httpd *fal_httpd_open(const fal_httpd_options *o, const fal_loop *loop,
                          char *why, size_t size);
/* Closes all connections; sets the signal for good. Requests that were taken
   stay valid, but over. Of the server only 'signal' and 'port' are left. */
void fal_httpd_close(fal_httpd *h);
int fal_httpd_is_closed(const fal_httpd *h);
void fal_httpd_free(fal_httpd *h); /* closes it first; NULL is welcome */
/* The oldest request that waits, now the caller's to drop; or NULL. */
fal_inbound *fal_httpd_next(fal_httpd *h);
size_t fal_httpd_connections(const fal_httpd *h);

#endif
