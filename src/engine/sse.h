/*
** A parser of event streams (text/event-stream, by the rules of the WHATWG):
** bytes in, cut anywhere, data of whole events out. It owns the bytes of the
** event under way and nothing else. Event names, ids and retry times are read
** over; what the data means is not its business.
*/
#ifndef FAL_SSE_H
#define FAL_SSE_H

#include "bytes.h"

enum fal_sse_error {
  FAL_SSE_TOO_LARGE = -1,  /* an event or a line beyond the maximum */
  FAL_SSE_NO_MEMORY = -2,
  FAL_SSE_STOPPED = -3     /* the handler wanted no more */
};

/* Non-zero stops the parser. 'data' ends in a zero and lives for the call. */
typedef int (*fal_sse_handler)(void *ctx, const char *data, size_t len);

typedef struct fal_sse {
  fal_bytes line;  /* beginning of a line whose end has not come yet */
  fal_bytes data;  /* data lines of the event under way, each with a final \n */
  fal_sse_handler on_event;
  void *ctx;
  int after_cr;    /* a \n that comes now belongs to the \r before it */
  int started;     /* the first line, with its byte order mark, is behind us */
  int error;       /* enum fal_sse_error, or 0 */
} fal_sse;

/* 'max_event' limits the data of one event and the length of one line. */
void fal_sse_init(fal_sse *s, size_t max_event, fal_sse_handler on_event,
                  void *ctx);
/* 0, or an enum fal_sse_error, which then is the answer to all later calls. */
int fal_sse_feed(fal_sse *s, const char *bytes, size_t len);
/* 1 when the stream, if it ended now, would cut an event or a line short. */
int fal_sse_partial(const fal_sse *s);
void fal_sse_free(fal_sse *s);

#endif
