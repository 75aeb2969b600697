/*
** Event streams. A line that lies whole in the bytes at hand is read where it
** is; only one cut by the end of the bytes is collected. Every byte is thus
** looked at once and copied at most twice, however it arrives.
*/
#include "sse.h"

#include <string.h>

#define FIELD_ROOM 64  /* a line may exceed its data by a field name */

void fal_sse_init(fal_sse *s, size_t max_event, fal_sse_handler on_event,
                  void *ctx) {
  memset(s, 0, sizeof *s);
  fal_bytes_init(&s->line, max_event + FIELD_ROOM);
  fal_bytes_init(&s->data, max_event + 1);
  s->on_event = on_event;
  s->ctx = ctx;
}

void fal_sse_free(fal_sse *s) {
  fal_bytes_free(&s->line);
  fal_bytes_free(&s->data);
}

int fal_sse_partial(const fal_sse *s) {
  return s->line.len > 0 || s->data.len > 0;
}

static int add(fal_sse *s, fal_bytes *b, const char *bytes, size_t len) {
  if (fal_bytes_add(b, bytes, len) == 0) return 0;
  s->error = b->state == FAL_BYTES_TOO_LARGE ? FAL_SSE_TOO_LARGE
                                             : FAL_SSE_NO_MEMORY;
  return s->error;
}

/* A blank line: hands out the event. One whose data is empty is no event. */
static int dispatch(fal_sse *s) {
  if (s->data.len > 1) {
    s->data.data[--s->data.len] = '\0';
    if (s->on_event(s->ctx, s->data.data, s->data.len) != 0)
      s->error = FAL_SSE_STOPPED;
  }
  fal_bytes_clear(&s->data);
  return s->error;
}

/* One line without its end. Only the field "data" means anything to us. */
static int read_line(fal_sse *s, const char *line, size_t len) {
  if (!s->started && len >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
    line += 3;
    len -= 3;
  }
  s->started = 1;
  if (len == 0) return dispatch(s);
  if (len < 4 || memcmp(line, "data", 4) != 0) return 0;
  if (len > 4 && line[4] != ':') return 0;
  line += len > 4 ? 5 : 4;
  len -= len > 4 ? 5 : 4;
  if (len > 0 && *line == ' ') {
    line++;
    len--;
  }
  if (add(s, &s->data, line, len) != 0) return s->error;
  return add(s, &s->data, "\n", 1);
}

/* A line ended at the bytes given, which follow what was collected of it. */
static int end_line(fal_sse *s, const char *bytes, size_t len) {
  if (s->line.len == 0) return read_line(s, bytes, len);
  if (add(s, &s->line, bytes, len) != 0) return s->error;
  read_line(s, s->line.data, s->line.len);
  fal_bytes_clear(&s->line);
  return s->error;
}

/* Length of what comes before the first \r or \n, or 'len'. */
static size_t line_length(const char *bytes, size_t len) {
  size_t n = 0;
  while (n < len && bytes[n] != '\n' && bytes[n] != '\r') n++;
  return n;
}

int fal_sse_feed(fal_sse *s, const char *bytes, size_t len) {
  while (s->error == 0 && len > 0) {
    size_t n;
    if (s->after_cr && *bytes == '\n') {
      bytes++;
      len--;
      s->after_cr = 0;
      continue;
    }
    s->after_cr = 0;
    n = line_length(bytes, len);
    if (n == len) return add(s, &s->line, bytes, len);
    s->after_cr = bytes[n] == '\r';
    end_line(s, bytes, n);
    bytes += n + 1;
    len -= n + 1;
  }
  return s->error;
}
