/*
** A growable byte buffer with a maximum. Whoever holds the struct owns the
** memory; every failure frees it and leaves an empty buffer that refuses
** further bytes, so callers may add first and ask once at the end.
*/
#ifndef FAL_BYTES_H
#define FAL_BYTES_H

#include <stddef.h>

enum fal_bytes_state { FAL_BYTES_OK, FAL_BYTES_TOO_LARGE, FAL_BYTES_NO_MEMORY };

typedef struct fal_bytes {
  char *data;  /* NUL-terminated once anything was added; NULL before */
  size_t len;
  size_t cap;
  size_t max;  /* most bytes it may hold, the final NUL not counted */
  enum fal_bytes_state state;
} fal_bytes;

void fal_bytes_init(fal_bytes *b, size_t max);
void fal_bytes_free(fal_bytes *b);   /* back to the state after init */
void fal_bytes_clear(fal_bytes *b);  /* empties it, keeps the memory */
int fal_bytes_add(fal_bytes *b, const void *data, size_t len);
int fal_bytes_add_text(fal_bytes *b, const char *text);
int fal_bytes_add_char(fal_bytes *b, char c);
/* Room for 'len' more bytes at the end, or NULL; then 'fal_bytes_grown'. */
char *fal_bytes_reserve(fal_bytes *b, size_t len);
void fal_bytes_grown(fal_bytes *b, size_t len);

#endif
