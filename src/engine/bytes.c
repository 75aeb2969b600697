/*
** Byte buffers. Growth doubles, so adding n bytes one by one costs O(n).
*/
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

#define SMALLEST 64
#define LARGEST ((size_t)-1 / 4)  /* sums of lengths below it cannot overflow */

void fal_bytes_init(fal_bytes *b, size_t max) {
  memset(b, 0, sizeof *b);
  b->max = max < LARGEST ? max : LARGEST;
}

void fal_bytes_free(fal_bytes *b) {
  free(b->data);
  fal_bytes_init(b, b->max);
}

void fal_bytes_clear(fal_bytes *b) {
  b->len = 0;
  if (b->data != NULL) b->data[0] = '\0';
}

static int fail(fal_bytes *b, enum fal_bytes_state state) {
  fal_bytes_free(b);
  b->state = state;
  return -1;
}

static size_t grown_capacity(const fal_bytes *b, size_t need) {
  size_t cap = b->cap < SMALLEST ? SMALLEST : b->cap;
  while (cap < need) cap *= 2;
  return cap > b->max + 1 ? b->max + 1 : cap;
}

char *fal_bytes_reserve(fal_bytes *b, size_t len) {
  if (b->state != FAL_BYTES_OK) return NULL;
  if (len > b->max - b->len) {
    fail(b, FAL_BYTES_TOO_LARGE);
    return NULL;
  }
  if (b->len + len + 1 > b->cap) {
    size_t cap = grown_capacity(b, b->len + len + 1);
    char *data = realloc(b->data, cap);
    if (data == NULL) {
      fail(b, FAL_BYTES_NO_MEMORY);
      return NULL;
    }
    b->data = data;
    b->cap = cap;
  }
  return b->data + b->len;
}

void fal_bytes_grown(fal_bytes *b, size_t len) {
  b->len += len;
  b->data[b->len] = '\0';
}

int fal_bytes_add(fal_bytes *b, const void *data, size_t len) {
  char *end = fal_bytes_reserve(b, len);
  if (end == NULL) return -1;
  if (len > 0) memcpy(end, data, len);
  fal_bytes_grown(b, len);
  return 0;
}

int fal_bytes_add_text(fal_bytes *b, const char *text) {
  return fal_bytes_add(b, text, strlen(text));
}

int fal_bytes_add_char(fal_bytes *b, char c) {
  return fal_bytes_add(b, &c, 1);
}
