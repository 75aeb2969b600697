/*
** One request that a server has received, and the answer to it. It is born
** when its first line is read, may be answered once it was taken from the
** server's queue, and is over when its last byte was sent or its connection
** is gone. Memory stays until both the connection and whoever took it are
** done. Headers travel as one block: "name\0value\0name\0value\0\0".
*/
#ifndef FAL_INBOUND_H
#define FAL_INBOUND_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "pollable.h"
#include "spool.h"

struct fal_httpd;
struct MHD_Connection;
struct MHD_Response;

enum fal_inbound_state {
  FAL_INBOUND_ARRIVING,   /* head or body are still on the way */
  FAL_INBOUND_WAITING,    /* complete, to be answered */
  FAL_INBOUND_ANSWERED,   /* the answer is settled and on its way */
  FAL_INBOUND_STREAMING,  /* the answer's head is; bytes follow */
  FAL_INBOUND_OVER        /* the connection has nothing more to do with it */
};

enum fal_inbound_fault { FAL_FAULT_NONE, FAL_FAULT_CLOSE, FAL_FAULT_RESET };

enum fal_inbound_outcome {
  FAL_INBOUND_DONE,
  FAL_INBOUND_GONE,     /* the peer has gone: nobody to answer */
  FAL_INBOUND_REFUSED,  /* status, headers or size cannot be sent */
  FAL_INBOUND_NO_FILE,  /* errno says why */
  FAL_INBOUND_NO_MEMORY
};

typedef struct fal_inbound {
  fal_signal signal;  /* the peer has gone, or the answer is complete */
  /* for reading, from the moment it is taken */
  const char *method, *path;
  const char *query;    /* NULL: none. Neither is decoded */
  const char *headers;  /* a block; names in lower case, repeated as sent */
  fal_spool body;
  int answered;  /* an answer was given, even if it may never arrive */
  int open;      /* it is a stream that takes further bytes */
  int complete;  /* over, and all of the answer was sent */
  /* private */
  struct fal_httpd *server;  /* NULL once over */
  const fal_loop *loop;
  struct MHD_Connection *conn;  /* NULL once over */
  enum fal_inbound_state state;
  enum fal_inbound_fault fault;
  fal_bytes head;     /* what method, path, query and headers point into */
  fal_bytes out;      /* bytes of a stream, sent up to 'sent' */
  size_t sent;
  unsigned turn;      /* of the server when it became complete */
  char begun;         /* the head was read */
  char pending;       /* waits for its answer without being suspended */
  char suspended;     /* MHD leaves the connection alone */
  char watched;       /* we look out for the peer hanging up */
  char gone;          /* the peer has hung up */
  char until_close;   /* HTTP/1.0: a stream ends by closing */
  char ended;         /* no more bytes come for the stream */
  char queued;        /* complete and not yet taken */
  char taken;         /* somebody holds it, and calls 'drop' in the end */
  struct fal_inbound *prev, *next;  /* all of the server's */
  struct fal_inbound *later;        /* the queue of those not yet taken */
} fal_inbound;

/* The whole answer. */
enum fal_inbound_outcome fal_inbound_respond(fal_inbound *r, unsigned status,
                                             const char *headers,
                                             const char *body, size_t len);
/* 'count' bytes of a file from 'first' on; UINT64_MAX: up to its end. */
enum fal_inbound_outcome fal_inbound_send_file(fal_inbound *r, unsigned status,
                                               const char *headers,
                                               const char *path, uint64_t first,
                                               uint64_t count);
/* The head of an answer whose bytes follow by 'write', up to 'finish'. */
enum fal_inbound_outcome fal_inbound_start(fal_inbound *r, unsigned status,
                                           const char *headers);
enum fal_inbound_outcome fal_inbound_write(fal_inbound *r, const char *data,
                                           size_t len);
enum fal_inbound_outcome fal_inbound_finish(fal_inbound *r);
/* Announces more than is sent (UINT64_MAX: an open end), then closes. */
enum fal_inbound_outcome fal_inbound_cut(fal_inbound *r, unsigned status,
                                         const char *headers, const char *data,
                                         size_t len, uint64_t announced);
/* No answer, or no more of it. */
void fal_inbound_abort(fal_inbound *r, enum fal_inbound_fault how);
int fal_inbound_alive(const fal_inbound *r);
/* Whoever took it is done with it; without an answer the connection closes. */
void fal_inbound_drop(fal_inbound *r);

/* For the server, from its callbacks. Those that return int: 0, or -1 to
   have the connection closed. */
fal_inbound *fal_inbound_new(struct fal_httpd *h, struct MHD_Connection *conn,
                             const char *target);
int fal_inbound_begin(fal_inbound *r, const char *method, const char *version);
int fal_inbound_add(fal_inbound *r, const char *data, size_t len);
int fal_inbound_complete(fal_inbound *r);
int fal_inbound_again(fal_inbound *r);  /* still no answer when asked */
void fal_inbound_hung_up(fal_inbound *r);
void fal_inbound_over(fal_inbound *r, int complete);
void fal_inbound_resume(fal_inbound *r);

#endif
