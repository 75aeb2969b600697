/*
** One HTTP exchange: a request with headers and body, one honest attempt
** (plus one at the backup host when no connection could be made), and the
** answer in memory or handed on piece by piece. It never retries, never
** follows a redirect and never sends a paid body twice: a request marked
** 'once' fails rather than be sent again on another connection.
*/
#ifndef FAL_TRANSFER_H
#define FAL_TRANSFER_H

#include <stddef.h>

#include "bytes.h"
#include "reactor.h"
#include "source.h"

enum fal_outcome {
  FAL_RUNNING,
  FAL_ANSWERED,       /* an HTTP status and a whole body came */
  FAL_UNREACHED,      /* no connection; nothing was sent */
  FAL_UNTRUSTED,      /* TLS refused the other side; nothing was sent */
  FAL_CONNECT_SLOW,   /* connect_timeout ran out; nothing was sent */
  FAL_CUT,            /* the connection broke afterwards */
  FAL_EXCHANGE_SLOW,  /* exchange_timeout ran out */
  FAL_TOO_LARGE,      /* the answer is larger than allowed */
  FAL_NONSENSE,       /* not HTTP, or wrongly compressed */
  FAL_BAD_URL,
  FAL_NO_MEMORY,
  FAL_ABORTED         /* by us */
};

/* Takes pieces of a successful answer's body. Returns 0, FAL_SINK_PAUSE to be
   given the same piece again after 'fal_transfer_resume', or -1 to stop. */
typedef int fal_sink(void *ctx, const char *data, size_t len);
#define FAL_SINK_PAUSE 1

typedef struct fal_ask {  /* what to send; strings live until the end */
  const char *method;
  const char *url;
  const char *backup_url;  /* tried once when 'url' is out of reach; or NULL */
  const char *body;        /* or NULL: none */
  size_t body_len;
  fal_source *source;      /* instead of 'body'; or NULL */
  int once;                /* a paid request: its body is never sent again */
  long connect_ms;
  long exchange_ms;        /* for all of it; with 'idle': no byte for so long */
  int idle;
  int urgent;              /* does not wait for a free connection (cancel) */
  size_t max_answer;       /* most bytes of body kept in memory */
  long block;              /* bytes moved at a time; 0: as libcurl likes */
  int as_it_is;            /* the answer's bytes are never decompressed */
  const char *ca_file;     /* or NULL */
  const char *connect_to;  /* "host:port:host:port,..." as curl has them */
  fal_sink *sink;          /* or NULL: the body is kept */
  void *sink_ctx;
} fal_ask;

typedef struct fal_transfer {
  fal_signal signal;  /* set when finished; a sink's owner may set it before */
  enum fal_outcome outcome;
  int status;         /* of the answer so far; 0: none yet */
  int sent;           /* part of the request went out: it may have an effect */
  fal_bytes headers;  /* raw header block of the final answer */
  fal_bytes body;
  char message[256];  /* one line on what went wrong */
  fal_reactor *reactor;
  fal_ask ask;
  struct fal_transfer_curl *curl;  /* NULL once finished */
} fal_transfer;

void fal_transfer_init(fal_transfer *t, fal_reactor *r);
/* "Name: value"; before the start. 0, or -1 without memory. */
int fal_transfer_header(fal_transfer *t, const char *line);
/* Starts it. Failure, too, is an outcome: look at the signal. */
void fal_transfer_start(fal_transfer *t, const fal_ask *ask);
void fal_transfer_resume(fal_transfer *t);  /* after FAL_SINK_PAUSE */
void fal_transfer_abort(fal_transfer *t, const char *why);
void fal_transfer_free(fal_transfer *t);    /* aborts it when running */

/* Value of a response header, its length in 'len'; NULL when absent. */
const char *fal_transfer_answer_header(const fal_transfer *t, const char *name,
                                       size_t *len);

#endif
